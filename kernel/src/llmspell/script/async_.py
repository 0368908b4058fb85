"""The global `Async`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell.script.check import Function
from llmspell.script.declare import Global, guest, method


def _end(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)


_LONGEST = 366 * 86400.0


@attrs.frozen
class MapOptions:
    """How `Async.map` works: at most `limit` calls at once."""

    limit: int = 8


class Async(Global):
    """Doing several things at once. What fails or loses a race is cancelled, with all that it had started."""

    name = "Async"

    @method
    def sleep(self, seconds: float) -> Awaitable[None]:
        """Wait; other tasks go on meanwhile."""
        if not 0 <= seconds <= _LONGEST:
            raise UsageError(f"Async.sleep: seconds must be between 0 and {_LONGEST:g}, not {seconds!r}")
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _end, over)
        over.add_done_callback(lambda _: timer.cancel())
        return over

    @guest
    def all_(self, functions: list[Function]) -> list[Any]:
        """Run all functions at once; their results in order. The first failure cancels the others and is raised."""
        raise NotImplementedError

    @guest
    def race(self, functions: list[Function]) -> Any:
        """Run all functions at once; the first to return or fail decides, and the others are cancelled."""
        raise NotImplementedError

    @guest
    def any_(self, functions: list[Function]) -> Any:
        """Run all functions at once; the first to return decides. Fails only when all fail."""
        raise NotImplementedError

    @guest
    def map_(self, items: list[Any], function: Function, options: MapOptions | None = None) -> list[Any]:
        """`function(item, index)` for each item, at most `limit` (8) at once; the results in order."""
        raise NotImplementedError

    @guest
    def timeout(self, seconds: float, function: Function) -> Any:
        """What the function returns, or an error of kind `timeout` once the seconds have passed."""
        raise NotImplementedError

    @guest
    def spawn(self, function: Function) -> Any:
        """Start a task that runs beside the rest; it has `wait()` and `cancel()`."""
        raise NotImplementedError
