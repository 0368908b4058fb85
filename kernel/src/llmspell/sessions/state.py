"""The state of a session, where it is copied and removed with the session."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import attrs

from llmspell.errors import LlmspellError
from llmspell.state.namespaces import namespace
from llmspell.store import Delete, Entry, Put, Store

_PAGE = 1000


@attrs.frozen
class KeptState:
    """The values that a session's state had at one time."""

    store: Store
    session: str
    entries: Sequence[Entry]

    @classmethod
    async def of(cls, store: Store, session: str) -> KeptState:
        """What there is now."""
        found: list[Entry] = []
        while page := await store.scan(namespace("session", session), "", found[-1].key if found else None, _PAGE):
            found += page
        return cls(store, session, found)

    async def delete(self) -> None:
        """Unset all of it."""
        if self.entries:
            await self.store.write(namespace("session", self.session), [Delete(entry.key) for entry in self.entries])

    @asynccontextmanager
    async def written_for(self, session: str) -> AsyncIterator[None]:
        """Make it the state of another session, and take it back when what follows fails.

        Raises:
            LlmspellError: that one has such state already (kind `conflict`).
        """
        place = namespace("session", session)
        now = time.time()
        puts = [
            Put(entry.key, entry.value, None if entry.expires is None else entry.expires - now, version=0)
            for entry in self.entries
            if entry.expires is None or entry.expires > now
        ]
        versions = await self._write(place, puts, session) if puts else []
        try:
            yield
        except BaseException:
            if puts:
                deletes = [Delete(put.key, version) for put, version in zip(puts, versions, strict=True)]
                await self.store.write(place, deletes)
            raise

    async def _write(self, place: str, puts: Sequence[Put], session: str) -> list[int]:
        try:
            return await self.store.write(place, puts)
        except LlmspellError as error:
            if error.kind != "conflict":
                raise
            raise LlmspellError(
                f"there is state of a session {session!r} already",
                kind="conflict",
                component=f"session:{session}",
                hint=f"choose another id; to see it, type: llmspell state list --session {session}",
            ) from error

    def described(self) -> Mapping[str, Entry]:
        """The values by key."""
        return {entry.key: entry for entry in self.entries}
