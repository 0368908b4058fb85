"""Events of something that runs, told to a script as they happen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic

from llmspell.agent import AgentEvent
from llmspell.errors import Cancelled, LlmspellError
from llmspell.run import Run
from llmspell.script.check import Function
from llmspell.script.declare import Handle, method
from llmspell.script.shapes import End, Told

OnEvent = Callable[[dict[str, Any]], None]
Work = Callable[[OnEvent], Awaitable[Any]]
"""Does something, tells events on the way, and gives the result as plain data."""


class StreamHandle(Handle, Generic[End, Told]):
    """What happens while an agent or a model answers; iterate over it, or call `next`, then ask for the `result`."""

    def __init__(self, run: Run, work: Work) -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._task = run.spawn(self._work(work))

    async def _work(self, work: Work) -> Any:
        try:
            return await work(self._queue.put_nowait)
        finally:
            self._queue.put_nowait(None)

    @method
    async def next(self) -> Told | None:
        """The next event, a table with a `type` (`text`, `tool_call`, `tool_result`, `handoff`); nothing at the end.

        A failure is raised here once the events before it are read.
        """
        event: Told | None = await self._queue.get()
        if event is None:
            self._queue.put_nowait(None)  # the end stays the end, however often it is asked for
            await self._failure()
        return event

    async def _failure(self) -> None:
        await asyncio.wait([self._task])
        error = None if self._task.cancelled() else self._task.exception()
        if isinstance(error, LlmspellError):
            raise error

    @method
    async def result(self) -> End:
        """The whole answer, once there is one; an error of kind `cancelled` when the stream was closed before."""
        await asyncio.wait([self._task])
        if self._task.cancelled():
            raise Cancelled("the stream was closed before its end")
        answer: End = self._task.result()
        return answer

    @method
    async def close(self) -> None:
        """Stop what runs, if it still does."""
        await self.released()

    async def released(self) -> None:
        """Stop what runs, and wait for its end."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.exception()  # it was, or could have been, read through `next` and `result`


def listener(on_event: OnEvent | None) -> Callable[[AgentEvent], None] | None:
    """An agent's listener that tells events as scripts see them."""
    if on_event is None:
        return None
    return lambda event: on_event({"type": event.type, **event.data})


async def telling(function: Function, work: Work, parent: Any) -> Any:
    """The result of `work`, with each of its events passed to a script's function, in order, before it returns."""
    queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def deliver() -> None:
        while (event := await queue.get()) is not None:
            await function(event, parent=parent)

    async with asyncio.TaskGroup() as group:
        delivery = group.create_task(_unwrapped(deliver()))
        result = await work(queue.put_nowait)
        queue.put_nowait(None)
        failure = await delivery
    if failure is not None:
        raise failure
    return result


async def _unwrapped(work: Awaitable[None]) -> LlmspellError | None:
    """The error as a value: a task group would wrap a raised one."""
    try:
        await work
    except LlmspellError as error:
        return error
    return None
