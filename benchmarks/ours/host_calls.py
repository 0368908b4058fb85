"""What a call from Lua to the host costs, inline (profile low) and from a worker process (profile medium).

A spell calls `State.get` 10,000 times; the same spell without calls is subtracted, so that start-up does not
count.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel

from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source

CALLS = 10_000
REPETITIONS = 5
SPELL = Path(__file__).with_name("host_calls.lua")


async def _seconds(kernel: Kernel, profile: str, calls: int) -> float:
    ended = await kernel.cast(Source.read(SPELL), RunOptions(profile=profile, args=(str(calls),)))
    if ended.value != calls:
        raise SystemExit(f"the spell gave {ended.value!r} instead of {calls}: {ended.error}")
    return ended.duration


async def _figures() -> timing.Figures:
    figures: timing.Figures = {}
    async with make_kernel("") as kernel:
        for profile, name in (("low", "us_inline"), ("medium", "us_worker")):
            empty = median([await _seconds(kernel, profile, 0) for _ in range(REPETITIONS)])
            full = median([await _seconds(kernel, profile, CALLS) for _ in range(REPETITIONS)])
            figures[name] = (full - empty) / CALLS * 1e6
    return figures


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
