"""Agents by name: those of a run, and those that are installed or configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmspell.agent import AgentSpec, BaseAgent
from llmspell.errors import LlmspellError, UsageError, did_you_mean

if TYPE_CHECKING:
    from llmspell.run import Run


def find_agent(run: Run, name: str) -> BaseAgent:
    """The agent of this name: one that the run has, else one that is installed or configured (`[agent.NAME]`).

    Raises:
        UsageError: there is none, of kind `unknown_agent`.
        BrokenPlugin, ConfigError: it is installed but cannot be made.
    """
    own = run.agents.get(name)
    if own is not None:
        return own
    installed = run.tools.plugins.names("agent")
    if name in installed:
        return run.make_agent(name, AgentSpec(name))
    known = sorted({*run.agents, *installed})
    raise UsageError(
        f"no agent named {name!r} was created or is installed; agents: {', '.join(known) or 'none'}",
        kind="unknown_agent",
        component=f"agent:{name}",
        hint=did_you_mean(name, known),
    )


def check_names(run: Run, spec: AgentSpec) -> None:
    """Look whether the tools and the models that a specification names are there; agents may still be made.

    Raises:
        UnknownPlugin, BrokenPlugin: a tool or a model's provider is not installed, or does not load.
        UsageError: a model does not name its provider.
    """
    for tool in spec.tools:
        if isinstance(tool, str):
            run.find_tool(tool)
    for model in (spec.model, spec.compaction.model if spec.compaction else ""):
        if model:
            run.models.find(model)


def known_agent(run: Run, agent: str | BaseAgent) -> BaseAgent:
    """An agent, or the one of this name; one that the run does not have yet becomes the run's, so that others find it.

    Raises:
        UsageError, BrokenPlugin, ConfigError: as `find_agent`.
        LlmspellError: kind `conflict`: the run has another agent of its name.
    """
    if isinstance(agent, str):
        return find_agent(run, agent)
    if run.agents.setdefault(agent.name, agent) is not agent:
        raise LlmspellError(
            f"the run has two agents named {agent.name!r}",
            kind="conflict",
            component=f"agent:{agent.name}",
            hint="give one of them another name",
        )
    return agent
