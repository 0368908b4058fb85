"""A conversation with an agno agent, kept in its in-memory database; telemetry off. See `benchmarks.growth`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from agno.agent import Agent
from agno.db.in_memory import InMemoryDb
from agno.models.openai import OpenAIChat
from agno.models.response import ModelResponse
from benchmarks import growth, timing

ALL = 10 * growth.TURNS[-1]
"""Turns that go along; of its own, agno sends the last three only."""


class Counts(OpenAIChat):
    """Says how many messages it was sent, without a server."""

    async def ainvoke(self, messages, *args, **options):
        """Words."""
        return ModelResponse(role="assistant", content=str(len(messages)))


async def begin():
    """What takes a turn."""
    agent = Agent(
        model=Counts(id="test", api_key="x"),
        instructions=timing.SYSTEM,
        db=InMemoryDb(),
        session_id="conversation",
        add_history_to_context=True,
        num_history_runs=ALL,
        telemetry=False,
    )

    async def turn() -> int:
        return int((await agent.arun(timing.PROMPT)).content)

    return turn


if __name__ == "__main__":
    growth.main(begin)
