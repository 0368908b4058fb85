"""The event log: events a second, alone and with a subscriber that reads all of them, and bytes for each."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from statistics import median

from benchmarks import timing

from llmspell.events import EventLog

EVENTS = 20_000
BATCHES = 7


def _append() -> float:
    log = EventLog("run")
    begin = time.perf_counter()
    for number in range(EVENTS):
        log.append("benchmark.event", "run", {"number": number})
    return EVENTS / (time.perf_counter() - begin)


async def _append_and_read() -> float:
    log = EventLog("run")
    subscription = log.subscribe("benchmark.*", wait=True)
    reader = asyncio.create_task(_read(subscription.__anext__))
    begin = time.perf_counter()
    for number in range(EVENTS):
        await log.publish("benchmark.event", "run", {"number": number})
    await reader
    return EVENTS / (time.perf_counter() - begin)


async def _read(following: object) -> None:
    assert callable(following)
    for _ in range(EVENTS):
        await following()


def _bytes() -> float:
    log = EventLog("run")
    tracemalloc.start()
    for _ in range(EVENTS):
        log.append("benchmark.event", "run", {})
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / EVENTS


if __name__ == "__main__":
    timing.report(
        {
            "events_per_s": median(_append() for _ in range(BATCHES)),
            "read_events_per_s": median(asyncio.run(_append_and_read()) for _ in range(BATCHES)),
            "bytes": _bytes(),
        }
    )
