"""A thread with a connection of its own, and the work that waits for it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar, cast

import attrs

from llmspell.threads import from_outside, in_thread

_Answer = TypeVar("_Answer")
Work = Callable[[sqlite3.Connection], Any]

_TOGETHER = 64  # pieces of work that are done in one go


@attrs.frozen
class Done:
    """What became of a piece of work: its answer, or why there is none."""

    answer: Any = None
    error: BaseException | None = None


Perform = Callable[[sqlite3.Connection, Sequence[Work]], list[Done]]


@attrs.frozen
class _Job:
    work: Work
    answer: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop

    def tell(self, done: Done) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle, done)

    def _settle(self, done: Done) -> None:
        if self.answer.done():  # the caller was cancelled
            return
        if done.error is None:
            self.answer.set_result(done.answer)
        else:
            self.answer.set_exception(done.error)


class Lane:
    """Does work in order; what has gathered meanwhile, in one go.

    Args:
        name: the thread's.
        connect: opens the connection, in the thread, when there is work; if it fails, so does the work.
        perform: does several pieces of work.
    """

    def __init__(self, name: str, connect: Callable[[], sqlite3.Connection], perform: Perform) -> None:
        self._name = name
        self._connect = connect
        self._perform = perform
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()

    async def run(self, work: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        """What `work` gives or raises; if the caller is cancelled meanwhile, it may be done all the same."""
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop)
        with self._lock:
            if self._thread is None:
                # A daemon: a process that ends does not wait for work whose answer nobody awaits.
                self._thread = Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
        self._queue.put(job)
        return cast("_Answer", await from_outside(job.answer))

    async def close(self) -> None:
        """Do what is waiting, and close the connection."""
        if self._thread is not None:
            self._queue.put(None)
            await in_thread(self._thread.join)

    def _serve(self) -> None:
        connection: sqlite3.Connection | None = None
        going = True
        while going:
            jobs, going = self._take()
            waiting = [job for job in jobs if not job.answer.cancelled()]
            if waiting:
                try:
                    connection = connection or self._connect()
                    found = self._perform(connection, [job.work for job in waiting])
                except BaseException as cause:
                    found = [Done(error=cause)] * len(waiting)
                for job, done in zip(waiting, found, strict=True):
                    job.tell(done)
                del found
            del jobs, waiting  # they hold what was read and written
        if connection is not None:
            connection.close()

    def _take(self) -> tuple[list[_Job], bool]:
        """The work that waits, some at least, and whether there will be more."""
        job = self._queue.get()
        found: list[_Job] = []
        while job is not None:
            found.append(job)
            if len(found) == _TOGETHER:
                return found, True
            try:
                job = self._queue.get_nowait()
            except Empty:
                return found, True
        return found, False
