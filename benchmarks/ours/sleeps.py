"""How long 1,000 spells take that run at once, inline, each with 10 sleeps of 1 ms: `sleeps.py ENGINE`."""

from __future__ import annotations

import asyncio
import time

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel
from benchmarks.ours.engines import Spell, chosen

SPELLS = 1000


async def _figures() -> timing.Figures:
    spell = Spell(chosen(), "sleeps")
    async with make_kernel("") as kernel:
        await spell.cast(kernel, "inline")
        begin = time.perf_counter()
        await asyncio.gather(*(spell.cast(kernel, "inline") for _ in range(SPELLS)))
        return {"seconds": time.perf_counter() - begin}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
