"""What every workflow program measures: microseconds for one step that does nothing, of a workflow of 100 of them.

A program says for each kind of workflow how to make what runs it once; `main` runs the kind that the first argument
names. Steps are async functions through which data really flows. One after the other, each adds one to what the step
before gave; at once, each adds one to what the workflow was given, which is 0, and the answers are summed up. Either
way the workflow gives 100.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

from benchmarks import timing

STEPS = 100

Once = Callable[[], Awaitable[int]]
"""Runs the workflow, and gives what it comes to."""

Make = Callable[[], Awaitable[Once]]
"""Builds the workflow, which is not measured."""


def main(**kinds: Make) -> None:
    """Run the program: `PROGRAM KIND`."""
    kind = sys.argv[1] if len(sys.argv) > 1 else ""
    if kind not in kinds:
        raise SystemExit(f"no kind of workflow {kind!r}; kinds: {', '.join(kinds)}")
    asyncio.run(_measure(kinds[kind]))


async def _measure(make: Make) -> None:
    once = await make()
    for _ in range(5):
        if (found := await once()) != STEPS:
            raise SystemExit(f"the workflow gave {found!r} instead of {STEPS}")
    seconds, cpu = await timing.per_call(once)
    timing.report({"us": seconds / STEPS * 1e6, "cpu_us": cpu / STEPS * 1e6})
