"""What the gate costs: microseconds for an operation that does nothing, without hooks and with an idle one.

The whole way is timed: making the operation with its path, permission, budget, both events.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median

import pluggy
from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel

from llmspell.gate import HookChains, Operation
from llmspell.hookspecs import PROJECT, Operations, hookimpl
from llmspell.kernel import Kernel
from llmspell.run import Run

OPERATIONS = 2000
BATCHES = 15


async def _nothing(operation: Operation) -> None:
    return None


class Idle:
    """A hook that does nothing."""

    @hookimpl
    def pre_tool(self, call: Operation) -> None:
        """Let it pass."""


def _one_hook() -> HookChains:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Operations)
    manager.register(Idle())
    return HookChains.from_manager(manager)


async def _batch(run: Run) -> float:
    begin = time.perf_counter()
    for _ in range(OPERATIONS):
        await run.gate.run(run.operation("tool", "nothing", {}, run.root), _nothing)
    return (time.perf_counter() - begin) / OPERATIONS * 1e6


async def _both(kernel: Kernel) -> timing.Figures:
    seconds: dict[str, list[float]] = {"us_no_hook": [], "us_one_hook": []}
    for _ in range(BATCHES):
        for name, make_hooks in (("us_no_hook", HookChains), ("us_one_hook", _one_hook)):
            run = kernel.open_run()
            run.hooks = make_hooks()
            seconds[name].append(await _batch(run))
            await run.close()
    return {name: median(values) for name, values in seconds.items()}


if __name__ == "__main__":
    timing.report(asyncio.run(_both(make_kernel(""))))
