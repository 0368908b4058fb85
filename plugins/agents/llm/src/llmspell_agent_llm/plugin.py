"""Offers the agent type `llm`."""

from __future__ import annotations

from collections.abc import Mapping

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.errors import UsageError
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings


class LlmType(AgentType):
    """Agents that run a model in a tool-calling loop."""

    name = "llm"

    def create(self, spec: AgentSpec) -> BaseAgent:
        """A new agent.

        Raises:
            UsageError: a limit is not positive, or `options` is given: this type has none.
        """
        from llmspell_agent_llm.agent import LlmAgent

        if spec.max_turns < 1:
            raise UsageError(f"agent {spec.name!r}: max_turns must be at least 1, not {spec.max_turns!r}")
        if spec.timeout is not None and spec.timeout <= 0:
            raise UsageError(f"agent {spec.name!r}: timeout must be above 0, not {spec.timeout!r}")
        if spec.options:
            raise UsageError(
                f"agent {spec.name!r}: agents of type llm take no options, found {min(spec.options)!r}",
                kind="unknown_option",
            )
        return LlmAgent(spec)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `llm`."""
    return {"llm": LlmType()}
