"""Five hundred spells, a tenth of them hostile, leave nothing behind: no process, descriptor, thread or memory."""

from __future__ import annotations

import asyncio
import gc
import os
from pathlib import Path

import pytest

from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source

ENGINES = ("javascript", "lua", "quickjs")
SETS = ("limits.slice=0.3", "limits.memory=16777216", "limits.output_bytes=100000")
SPELLS, AT_ONCE, HOSTILE = 500, 8, 10  # every tenth is hostile

# Bytes by which the process may grow from the hundredth spell to the last. One worker process's descriptors, buffers
# and event log come to about 20 kB; kept for each of the four hundred, they would be 8 MB. What Python's allocator
# keeps in its arenas goes up and down by 2 MB meanwhile.
GROWTH = 6 << 20

HONEST = {
    "lua": "State.set('n', 20) Async.sleep(0.001) return State.get('n') + 1",
    "javascript": "await State.set('n', 20); await Async.sleep(0.001); return (await State.get('n')) + 1",
}
CANCELLED = {"lua": "Async.sleep(60)", "javascript": "await Async.sleep(60)"}
ATTACKS = {
    "lua": (
        "while true do end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end",
        "while true do print(('x'):rep(1000)) end",
        "local function f() return f() + 1 end f()",
    ),
    "javascript": (
        "for (;;);",
        "const a = []; for (;;) a.push(new Array(1e5).fill(1.5))",
        "for (;;) console.log('x'.repeat(1000))",
        "for (let i = 0; i < 5000; i++) Async.sleep(9).catch(() => {}); await Async.sleep(9)",
        "eval('1;'.repeat(1e7))",  # ends V8's process
        "const f = () => f() + 1; f()",
        "await Tool.define({ name: 't', run() { for (;;); } }); await Tool.run('t')",
    ),
}


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_five_hundred_spells_leave_nothing_behind(tmp_path: Path) -> None:
    await _soak(tmp_path, range(2 * HOSTILE))  # what Python imports and starts once, it keeps
    children, descriptors, threads = _children(), _descriptors(), _threads()
    sizes = await _soak(tmp_path, range(SPELLS))
    assert _descriptors() == descriptors
    assert _threads() == threads
    assert _children() <= children
    assert sizes[-1] - sizes[0] <= GROWTH, sizes


async def _soak(folder: Path, numbers: range) -> list[int]:
    """Run the spells, a few at a time; the size of this process after each hundred."""
    sizes: list[int] = []
    waiting = iter(numbers)

    async def work(kernel: Kernel) -> None:
        for number in waiting:
            await _run(kernel, number)
            if number % 100 == 99:
                sizes.append(_resident())

    async with Kernel(load(folder, {}, SETS), environ={}) as kernel, asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work(kernel))
    return sizes


async def _run(kernel: Kernel, number: int) -> None:
    engine = ENGINES[number % len(ENGINES)]
    language = "lua" if engine == "lua" else "javascript"
    options = RunOptions(engine=engine, profile="medium", timeout=20)
    if number % HOSTILE:
        ended = await kernel.cast(Source(HONEST[language], "honest"), options)
        assert (ended.value, ended.error) == (21, None)
    elif number % (4 * HOSTILE) == 0:
        await _cancel(kernel, Source(CANCELLED[language], "cancelled"), options)
    else:
        attacks = ATTACKS[language]
        ended = await kernel.cast(Source(attacks[number // HOSTILE % len(attacks)], "attack"), options)
        assert ended.error is not None
        assert ended.error.kind != "internal", ended.error


async def _cancel(kernel: Kernel, source: Source, options: RunOptions) -> None:
    run = asyncio.create_task(kernel.cast(source, options))
    await asyncio.sleep(0.1)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


def _children() -> set[str]:
    """The process ids of this process's children, also of those that nobody buried."""
    own = str(os.getpid())
    return {entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == own}


def _parent(process: Path) -> str:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _resident() -> int:
    """Bytes of memory that this process has, after the collector's visit."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
