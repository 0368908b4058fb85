"""One tool call of Google's ADK, without the callbacks and the span of its flow."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

import json

from benchmarks import timing
from google.adk.tools import FunctionTool


async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


async def make_call():
    """What calls the tool once."""
    tool = FunctionTool(get_weather)
    return lambda: tool.run_async(args=json.loads(timing.TOOL_ARGUMENTS), tool_context=None)


if __name__ == "__main__":
    timing.dispatch(make_call)
