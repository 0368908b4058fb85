"""The pool has a worker ready, gives it away once, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.process import Worker
from llmspell.errors import LlmspellError


def children() -> set[int]:
    found = Path("/proc/self/task").glob("*/children")
    return {int(pid) for file in found for pid in file.read_text().split()}


async def until(ready: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not ready():  # noqa: ASYNC110 it waits for the system, which sets no event
            await asyncio.sleep(0.005)


def wait_ready(worker: Worker) -> None:
    assert select.select([worker.channel], [], [], 10)[0]


async def test_a_worker_is_replaced_after_it_was_taken() -> None:
    pool = WorkerPool("toys:Toy", idle=2)
    assert children() == set()
    worker = pool.acquire()
    assert children() == {worker.pid}
    await until(lambda: len(children()) == 3)
    await asyncio.sleep(0.1)
    assert len(children()) == 3
    await worker.close()
    await pool.close()
    assert children() == set()


async def test_an_idle_worker_is_given_and_no_worker_twice() -> None:
    pool = WorkerPool("toys:Toy", idle=1)
    seen: set[int] = set()
    for _ in range(5):
        idle = children()
        worker = pool.acquire()
        assert worker.pid not in seen
        assert not idle or idle == {worker.pid}
        seen.add(worker.pid)
        await until(lambda: len(children()) == 2)
        await worker.close()
    await pool.close()


async def test_a_pool_that_keeps_none_idle_starts_none_in_the_background() -> None:
    pool = WorkerPool("toys:Toy", idle=0)
    worker = pool.acquire()
    await asyncio.sleep(0.1)
    assert children() == {worker.pid}
    await worker.close()
    await pool.close()


async def test_an_idle_worker_that_died_is_not_given() -> None:
    pool = WorkerPool("toys:Toy", idle=0)
    pool.prestart()
    [dead] = children()
    os.kill(dead, signal.SIGKILL)
    await until(lambda: Path(f"/proc/{dead}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    worker = pool.acquire()
    assert worker.pid != dead
    assert worker.alive()
    await worker.close()
    await pool.close()


async def test_close_waits_until_the_dead_are_buried() -> None:
    before = len(os.listdir("/proc/self/fd"))
    pool = WorkerPool("toys:Toy", idle=0)
    pool.prestart()
    [dead] = children()
    os.kill(dead, signal.SIGKILL)
    await until(lambda: Path(f"/proc/{dead}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    worker = pool.acquire()
    await pool.close()
    assert len(os.listdir("/proc/self/fd")) == before + 2, "those of the one worker that lives"
    await worker.close()


def test_a_worker_starts_before_there_is_an_event_loop() -> None:
    pool = WorkerPool("toys:Toy", idle=0)
    pool.prestart()
    pool.prestart()
    [started] = children()

    async def use() -> int:
        worker = pool.acquire()
        wait_ready(worker)
        await worker.close()
        await pool.close()
        return worker.pid

    assert asyncio.run(use()) == started


def test_starting_a_worker_imports_no_asyncio() -> None:
    source = """
import sys
from llmspell.bridge.pool import WorkerPool
WorkerPool("toys:Toy", idle=1).prestart()
print("asyncio" in sys.modules, "subprocess" in sys.modules)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=env, check=False)
    assert done.stdout == "False False\n", done.stderr


async def test_close_kills_the_idle_and_forbids_more() -> None:
    before = set(os.listdir("/proc/self/fd"))
    pool = WorkerPool("toys:Toy", idle=3)
    await pool.acquire().close()
    await until(lambda: len(children()) == 3)
    await pool.close()
    await pool.close()
    assert children() == set()
    assert set(os.listdir("/proc/self/fd")) == before
    with pytest.raises(RuntimeError, match="the pool of toys:Toy is closed"):
        pool.acquire()


async def test_a_pool_closed_before_it_refills_starts_no_more() -> None:
    pool = WorkerPool("toys:Toy", idle=1)
    await pool.acquire().close()
    await pool.close()
    await asyncio.sleep(0.1)
    assert children() == set()


def test_a_system_without_worker_processes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_spawn")
    with pytest.raises(LlmspellError, match="scripts cannot run in a worker process on ") as caught:
        WorkerPool("toys:Toy", idle=0).prestart()
    assert caught.value.kind == "config"


def test_an_interpreter_that_cannot_be_started_leaves_no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(FileNotFoundError):
        WorkerPool("toys:Toy", idle=0).prestart()
    assert set(os.listdir("/proc/self/fd")) == before
