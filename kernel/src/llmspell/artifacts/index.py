r"""Which versions there are, and what refers to which bytes: entries of one namespace, changed together.

name/NAME            the number of the last version, and how many there are
version/NAME\nNUMBER  one version
blob/DIGEST          how many versions refer to these bytes, and who is about to
bytes                how many bytes all of them take
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import attrs

from llmspell.artifacts.parts import ArtifactInfo, damaged
from llmspell.config.structure import Misfit, fit, sentences
from llmspell.errors import LlmspellError
from llmspell.store import Change, Delete, Put, Store

_NAMESPACE = "artifacts"
_PAGE = 1000
_ATTEMPTS = 200
_LONGEST_PAUSE = 0.05  # seconds between attempts

_Kept = TypeVar("_Kept")
_Answer = TypeVar("_Answer")


@attrs.frozen
class Head:
    """A name: the number of its last version, and how many of them there are."""

    last: int = 0
    count: int = 0


@attrs.frozen
class Blob:
    """Some bytes.

    Attributes:
        size: how many.
        refs: how many versions refer to them.
        claims: who is about to refer to them, each until a time in seconds since 1970.
        going: until when somebody is removing them, in seconds since 1970; 0 for nobody.
    """

    size: int
    refs: int = 0
    claims: Mapping[str, float] = attrs.field(factory=dict)
    going: float = 0.0

    def is_free(self, now: float) -> bool:
        """Whether nobody refers to them, is about to, or removes them."""
        return not self.refs and self.going <= now and all(until <= now for until in self.claims.values())


@attrs.frozen
class Total:
    """The bytes that all blobs take to which some version refers."""

    bytes: int = 0


@attrs.frozen
class Found:
    """What a key has, and its version: 0 when it has nothing yet."""

    value: Any
    version: int


class Index:
    """The entries of a store's artifacts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def head(self, name: str) -> Found:
        """What is known of a name."""
        return await self._get(f"name/{name}", Head, Head())

    async def blob(self, digest: str) -> Found:
        """What is known of some bytes; their size is -1 where nothing is."""
        return await self._get(f"blob/{digest}", Blob, Blob(-1))

    async def total(self) -> Found:
        """How many bytes there are."""
        return await self._get("bytes", Total, Total())

    async def version(self, name: str, number: int) -> ArtifactInfo | None:
        """One version; None when there is none of this number."""
        found = await self._get(_version(name, number), ArtifactInfo, None)
        info: ArtifactInfo | None = found.value
        return info

    async def versions(self, name: str) -> list[ArtifactInfo]:
        """All versions of a name, the first one first."""
        return [await self._structured(key, data, ArtifactInfo) for key, data in await self._scan(f"version/{name}\n")]

    async def names(self, prefix: str = "") -> list[str]:
        """The names that have a version and start with a prefix, sorted."""
        found = await self._scan(f"name/{prefix}")
        return [key.removeprefix("name/") for key, data in found if data.get("count")]

    async def digests(self) -> list[str]:
        """The digests of all bytes that something is known of."""
        return [key.removeprefix("blob/") for key, _ in await self._scan("blob/")]

    async def write(self, *changes: Change) -> list[int]:
        """Make all changes, or none; the new version of each.

        Raises:
            LlmspellError: a version is not what it must have been (kind `conflict`).
        """
        return await self._store.write(_NAMESPACE, changes)

    async def repeated(self, attempt: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """What `attempt` gives; it is called again for as long as others were quicker."""
        for count in range(_ATTEMPTS):
            try:
                return await attempt()
            except LlmspellError as error:
                if error.kind != "conflict" or count == _ATTEMPTS - 1:
                    raise
                await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.0005 * 2**count)))  # noqa: S311 out of step
        raise AssertionError("the last attempt raises")

    async def _get(self, key: str, cls: type, default: Any) -> Found:
        entry = await self._store.get(_NAMESPACE, key)
        if entry is None:
            return Found(default, 0)
        return Found(await self._structured(key, entry.value, cls), entry.version)

    async def _structured(self, key: str, data: Any, cls: type[_Kept]) -> _Kept:
        found = fit(data, cls)
        if isinstance(found, Misfit):
            raise damaged(key.partition("/")[2].partition("\n")[0], sentences(found)[0])
        return found

    async def _scan(self, prefix: str) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        while page := await self._store.scan(_NAMESPACE, prefix, found[-1][0] if found else None, _PAGE):
            found += [(entry.key, entry.value) for entry in page]
        return found


def put_head(name: str, head: Head, was: Found) -> Put:
    """The change of a name."""
    return Put(f"name/{name}", attrs.asdict(head), version=was.version)


def put_blob(digest: str, blob: Blob, was: Found) -> Put:
    """The change of some bytes."""
    return Put(f"blob/{digest}", attrs.asdict(blob), version=was.version)


def delete_blob(digest: str, version: int) -> Delete:
    """The end of some bytes."""
    return Delete(f"blob/{digest}", version)


def put_total(total: int, was: Found) -> Put:
    """The change of what all bytes take."""
    return Put("bytes", {"bytes": total}, version=was.version)


def put_version(info: ArtifactInfo) -> Put:
    """A new version."""
    return Put(_version(info.name, info.version), attrs.asdict(info), version=0)


def delete_version(info: ArtifactInfo) -> Delete:
    """The end of a version; it is a conflict when somebody else has deleted it."""
    return Delete(_version(info.name, info.version), 1)


def _version(name: str, number: int) -> str:
    return f"version/{name}\n{number:08}"
