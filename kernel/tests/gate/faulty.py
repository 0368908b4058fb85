"""Hooks that fail, are late or misbehave in every way we could think of."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

from llmspell import guard, hookimpl, observer
from llmspell.errors import ToolFailed
from llmspell.gate import Operation
from llmspell.hookspecs import Proceed

SHORT = 0.1


class Around:
    """An observer around tools."""

    def __init__(self, function: Callable[[Operation, Proceed], Any]) -> None:
        self._function = function

    @hookimpl
    @observer(timeout=SHORT)
    async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
        return await self._function(call, proceed)


class Guard(Around):
    """The same as a guard."""

    @hookimpl
    @guard(timeout=SHORT)
    async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
        return await self._function(call, proceed)


async def raises_before(call: Operation, proceed: Proceed) -> Any:
    raise KeyError("before")


async def raises_after(call: Operation, proceed: Proceed) -> Any:
    await proceed(call)
    raise KeyError("after")


async def raises_between(call: Operation, proceed: Proceed) -> Any:
    with contextlib.suppress(ToolFailed):
        await proceed(call)
    raise KeyError("between")


async def sleeps_before(call: Operation, proceed: Proceed) -> Any:
    await asyncio.sleep(30)


async def sleeps_after(call: Operation, proceed: Proceed) -> Any:
    await proceed(call)
    await asyncio.sleep(30)


async def blocks_before(call: Operation, proceed: Proceed) -> Any:
    time.sleep(SHORT * 2)  # noqa: ASYNC251 that it blocks is the point
    return await proceed(call)


async def blocks_after(call: Operation, proceed: Proceed) -> Any:
    await proceed(call)
    time.sleep(SHORT * 2)  # noqa: ASYNC251 that it blocks is the point
    return "late"


async def blocks_instead(call: Operation, proceed: Proceed) -> Any:
    time.sleep(SHORT * 2)  # noqa: ASYNC251 that it blocks is the point
    return "late"


async def hides_its_lateness(call: Operation, proceed: Proceed) -> Any:
    time.sleep(SHORT * 2)  # noqa: ASYNC251 that it blocks is the point
    try:
        return await proceed(call)
    except TimeoutError:
        return "hidden"
