"""A conversation with a pydantic-ai agent, handed on as messages; no instrumentation. See `benchmarks.growth`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from benchmarks import growth, timing
from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.models.function import FunctionModel


async def counts(messages, info):
    """Says how many messages it was sent."""
    return ModelResponse(parts=[TextPart(str(len(messages)))])


async def begin():
    """What takes a turn."""
    agent = Agent(FunctionModel(counts), instructions=timing.SYSTEM)
    history = []

    async def turn() -> int:
        nonlocal history
        found = await agent.run(timing.PROMPT, message_history=history)
        history = found.all_messages()
        return int(found.output)

    return turn


if __name__ == "__main__":
    growth.main(begin)
