"""Offers the agent type `llm`, and the agents that are configured with `plugin = "llm"`."""

from __future__ import annotations

from collections.abc import Mapping

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.table import AgentTable
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings


class LlmType(AgentType):
    """Agents that run a model in a tool-calling loop.

    Args:
        name: `llm`, or that of a configured agent.
        table: what the configuration says about it; None for nothing.
    """

    def __init__(self, name: str = "llm", table: AgentTable | None = None) -> None:
        self.name = name
        self._table = table or AgentTable()

    def create(self, spec: AgentSpec) -> BaseAgent:
        """A new agent.

        Raises:
            UsageError: the specification cannot work; see `checks`.
            LlmspellError: kind `conflict`: two of its tools have one name.
        """
        from llmspell_agent_llm.agent import LlmAgent
        from llmspell_agent_llm.checks import check

        spec = self._table.fill(spec)
        check(spec)
        agent = LlmAgent(spec)
        agent.return_policy = spec.return_policy
        return agent


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `llm`, and one for each configured agent."""
    names = ["llm", *settings.named("agent", "llm")]
    return {name: LlmType(name, settings.table("agent", name, AgentTable)) for name in names}
