"""A store in memory: what it is told is gone when it is closed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from llmspell.store import Change, Entry, Record, Store
from llmspell.stores import check_blob, check_limit, check_name, check_position, closed, encode, grown_meanwhile
from llmspell.threads import in_thread
from llmspell.values import loads
from llmspell_store_memory.entries import Entries

_QUICK = 1 << 20  # bytes; more are digested in a thread, so that nobody else has to wait


class MemoryStore(Store):
    """What a method changes it changes at once, so that no two tasks are ever in it together.

    Args:
        name: by which it is chosen.
        clock: seconds since 1970.
    """

    durable = False

    def __init__(self, name: str = "memory", clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self._clock = clock
        self._entries = Entries(name, clock)
        self._streams: dict[str, list[tuple[float, str]]] = {}
        self._blobs: dict[str, bytes] = {}
        self._closed = False

    async def get(self, namespace: str, key: str) -> Entry | None:
        """As the contract says."""
        self._check("a namespace", namespace)
        check_name("a key", key)
        return self._entries.get(namespace, key)

    async def scan(self, namespace: str, prefix: str = "", after: str | None = None, limit: int = 1000) -> list[Entry]:
        """As the contract says."""
        self._check("a namespace", namespace)
        check_name("a prefix", prefix)
        if after is not None:
            check_name("a key", after)
        check_limit(limit)
        return self._entries.scan(namespace, prefix, after, limit)

    async def write(self, namespace: str, changes: Sequence[Change]) -> list[int]:
        """As the contract says."""
        self._check("a namespace", namespace)
        return self._entries.write(namespace, changes)

    async def namespaces(self, prefix: str = "") -> list[str]:
        """As the contract says."""
        self._check("a prefix", prefix)
        return [name for name in self._entries.namespaces() if name.startswith(prefix)]

    async def append(self, stream: str, records: Sequence[Any], *, after: int | None = None) -> int:
        """As the contract says."""
        self._check("a stream's name", stream)
        texts = [encode(f"a record of the stream {stream!r}", record) for record in records]
        found = len(self._streams.get(stream, ()))
        if after is not None:
            check_position(after)
            if after != found:
                raise grown_meanwhile(self.name, stream, after, found)
        if texts:
            now = self._clock()
            self._streams.setdefault(stream, []).extend((now, text) for text in texts)
        return found + len(texts)

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Record]:
        """As the contract says."""
        self._check("a stream's name", stream)
        check_position(after)
        check_limit(limit)
        found = self._streams.get(stream, [])[after : after + limit]
        return [Record(position, when, loads(text)) for position, (when, text) in enumerate(found, after + 1)]

    async def length(self, stream: str) -> int:
        """As the contract says."""
        self._check("a stream's name", stream)
        return len(self._streams.get(stream, ()))

    async def drop(self, stream: str) -> bool:
        """As the contract says."""
        self._check("a stream's name", stream)
        return self._streams.pop(stream, None) is not None

    async def streams(self, prefix: str = "") -> list[str]:
        """As the contract says."""
        self._check("a prefix", prefix)
        return sorted(name for name in self._streams if name.startswith(prefix))

    async def put_blob(self, content: bytes) -> str:
        """As the contract says."""
        self._check("a digest", "")
        check_blob(content)
        digest = await in_thread(_digest, content) if len(content) > _QUICK else _digest(content)
        self._blobs[digest] = content
        return digest

    async def get_blob(self, digest: str) -> bytes | None:
        """As the contract says; bytes in memory do not change by themselves."""
        self._check("a digest", digest)
        return self._blobs.get(digest)

    async def delete_blob(self, digest: str) -> bool:
        """As the contract says."""
        self._check("a digest", digest)
        return self._blobs.pop(digest, None) is not None

    async def close(self) -> None:
        """Forget everything."""
        self._closed = True
        self._entries = Entries(self.name, self._clock)
        self._streams.clear()
        self._blobs.clear()

    def _check(self, what: str, name: str) -> None:
        if self._closed:
            raise closed(self.name)
        check_name(what, name)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
