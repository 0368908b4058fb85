"""How long 1,000 spells take that run at once, inline, each with 10 sleeps of 1 ms."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel

from llmspell.kernel import RunOptions
from llmspell.spell import Source

SPELLS = 1000


async def _figures() -> timing.Figures:
    source = Source.read(Path(__file__).with_name("sleeps.lua"))
    low = RunOptions(profile="low")
    async with make_kernel("") as kernel:
        await kernel.cast(source, low)
        begin = time.perf_counter()
        ended = await asyncio.gather(*(kernel.cast(source, low) for _ in range(SPELLS)))
        seconds = time.perf_counter() - begin
    failed = [end.error for end in ended if end.error]
    if failed:
        raise SystemExit(f"{len(failed)} spells failed, the first with: {failed[0]}")
    return {"seconds": seconds}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
