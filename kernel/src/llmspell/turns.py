"""Turns: what belongs together is done one after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """The turns of one run.

    Attributes:
        queue: the paths of the operations that wait for their turn, and do nothing meanwhile.
    """

    def __init__(self) -> None:
        self.queue: list[str] = []
        self._locks: dict[str, asyncio.Lock] = {}
        self._holders: dict[str, str] = {}

    @asynccontextmanager
    async def turn(self, group: str, path: str) -> AsyncIterator[None]:
        """Wait until nobody else of the group is at work; who is called by the one that is need not wait.

        Args:
            group: its name.
            path: the path of the operation that wants its turn.
        """
        if path.startswith(f"{self._holders.get(group, ' ')}/"):
            yield
            return
        async with self.held(self._locks.setdefault(group, asyncio.Lock()), path):
            self._holders[group] = path
            try:
                yield
            finally:
                del self._holders[group]

    @asynccontextmanager
    async def held(self, lock: asyncio.Lock, path: str) -> AsyncIterator[None]:
        """Hold a lock for an operation, which is in the queue for as long as it waits for it."""
        self.queue.append(path)
        try:
            await lock.acquire()
        finally:
            self.queue.remove(path)
        try:
            yield
        finally:
            lock.release()
