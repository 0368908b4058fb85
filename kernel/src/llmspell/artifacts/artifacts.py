"""Puts, gets, lists and deletes artifacts."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.artifacts.bytes import Bytes, without
from llmspell.artifacts.index import (
    Head,
    Index,
    delete_version,
    put_blob,
    put_head,
    put_total,
    put_version,
)
from llmspell.artifacts.parts import (
    BINARY,
    TEXT,
    ArtifactInfo,
    Origin,
    check_metadata,
    check_name,
    check_type,
    damaged,
)
from llmspell.errors import BudgetExceeded, LlmspellError, UsageError, did_you_mean
from llmspell.ids import NewId, random_id
from llmspell.store import Store
from llmspell.threads import in_thread

if TYPE_CHECKING:
    from llmspell.config.schema import Artifacts as Room
    from llmspell.run import Run

_MOST_NAMED = 20


class Artifacts:
    """The artifacts of a store.

    Args:
        store: where they are.
        room: how much they may take.
        charge: called with the bytes of what is to be written; None charges nobody.
        new_id: gives names to claims.
    """

    def __init__(
        self, store: Store, room: Room, charge: Callable[[int], None] | None = None, new_id: NewId = random_id
    ) -> None:
        self._store = store
        self._room = room
        self._charge = charge
        self._index = Index(store)
        self._bytes = Bytes(store, self._index, new_id)

    @classmethod
    def of(cls, run: Run) -> Artifacts:
        """Those of a run's store; what is put counts against the run's quota.

        Raises:
            UnknownPlugin, BrokenPlugin, ConfigError: the store cannot be had.
        """
        from llmspell.config.schema import Artifacts as Room

        room = run.config.config.artifacts if run.config else Room()
        return cls(run.store, room, partial(run.quota.take, "write_bytes"), run.ids.new)

    async def put(
        self,
        name: str,
        content: str | bytes,
        *,
        type: str = "",  # noqa: A002 the word of MIME
        metadata: Mapping[str, Any] | None = None,
        origin: Origin = Origin(),  # noqa: B008 it is frozen
    ) -> ArtifactInfo:
        """Make this content the next version of a name.

        Args:
            name: what it is called.
            content: text or bytes.
            type: its media type; empty for that of plain text, or of any bytes.
            metadata: JSON-like.
            origin: where it comes from.

        Raises:
            UsageError: the name, the type or the metadata will not do, or the text is not Unicode.
            BudgetExceeded: it is too large, or there is no room for it.
        """
        data = content if isinstance(content, bytes) else _encoded(content, name)
        media_type = type or (BINARY if isinstance(content, bytes) else TEXT)
        check_name(name)
        check_type(media_type)
        check_metadata(metadata or {})
        if len(data) > self._room.largest:
            raise BudgetExceeded("artifact_bytes", self._room.largest, unit="bytes", setting="artifacts.largest")
        if self._charge is not None:
            self._charge(len(data))
        digest = await in_thread(lambda: hashlib.sha256(data).hexdigest())
        info = ArtifactInfo(
            name,
            0,
            digest,
            media_type,
            len(data),
            isinstance(content, str),
            time.time(),
            metadata or {},
            origin,
        )
        claim = await self._bytes.claim(digest, len(data))
        try:
            await self._store.put_blob(data)
            return await self._index.repeated(lambda: self._add(info, claim))
        except BaseException:
            await self._bytes.withdraw(digest, claim)
            raise

    async def _add(self, info: ArtifactInfo, claim: str) -> ArtifactInfo:
        """Add the next version of a name, whose bytes are claimed."""
        head, blob, total = (
            await self._index.head(info.name),
            await self._index.blob(info.digest),
            await self._index.total(),
        )
        if claim not in blob.value.claims:
            raise LlmspellError(
                f"putting the artifact {info.name!r} took too long", component=f"artifact:{info.name}", retryable=True
            )
        sum_of_all = total.value.bytes + (0 if blob.value.refs else info.size)
        if sum_of_all > self._room.total:
            raise BudgetExceeded("artifact_bytes", self._room.total, unit="bytes", setting="artifacts.total")
        new = attrs.evolve(info, version=head.value.last + 1)
        await self._index.write(
            put_version(new),
            put_head(info.name, Head(new.version, head.value.count + 1), head),
            put_blob(info.digest, attrs.evolve(without(blob.value, claim), refs=blob.value.refs + 1), blob),
            put_total(sum_of_all, total),
        )
        return new

    async def get(self, name: str, version: int | None = None) -> tuple[ArtifactInfo, bytes]:
        """A version, or the last one, and its content.

        Raises:
            LlmspellError: there is none (kind `not_found`), or it is damaged.
        """
        info = await self.info(name, version)
        content = await self._store.get_blob(info.digest)
        if content is None:
            raise damaged(name, "its content is gone")
        return info, content

    async def info(self, name: str, version: int | None = None) -> ArtifactInfo:
        """What is known of a version, or of the last one. Raises as `get` does."""
        check_name(name)
        head = (await self._index.head(name)).value
        if not head.count:
            raise await self._unknown(name)
        found = await self._index.version(name, head.last if version is None else version)
        if found is not None:
            return found
        versions = await self._index.versions(name)
        if version is None and versions:
            return versions[-1]
        raise LlmspellError(
            f"the artifact {name!r} has no version {version}",
            kind="not_found",
            component=f"artifact:{name}",
            hint=f"versions: {', '.join(str(each.version) for each in versions[-_MOST_NAMED:])}",
        )

    async def versions(self, name: str) -> Sequence[ArtifactInfo]:
        """All versions of a name, the first one first.

        Raises:
            LlmspellError: there is none (kind `not_found`).
        """
        check_name(name)
        found = await self._index.versions(name)
        if not found:
            raise await self._unknown(name)
        return found

    async def list(self, prefix: str = "") -> list[ArtifactInfo]:
        """The last version of each name that starts with a prefix, sorted by name."""
        found = []
        for name in await self._index.names(prefix):
            try:
                found.append(await self.info(name))
            except LlmspellError as error:
                if error.kind != "not_found":  # it was deleted just now
                    raise
        return found

    async def delete(self, name: str, version: int | None = None) -> int:
        """Delete a version, or all of them; how many.

        Raises:
            LlmspellError: there is none (kind `not_found`).
        """
        doomed = await self.versions(name) if version is None else [await self.info(name, version)]
        for info in doomed:
            await self._index.repeated(lambda info=info: self._forget(info))  # type: ignore[misc]  # bound at once
            await self._bytes.remove(info.digest)
        return len(doomed)

    async def _forget(self, info: ArtifactInfo) -> None:
        if await self._index.version(info.name, info.version) is None:
            return  # somebody else was quicker
        head, blob, total = (
            await self._index.head(info.name),
            await self._index.blob(info.digest),
            await self._index.total(),
        )
        refs = blob.value.refs - 1
        await self._index.write(
            delete_version(info),
            put_head(info.name, attrs.evolve(head.value, count=head.value.count - 1), head),
            put_blob(info.digest, attrs.evolve(blob.value, refs=refs), blob),
            put_total(total.value.bytes - (0 if refs else info.size), total),
        )

    async def collect(self) -> int:
        """Remove all bytes that nobody refers to: those of processes that were killed. How many there were."""
        return sum([await self._bytes.remove(digest) for digest in await self._index.digests()])

    async def size(self) -> int:
        """The bytes that all artifacts take; the same content counts once."""
        total: int = (await self._index.total()).value.bytes
        return total

    async def _unknown(self, name: str) -> LlmspellError:
        known = await self._index.names()
        near = did_you_mean(name, known)
        return LlmspellError(
            f"there is no artifact {name!r}",
            kind="not_found",
            component=f"artifact:{name}",
            hint=near if len(known) <= _MOST_NAMED or near.startswith("did") else "type: llmspell artifacts list",
        )


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"the artifact {name!r}: the text has half a character at {error.start}") from None
