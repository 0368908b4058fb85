"""Timeouts that stand still while somebody thinks about an approval: a person is slower than a tool may be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar


class Stoppable:
    """Within the block, the timeout stops whenever an approval is asked below it, threads included."""

    __slots__ = ("_left", "_stops", "_timeout", "_token")

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self._stops = 0
        self._left: float | None = None

    def __enter__(self) -> None:
        self._token = _clocks.set((*_clocks.get(), self))

    def __exit__(self, *_: object) -> None:
        _clocks.reset(self._token)

    def stop(self) -> None:
        """Stand still; until `start` was called as often."""
        self._stops += 1
        when = self._timeout.when()
        if self._stops == 1 and when is not None:
            self._left = when - asyncio.get_running_loop().time()
            self._set(None)

    def start(self) -> None:
        """Go on with the time that is left."""
        self._stops -= 1
        if not self._stops and self._left is not None:
            self._set(asyncio.get_running_loop().time() + self._left)

    def _set(self, when: float | None) -> None:
        with suppress(RuntimeError):  # it is over, or its block was left while a task of it went on
            self._timeout.reschedule(when)


_clocks: ContextVar[tuple[Stoppable, ...]] = ContextVar("clocks", default=())


@contextmanager
def stopped() -> Iterator[None]:
    """Within the block, the timeouts that this task or thread is under stand still."""
    clocks = _clocks.get()
    for clock in clocks:
        clock.stop()
    try:
        yield
    finally:
        for clock in clocks:
            clock.start()
