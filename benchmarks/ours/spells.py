"""What a spell costs that does nothing, and one that waits: `spells.py ENGINE`.

`us_inline` (profile low) and `us_worker` (profile medium) are from the cast to the end of `return 1`, one spell after
the other; the worker process is ready when the spell comes. `kib_` is the memory that one more waiting spell takes:
private pages of this process, or of the worker.
"""

from __future__ import annotations

import asyncio
import gc
import os
from pathlib import Path
from statistics import median

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel
from benchmarks.ours.engines import Spell, chosen

from llmspell.kernel import Kernel

WARM = 10
READY = 0.5  # seconds in which a worker process surely starts
WAITING = {"inline": 100, "worker": 8}
_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") / 1024


async def _inline(spell: Spell, kernel: Kernel) -> float:
    seconds, _ = await timing.per_call(lambda: spell.cast(kernel, "inline"))
    return seconds * 1e6


async def _worker(spell: Spell, kernel: Kernel) -> float:
    await spell.cast(kernel, "worker")  # makes the pool start its first idle worker
    micros = []
    for _ in range(WARM):
        await asyncio.sleep(READY)
        micros.append((await spell.cast(kernel, "worker")).duration * 1e6)
    return median(micros)


async def _waiting(spell: Spell, kernel: Kernel, transport: str) -> float:
    """KiB for each of the spells that wait at once."""
    count = WAITING[transport]
    await spell.cast(kernel, transport, 0)
    gc.collect()
    before = _private("self")
    waiting = [asyncio.create_task(spell.cast(kernel, transport, 600)) for _ in range(count)]
    await asyncio.sleep(4 * READY)
    gc.collect()
    kib = _private("self") - before if transport == "inline" else sum(map(_private, _children()))
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return kib / count


def _children() -> list[str]:
    return [child for file in Path("/proc/self/task").glob("*/children") for child in file.read_text().split()]


def _private(process: str) -> float:
    """KiB of resident memory that is backed by no file."""
    _, resident, shared, *_ = map(int, Path(f"/proc/{process}/statm").read_text().split())
    return (resident - shared) * _PAGE_KIB


async def _figures() -> timing.Figures:
    engine = chosen()
    one, wait = Spell(engine, "one"), Spell(engine, "wait")
    async with make_kernel("") as kernel:
        figures = {f"kib_{transport}": await _waiting(wait, kernel, transport) for transport in WAITING}
        figures["us_inline"] = await _inline(one, kernel)
    async with make_kernel("") as kernel:
        kernel.pool(kernel.plugins.get("engine", engine).machine, idle=1)
        figures["us_worker"] = await _worker(one, kernel)
    return figures


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
