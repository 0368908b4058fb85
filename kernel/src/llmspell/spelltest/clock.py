"""An event loop whose clock jumps to the next timer whenever nothing outside the loop is under way."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple, Unpack

from llmspell.threads import under_way

_Args = TypeVarTuple("_Args")
_Answer = TypeVar("_Answer")


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of tests: an hour of `Async.sleep` takes no time.

    While a thread works, a program runs, or a connection is open, the clock goes as clocks do, since nobody knows
    how long what is outside will take.
    """

    def __init__(self) -> None:
        self._jumped = 0.0
        self._held = 0
        self._outside: set[asyncio.Future[Any]] = set()
        self._idle = _Jumping(selectors.DefaultSelector(), self._jump)
        super().__init__(self._idle)
        self._own = len(self._idle.get_map())  # what the loop itself listens to

    def time(self) -> float:
        """Seconds, with all jumps so far."""
        return super().time() + self._jumped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[_Args]], _Answer], *args: *_Args
    ) -> asyncio.Future[_Answer]:
        """As asyncio's; the clock does not jump meanwhile."""
        future = super().run_in_executor(executor, func, *args)
        self._outside.add(future)
        future.add_done_callback(self._outside.discard)
        return future

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """Within the block, the clock does not jump."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def _jump(self, seconds: float) -> bool:
        """Pass over a wait, if nothing outside could end it earlier; whether it did."""
        outside = len(self._idle.get_map()) > self._own or self._outside or under_way(self) or _programs()
        if self._held or outside:
            return False
        self._jumped += seconds
        return True


class _Jumping(selectors.BaseSelector):
    """A selector that asks whether a wait can be passed over."""

    def __init__(self, inner: selectors.BaseSelector, jump: Callable[[float], bool]) -> None:
        self._inner = inner
        self._jump = jump

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = self._inner.select(0)
        if found or timeout is None or timeout <= 0:
            return found or (self._inner.select(None) if timeout is None else found)
        return found if self._jump(timeout) else self._inner.select(timeout)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        found = self._inner.get_map()
        return {} if found is None else found

    def close(self) -> None:
        self._inner.close()


def _programs() -> bool:
    """Whether asyncio waits for the end of a program: it does so in a thread of this name."""
    return any("waitpid" in thread.name for thread in threading.enumerate())
