"""Agents made from their specifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmspell.agent import AgentSpec, BaseAgent
from llmspell.agents.lookup import check_names

if TYPE_CHECKING:
    from llmspell.run import Run


def make_agent(run: Run, type_name: str, spec: AgentSpec) -> BaseAgent:
    """A new agent of an installed type.

    Raises:
        UnknownPlugin: the type, one of the tools or a model's provider is not installed.
        UsageError: the specification does not fit the type.
    """
    spec = run.tools.equipped(spec)
    check_names(run, spec)
    agent: BaseAgent = run.tools.plugins.get("agent", type_name).make(spec, run)
    if spec.permissions is not None:
        agent.permissions = spec.permissions
    if spec.return_policy != "stay":
        agent.return_policy = spec.return_policy
    return agent
