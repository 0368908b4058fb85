"""The global `Async`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, Generic, TypeVar

import attrs

from llmspell.errors import UsageError
from llmspell.script.check import Function
from llmspell.script.declare import Global, Handle, guest, method
from llmspell.script.shapes import Called


def _end(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)


_LONGEST = 366 * 86400.0

Item = TypeVar("Item")
Value = TypeVar("Value")
Work = Annotated[Function, Called(gives=Value)]


@attrs.frozen
class MapOptions:
    """How `Async.map` works: at most `limit` calls at once."""

    limit: int = 8


class TaskHandle(Handle, Generic[Value]):
    """A task that `Async.spawn` started."""

    # Every engine makes its own; the kernel never sees one.

    @guest
    async def wait(self) -> Value:
        """What the function returned; an error of kind `cancelled` when the task was cancelled."""
        raise NotImplementedError

    @guest
    def cancel(self) -> None:
        """Stop the task, if it still runs, with all that it had started."""
        raise NotImplementedError


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
    async def all_(self, functions: list[Work]) -> list[Value]:
        """Run all functions at once; their results in order. The first failure cancels the others and is raised."""
        raise NotImplementedError

    @guest
    async def race(self, functions: list[Work]) -> Value:
        """Run all functions at once; the first to return or fail decides, and the others are cancelled."""
        raise NotImplementedError

    @guest
    async def any_(self, functions: list[Work]) -> Value:
        """Run all functions at once; the first to return decides. Fails only when all fail."""
        raise NotImplementedError

    @guest
    async def map_(
        self,
        items: list[Item],
        function: Annotated[Function, Called(item=Item, index=int, gives=Value)],
        options: MapOptions | None = None,
    ) -> list[Value]:
        """`function(item, index)` for each item, at most `limit` (8) at once; the results in order."""
        raise NotImplementedError

    @guest
    async def timeout(self, seconds: float, function: Work) -> Value:
        """What the function returns, or an error of kind `timeout` once the seconds have passed."""
        raise NotImplementedError

    @guest
    def spawn(
        self, function: Annotated[Function, Called(rest=True, gives=Value)], *arguments: Any
    ) -> TaskHandle[Value]:
        """Start `function(...)` as a task that runs beside the rest; it has `wait()` and `cancel()`.

        A failure that nobody waited for is raised when the task that started it ends.
        """
        raise NotImplementedError
