"""How results come from V8's own thread to the thread that waits for them.

The library calls a C function there, `callback(task, address)`, with the number that the task was given and the
address of its result. Where Linux has event counters, that function is the system's own `eventfd_write(counter,
value)`, and the number is a counter: no Python code runs on V8's thread, and nobody waits for the interpreter's lock,
which takes as long as all the rest of a short turn. Elsewhere it is a Python function that fills a queue.
"""

from __future__ import annotations

import os
from ctypes import CDLL, cast
from queue import Empty, SimpleQueue
from select import POLLIN, poll
from typing import Any, Protocol

from py_mini_racer._dll import MR_CALLBACK, RawValueHandle


class Handover(Protocol):
    """Where the results of one context's tasks arrive; one thread uses it.

    Attributes:
        callback: what V8's thread calls; it must live as long as the context.
    """

    callback: Any  # Any: a function pointer of ctypes

    def numbers(self, count: int) -> list[int]:
        """What to give to the next `count` tasks, at most two, as their numbers, in the order in which they run."""

    def take(self, seconds: float) -> list[Any]:
        """The results of these tasks, in order, or nothing if they are not there in time."""

    def close(self) -> None:
        """The context is gone, and no result will come any more."""


class CounterHandover:
    """A handover through event counters: each result goes to a counter, which then holds its address."""

    def __init__(self) -> None:
        self.callback = cast(CDLL(None).eventfd_write, MR_CALLBACK)
        self._counters: _Counters | None = None
        self._count = 0

    def numbers(self, count: int) -> list[int]:
        """See `Handover`."""
        # Only a context that runs holds counters: a thousand that wait would use up all descriptors.
        try:
            self._counters = _idle.pop()
        except IndexError:
            self._counters = _Counters()
        self._count = count
        return self._counters.numbers[-count:]

    def take(self, seconds: float) -> list[Any]:
        """See `Handover`."""
        assert self._counters is not None
        if not self._counters.last.poll(seconds * 1000):
            return []
        addresses = map(os.eventfd_read, self._counters.numbers[-self._count :])
        results = [cast(address, RawValueHandle) for address in addresses]
        self._release(self._counters)
        return results

    def close(self) -> None:
        """See `Handover`."""
        if self._counters is not None:
            self._counters.clear()
            self._release(self._counters)

    def _release(self, counters: _Counters) -> None:
        self._counters = None
        _idle.append(counters)


class _Counters:
    """Two event counters, one for each task of a turn: sums of addresses would tell nothing."""

    def __init__(self) -> None:
        self.numbers = [os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK) for _ in range(2)]
        self.last = poll()
        self.last.register(self.numbers[-1], POLLIN)

    def clear(self) -> None:
        """Forget results that nobody took."""
        for number in self.numbers:
            try:
                os.eventfd_read(number)
            except BlockingIOError:
                continue  # there was none


_idle: list[_Counters] = []


class QueueHandover:
    """A handover through a queue, for systems without event counters."""

    def __init__(self) -> None:
        arrived = self._arrived = SimpleQueue[Any]()
        self.callback = MR_CALLBACK(lambda _task, result: arrived.put(result))
        self._missing = 0
        self._results: list[Any] = []

    def numbers(self, count: int) -> list[int]:
        """See `Handover`."""
        self._missing = count
        self._results = []
        return [1] * count

    def take(self, seconds: float) -> list[Any]:
        """See `Handover`."""
        while len(self._results) < self._missing:
            try:
                self._results.append(self._arrived.get(timeout=seconds))
            except Empty:
                return []
        return self._results

    def close(self) -> None:
        """See `Handover`."""


def new_handover() -> Handover:
    """The quickest handover that the system has."""
    return CounterHandover() if hasattr(os, "eventfd") else QueueHandover()
