"""How long 1,000 spells take, each with 10 sleeps of 1 ms: `sleeps.py ENGINE`.

Inline all are under way at once. Over workers 50 are, because a thousand processes of V8 take more memory than most
machines have; a spell there waits for its process as well.
"""

from __future__ import annotations

import asyncio
import time

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel
from benchmarks.ours.engines import Spell, chosen

from llmspell.kernel import Kernel

SPELLS = 1000
WORKERS = 50


async def _seconds(kernel: Kernel, spell: Spell, transport: str, at_once: int) -> float:
    await spell.cast(kernel, transport)
    room = asyncio.Semaphore(at_once)

    async def cast() -> None:
        async with room:
            await spell.cast(kernel, transport)

    begin = time.perf_counter()
    await asyncio.gather(*(cast() for _ in range(SPELLS)))
    return time.perf_counter() - begin


async def _figures() -> timing.Figures:
    spell = Spell(chosen(), "sleeps")
    async with make_kernel("") as kernel:
        return {
            "seconds": await _seconds(kernel, spell, "inline", SPELLS),
            "seconds_worker": await _seconds(kernel, spell, "worker", WORKERS),
        }


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
