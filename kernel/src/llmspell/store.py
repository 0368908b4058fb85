"""The contract of a store: where values, histories and files of runs are kept beyond them.

Three things, each by names that the caller chooses:

values     JSON-like, by namespace and key; changed together or not at all, each with a version
streams    JSON-like records, only ever added to, each with its position
blobs      bytes, by the digest of what they are

A plugin module offers stores through the registration hook `llmspell_stores(settings)`. What every store must do is
`llmspell.testing.contracts.store.StoreContract`; what stores have in common besides is in `llmspell.stores`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import attrs

LONGEST_NAME = 512
"""Characters of a namespace, a key or a stream's name."""

LARGEST_VALUE = 16 << 20
"""Bytes of a value or a record, as JSON."""

LARGEST_BLOB = 256 << 20
"""Bytes of a blob."""

VERSION_KEPT = 86_400.0
"""Seconds for which a store knows the version of what was deleted, or has expired."""


@attrs.frozen
class Entry:
    """A value as it is kept.

    Attributes:
        key: where, within its namespace.
        value: JSON-like.
        version: 1 when it was first set, and one more each time it is set again; also when it had been deleted, or had
            expired, within the last day (`VERSION_KEPT`): so a version stands for one value only.
        expires: seconds since 1970 after which it is gone; None for never.
    """

    key: str
    value: Any
    version: int
    expires: float | None = None


@attrs.frozen
class Put:
    """Set a key.

    Attributes:
        key: where.
        value: JSON-like.
        ttl: seconds until it is gone; None for never.
        version: what it must have been until now: 0 for nothing, None for whatever it was.
    """

    key: str
    value: Any
    ttl: float | None = None
    version: int | None = None


@attrs.frozen
class Delete:
    """Unset a key; `version` is what it must have been until now, None for whatever it was, nothing included."""

    key: str
    version: int | None = None


@attrs.frozen
class Check:
    """Change nothing, and insist on a version: 0 for a key that is not set."""

    key: str
    version: int


Change = Put | Delete | Check


@attrs.frozen
class Record:
    """One of a stream: its position, from 1 without a gap, seconds since 1970 when it was added, and what it is."""

    position: int
    time: float
    data: Any


class Store(ABC):
    """Keeps values, streams and blobs; safe for several tasks and, where it keeps them on disk, several processes.

    Names are Unicode text without NUL, at most `LONGEST_NAME` characters; the empty one is a name. Values are what
    `llmspell.values` can write: JSON, and bytes and the floats that JSON lacks; whoever gets one may change it, and
    nobody else notices. What is none of these, or too large, is refused (`UsageError`), and nothing is changed then. An
    answer that was given is kept: with `durable`, even if the machine stops at once.

    Attributes:
        name: by which it is chosen, `[run] store`.
        durable: whether what is answered has reached the disk.
    """

    name: str
    durable: bool = False

    @abstractmethod
    async def get(self, namespace: str, key: str) -> Entry | None:
        """The value of a key; None when it is not set, or has expired."""

    @abstractmethod
    async def scan(self, namespace: str, prefix: str = "", after: str | None = None, limit: int = 1000) -> list[Entry]:
        """The entries whose key starts with a prefix and comes after a key, in the order of the keys' code points.

        At most `limit`; go on after the last one's key for more.
        """

    @abstractmethod
    async def write(self, namespace: str, changes: Sequence[Change]) -> list[int]:
        """Make all changes, or none; the new version of each, 0 for what is deleted. A key may occur once.

        Raises:
            LlmspellError: a version is not what it must have been (kind `conflict`, with `details` `key`, `version`).
        """

    @abstractmethod
    async def namespaces(self, prefix: str = "") -> list[str]:
        """The namespaces that have a value, sorted."""

    @abstractmethod
    async def append(self, stream: str, records: Sequence[Any], *, after: int | None = None) -> int:
        """Add records at the end, all or none; the position of the last one.

        Args:
            stream: its name; one without records is there already.
            records: JSON-like each.
            after: the position that the last one must have now; None for any.

        Raises:
            LlmspellError: somebody else has added one (kind `conflict`).
        """

    @abstractmethod
    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Record]:
        """The records after a position, in order, at most `limit`."""

    @abstractmethod
    async def length(self, stream: str) -> int:
        """The position of the last record; 0 when there is none."""

    @abstractmethod
    async def drop(self, stream: str) -> bool:
        """Remove a stream with all its records; whether there was one."""

    @abstractmethod
    async def streams(self, prefix: str = "") -> list[str]:
        """The names of the streams that have a record, sorted."""

    @abstractmethod
    async def put_blob(self, content: bytes) -> str:
        """Keep bytes; their SHA-256 in hexadecimal, by which they are found. Keeping them again changes nothing."""

    @abstractmethod
    async def get_blob(self, digest: str) -> bytes | None:
        """The bytes of a digest; None when they are not kept.

        Raises:
            LlmspellError: what is kept does not have this digest any more (kind `internal`).
        """

    @abstractmethod
    async def delete_blob(self, digest: str) -> bool:
        """Remove bytes; whether they were kept. Whoever refers to them is the caller's business."""

    @abstractmethod
    async def close(self) -> None:
        """Give back what it holds, once what is under way is done; twice is fine, and any other use is an error."""
