"""What the gate costs: microseconds for one operation that does nothing, without hooks and with one that does nothing.

The whole way is timed: making the operation with its path, permission, budget, both events.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median

from llmspell.gate import Operation
from llmspell.gate.hooks import Hook, from_pre
from llmspell.hookspecs import Role
from llmspell.kernel import Kernel
from llmspell.run import Run

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel

OPERATIONS = 2000
BATCHES = 15


async def _nothing(operation: Operation) -> None:
    return None


def _no_hook(run: Run) -> None:
    pass


def _one_hook(run: Run) -> None:
    run.hooks.add("tool", Hook("nothing", from_pre(lambda call: None, ("call",)), Role()))


async def _batch(run: Run) -> float:
    begin = time.perf_counter()
    for _ in range(OPERATIONS):
        await run.gate.run(run.operation("tool", "nothing", {}, run.root), _nothing)
    return (time.perf_counter() - begin) / OPERATIONS * 1e6


async def _both(kernel: Kernel) -> timing.Figures:
    seconds: dict[str, list[float]] = {"us_no_hook": [], "us_one_hook": []}
    for _ in range(BATCHES):
        for name, add_hooks in (("us_no_hook", _no_hook), ("us_one_hook", _one_hook)):
            run = kernel.open_run()
            add_hooks(run)
            seconds[name].append(await _batch(run))
            await run.close()
    return {name: median(values) for name, values in seconds.items()}


if __name__ == "__main__":
    timing.report(asyncio.run(_both(make_kernel(""))))
