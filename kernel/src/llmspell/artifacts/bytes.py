"""The bytes of artifacts: kept once, whoever refers to them, and removed when nobody does.

Who wants to refer to bytes first claims them, in the index; so there are no bytes in the store that the index does not
know, and nobody removes what somebody is about to refer to. Who removes bytes says so in the index first, and whoever
comes to claim them meanwhile waits.
"""

from __future__ import annotations

import asyncio
import time

import attrs

from llmspell.artifacts.index import Blob, Index, delete_blob, put_blob
from llmspell.errors import LlmspellError
from llmspell.ids import NewId, random_id
from llmspell.store import Store

CLAIM = 600.0
"""Seconds for which a claim holds; after that, whoever made it must have been killed."""

REMOVAL = 60.0
"""Seconds for which others wait for a removal; after that, whoever removed must have been killed."""

_PAUSE = 0.02


class Bytes:
    """The bytes of a store, and what the index knows of them."""

    def __init__(self, store: Store, index: Index, new_id: NewId = random_id) -> None:
        self._store = store
        self._index = index
        self._new_id = new_id

    async def claim(self, digest: str, size: int) -> str:
        """Let nobody remove these bytes, whether they are there already or not; the name of the claim."""
        claim = self._new_id(f"claim/{digest}")

        async def attempt() -> bool:
            was = await self._index.blob(digest)
            now = time.time()
            if was.value.going > now:
                return False
            live = {name: until for name, until in was.value.claims.items() if until > now}
            await self._index.write(
                put_blob(digest, Blob(size, was.value.refs, {**live, claim: now + CLAIM}), was),
            )
            return True

        while not await self._index.repeated(attempt):  # noqa: ASYNC110 it may be another process that removes them
            await asyncio.sleep(_PAUSE)
        return claim

    async def withdraw(self, digest: str, claim: str) -> None:
        """Give a claim back that came to nothing; the bytes go if nobody else wants them."""

        async def attempt() -> None:
            was = await self._index.blob(digest)
            if claim in was.value.claims:
                await self._index.write(put_blob(digest, without(was.value, claim), was))

        await self._index.repeated(attempt)
        await self.remove(digest)

    async def remove(self, digest: str) -> bool:
        """Remove bytes that nobody refers to or has claimed; whether it was done."""
        was = await self._index.blob(digest)
        now = time.time()
        if was.version == 0 or not was.value.is_free(now):
            return False
        try:
            [version] = await self._index.write(
                put_blob(digest, attrs.evolve(was.value, claims={}, going=now + REMOVAL), was)
            )
        except LlmspellError as error:
            if error.kind != "conflict":
                raise
            return False  # somebody has just claimed them, or removes them too
        await self._store.delete_blob(digest)
        await self._index.write(delete_blob(digest, version))
        return True


def without(blob: Blob, claim: str) -> Blob:
    """What is known of bytes once a claim is given back."""
    return attrs.evolve(blob, claims={name: until for name, until in blob.claims.items() if name != claim})
