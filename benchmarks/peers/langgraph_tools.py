"""One tool call of LangChain, as a tool node of LangGraph makes it."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import json

from benchmarks import timing
from langchain_core.tools import tool


@tool
async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


async def make_call():
    """What calls the tool once."""

    async def call() -> str:
        arguments = json.loads(timing.TOOL_ARGUMENTS)
        return (
            await get_weather.ainvoke({"name": timing.TOOL, "args": arguments, "id": "call_1", "type": "tool_call"})
        ).content

    return call


if __name__ == "__main__":
    timing.dispatch(make_call)
