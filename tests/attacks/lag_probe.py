"""Runs hostile spells in workers, and says how long the host computed at once because of each.

From standard input comes a JSON object of spells by name; to standard output goes one of seconds by name.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source

# Reading and checking one value takes a time that grows with it, and cannot be divided: 256 KiB take about 20 ms.
SETS = ("limits.slice=1", "limits.value_bytes=262144", "limits.output_bytes=400000")


ENOUGH = 0.05  # seconds; a longer pause is measured again


class Busy:
    """The most processor time that this thread took between two turns of one task.

    The time on the wall would say more, if the machine had nothing else to do: there, a task also waits for the
    workers that spin, and for other processes. What our own loop does to a task that is ready is the processor time
    that the loop's thread takes before the task's turn; waiting for the system takes none.
    """

    def __init__(self) -> None:
        self.most = 0.0

    async def watch(self) -> None:
        """Measure until it is cancelled."""
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.most = max(self.most, time.thread_time() - before)


async def measure(floods: Mapping[str, str]) -> dict[str, float]:
    """Seconds of processor time at once, by the name of the flood."""
    found = {}
    async with Kernel(load(Path.cwd(), {}, SETS), environ={}) as kernel:
        options = RunOptions(engine="javascript", profile="medium", timeout=8)
        kernel.pool(kernel.plugins.get("engine", "javascript").machine, idle=1)
        await kernel.cast(Source("await Tool.list()", "first.js"), options)  # imports what a first run imports
        for name, spell in floods.items():
            found[name] = await _least(kernel, spell, options)
    return found


async def _least(kernel: Kernel, spell: str, options: RunOptions) -> float:
    """The least of up to three measurements: what the spell causes comes each time, what the machine does not."""
    least = float("inf")
    for _ in range(3):
        busy = Busy()
        watch = asyncio.create_task(busy.watch())
        await kernel.cast(Source(spell, "flood.js"), options)
        watch.cancel()
        least = min(least, busy.most)
        if least <= ENOUGH:
            break
    return least


if __name__ == "__main__":
    json.dump(asyncio.run(measure(json.load(sys.stdin))), sys.stdout)
