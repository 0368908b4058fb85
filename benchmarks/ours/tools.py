"""One tool call through the gate, as agents make it: `tools.py [async|quick|thread]`.

The whole way is timed: reading the arguments, checking them, permission, budget, both events, the bounds of the answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel

from llmspell.tools import tool


@tool
async def later(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


@tool(quick=True)
def quick(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


@tool
def thread(city: str) -> str:
    """Weather for a city."""
    return timing.TOOL_ANSWER


VARIANTS = {"async": later, "quick": quick, "thread": thread}


async def make_call() -> Callable[[], Awaitable[object]]:
    """What calls the tool once."""
    run = make_kernel("").open_run()
    chosen = VARIANTS[sys.argv[1]]
    return lambda: run.call_tool(chosen, json.loads(timing.TOOL_ARGUMENTS), run.root)


if __name__ == "__main__":
    timing.dispatch(make_call)
