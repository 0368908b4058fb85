"""The floor of `ours/sleeps.py`: 1,000 tasks of asyncio, each with 10 sleeps of 1 ms; one figure serves both."""

from __future__ import annotations

import asyncio
import time

from benchmarks import timing

TASKS = 1000


async def _task() -> None:
    for _ in range(10):
        await asyncio.sleep(0.001)


async def _figures() -> timing.Figures:
    await _task()
    begin = time.perf_counter()
    await asyncio.gather(*(_task() for _ in range(TASKS)))
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, "seconds_worker": seconds}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
