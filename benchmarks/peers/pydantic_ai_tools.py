"""One tool call of pydantic-ai, as its agents make it."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from benchmarks import timing
from pydantic_ai import RunContext
from pydantic_ai.messages import ToolCallPart
from pydantic_ai.models.test import TestModel
from pydantic_ai.tool_manager import ToolManager
from pydantic_ai.toolsets import FunctionToolset
from pydantic_ai.usage import RunUsage


async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


async def make_call():
    """What calls the tool once."""
    context = RunContext(deps=None, model=TestModel(), usage=RunUsage())
    manager = await ToolManager(FunctionToolset([get_weather])).for_run_step(context)
    return lambda: manager.handle_call(ToolCallPart(timing.TOOL, timing.TOOL_ARGUMENTS))


if __name__ == "__main__":
    timing.dispatch(make_call)
