"""One tool call of agno, as its models make it."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from agno.tools.function import Function
from agno.utils.functions import get_function_call
from benchmarks import timing


async def get_weather(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


async def make_call():
    """What calls the tool once."""
    function = Function.from_callable(get_weather)
    function.process_entrypoint()
    functions = {timing.TOOL: function}

    async def call() -> str:
        return (await get_function_call(timing.TOOL, timing.TOOL_ARGUMENTS, functions=functions).aexecute()).result

    return call


if __name__ == "__main__":
    timing.dispatch(make_call)
