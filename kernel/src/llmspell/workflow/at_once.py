"""Several things at once, within a limit; the first failure cancels the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

_Value = TypeVar("_Value")
_Work = Callable[[], Coroutine[Any, Any, _Value]]


async def at_once(limit: int, works: Sequence[_Work[_Value]]) -> list[_Value]:
    """What each gives, in their order; at most `limit` are under way.

    Raises:
        Exception: what the first to fail raised, once the others have ended.
    """
    if len(works) > limit:
        room = asyncio.Semaphore(limit)
        works = [partial(_when_there_is_room, room, work) for work in works]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work()) for work in works]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def _when_there_is_room(room: asyncio.Semaphore, work: _Work[_Value]) -> _Value:
    async with room:
        return await work()
