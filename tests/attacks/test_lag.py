"""The event loop stays free: however a hostile spell floods it, the host computes no more than 50 ms at once."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator

import pytest

from llmspell.kernel import Kernel

from .conftest import cast

# Reading and checking one value takes a time that grows with it, and cannot be divided: 256 KiB take about 20 ms.
SETS = ("limits.slice=1", "limits.value_bytes=262144", "limits.output_bytes=400000")
pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 0.05  # seconds of processor time

FLOODS = {
    "a spin": "for (;;);",
    "calls": "for (let i = 0; i < 9000; i++) State.get('x')",
    "calls that wait": "for (let i = 0; i < 9000; i++) Async.sleep(9).catch(() => {}); await Async.trySleep(0.1)",
    "waits that end at one moment": "const t = Date.now() + 500; for (let i = 0; i < 1000; i++) Async.sleep((t - Date.now()) / 1000); await Async.trySleep(1)",
    "tools": "await Tool.define({ name: 't', run: () => 1 }); for (let i = 0; i < 5000; i++) Tool.tryRun('t'); await Async.trySleep(0.5)",
    "agents": "for (let i = 0; i < 3000; i++) Agent.tryCreate({ run() {} }); await State.get('x')",
    "log": "for (let i = 0; i < 6000; i++) Log.info('x')",
    "readers of one event": "const all = []; for (let i = 0; i < 900; i++) all.push(Event.subscribe('my.*')); for (const s of await Promise.all(all)) s.next(); await Event.tryPublish('my.event')",
    "readers of every event": "const all = []; for (let i = 0; i < 900; i++) all.push(Event.subscribe('**')); await Promise.all(all); for (let i = 0; i < 100; i++) Log.info('x')",
    "lines of output": "for (let i = 0; i < 1e5; i++) console.log('')",
    "long lines of output": "for (;;) console.log('x'.repeat(9999))",
    "a value of small numbers": "const a = new Array(25000).fill(0); for (let i = 0; i < 5; i++) await State.set('x', a); await State.get('x')",
    "a value of long text": "const s = 'x'.repeat(260000); for (let i = 0; i < 9; i++) await State.set('x', s); await State.get('x')",
    "errors": "for (let i = 0; i < 5000; i++) Tool.tryRun('no_such_tool')",
    "refused calls": "for (let i = 0; i < 5000; i++) Async.trySleep(-1)",
}


@pytest.fixture(autouse=True)
def _small_heap() -> Iterator[None]:
    """Python's collector goes through all objects of the process; those of the test run are not the spell's doing."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("flood", FLOODS)
async def test_the_host_computes_little_at_once(flood: str, kernel: Kernel) -> None:
    await cast(kernel, "javascript", "await State.get('x')")  # imports what a first run imports
    busy = _Busy()
    watch = asyncio.create_task(busy.watch())
    await cast(kernel, "javascript", FLOODS[flood], timeout=8)
    watch.cancel()
    assert busy.turns > 0
    assert busy.most <= AT_ONCE


class _Busy:
    """The most processor time that this thread took between two turns of one task.

    The time on the wall would say more, if the machine had nothing else to do: there, a task also waits for the
    workers that spin, for other tests, and for other processes. What our own loop does to a task that is ready is
    the processor time that the loop's thread takes before the task's turn; waiting for the system takes none.
    """

    def __init__(self) -> None:
        self.most = 0.0
        self.turns = 0

    async def watch(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.most = max(self.most, time.thread_time() - before)
            self.turns += 1
