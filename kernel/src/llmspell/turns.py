"""Turns: what belongs to one group is done one after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """The groups of one run."""

    def __init__(self) -> None:
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
        async with self._locks.setdefault(group, asyncio.Lock()):
            self._holders[group] = path
            try:
                yield
            finally:
                del self._holders[group]
