"""Work that may block, in a thread that nobody has to wait for."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")
_PATIENCE = 0.25  # seconds that a thread waits for more work; starting one takes twice as long as waking it


async def in_thread(function: Callable[..., _Answer], *args: Any) -> _Answer:
    """What `function` returns or raises.

    Unlike `asyncio.to_thread`, there is no bound on how many run, and all of them are daemons: a function that never
    returns holds up neither a cancelled caller, nor others, nor the event loop's shutdown, nor the process's end.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Answer] = loop.create_future()
    context = contextvars.copy_context()

    def settle(finish: Callable[[Any], None], value: Any) -> None:
        if not answer.done():  # the caller may have been cancelled
            finish(value)

    def work() -> Callable[[], object]:
        finish: Callable[[Any], None] = answer.set_result
        value: Any
        try:
            value = context.run(function, *args)
        except StopIteration as cause:  # a future refuses it, and its caller would wait for ever
            finish, value = answer.set_exception, RuntimeError(f"StopIteration: {cause}")
        except BaseException as cause:
            finish, value = answer.set_exception, cause
        return partial(loop.call_soon_threadsafe, settle, finish, value)

    _take().put(work)
    return await from_outside(answer)


async def from_outside(answer: asyncio.Future[_Answer]) -> _Answer:
    """What a thread will say to a future; await it in this way, so that `under_way` knows."""
    _waiting.add(answer)
    try:
        return await answer
    finally:
        _waiting.discard(answer)


_waiting: set[asyncio.Future[Any]] = set()


def under_way(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether any thread works for a loop, whose clock must not jump meanwhile if it is virtual."""
    return any(answer.get_loop() is loop and not answer.done() for answer in _waiting)


_Work = Callable[[], Callable[[], object]]  # gives what tells the answer
_idle: list[SimpleQueue[_Work]] = []  # of the threads that wait for work, the last to become so last


def _take() -> SimpleQueue[_Work]:
    """The queue of a thread that has nothing to do."""
    try:
        return _idle.pop()
    except IndexError:
        queue: SimpleQueue[_Work] = SimpleQueue()
        Thread(target=_serve, args=(queue,), name="llmspell work", daemon=True).start()
        return queue


def _serve(queue: SimpleQueue[_Work]) -> None:
    """Do what comes, until nothing comes any more."""
    while True:
        try:
            work = queue.get(timeout=_PATIENCE)
        except Empty:
            with contextlib.suppress(ValueError):  # it was just taken: its work is on the way
                _idle.remove(queue)
                return
            continue
        tell = work()
        _idle.append(queue)  # before it tells: whoever waited for the answer may have more work at once
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            tell()
        del work, tell  # they hold the arguments and the answer
