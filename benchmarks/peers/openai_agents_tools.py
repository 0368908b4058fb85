"""One tool call of the OpenAI Agents SDK, as its runner makes it."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from agents import function_tool
from agents.tool_context import ToolContext
from benchmarks import timing


@function_tool
async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


async def make_call():
    """What calls the tool once."""

    async def call() -> str:
        context = ToolContext(
            context=None, tool_name=timing.TOOL, tool_call_id="call_1", tool_arguments=timing.TOOL_ARGUMENTS
        )
        return await get_weather.on_invoke_tool(context, timing.TOOL_ARGUMENTS)

    return call


if __name__ == "__main__":
    timing.dispatch(make_call)
