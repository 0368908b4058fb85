"""A researcher: a source that none of its tools has found or read is refused."""

from __future__ import annotations

from typing import Any

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.result import Result
from llmspell_agent_researcher.places import canonical, places


class Researcher(Verified):
    """Answers until all sources of an answer are real, and are enough.

    Args:
        agent: who searches and reads.
        sources: how many different sources an answer must have.
        rounds: how many answers there may be.
    """

    def __init__(self, agent: BaseAgent, sources: int, rounds: int) -> None:
        super().__init__(agent, rounds)
        self._least = sources

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The answer as text, and `{answer, sources}` as output; one that never held keeps its real sources only."""
        result = await super().run(request, context)
        if result.stop_reason != self.STOPPED:
            return result
        real, _ = _divided(result, request)
        return self.finished(attrs.evolve(result, output={**result.output, "sources": real}))

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """The sources that were never seen, or how many are missing."""
        real, invented = _divided(result, request)
        if invented:
            named = ", ".join(source["url"] for source in invented)
            return (
                f"No tool has found or read: {named}. Name only sources that your tools have given; fetch what you "
                "want to name, or leave it out together with what rests on it."
            )
        count = len({canonical(source["url"]) for source in real})
        if count < self._least:
            return f"The answer has {count} sources, and {self._least} are wanted. Search and read on."
        return ""

    def finished(self, result: Result) -> Result:
        """The text is the answer."""
        return attrs.evolve(result, text=result.output["answer"])


def _divided(result: Result, request: AgentInput) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sources that tools have given, and the others."""
    seen = places(result.calls, request.history)
    sources = result.output["sources"]
    real = [source for source in sources if canonical(source["url"]) in seen]
    return real, [source for source in sources if source not in real]
