"""A store in one SQLite file.

One thread writes and another reads, each with a connection of its own: the event loop waits for neither. What several
tasks write at the same time is written in one transaction, so that the disk is waited for once.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from llmspell.errors import ConfigError
from llmspell.store import Change, Entry, Record, Store
from llmspell.stores import (
    check_blob,
    check_changes,
    check_limit,
    check_name,
    check_position,
    closed,
    encode,
)
from llmspell.threads import in_thread
from llmspell_store_sqlite import blobs, entries, streams
from llmspell_store_sqlite.database import open_database
from llmspell_store_sqlite.errors import explained
from llmspell_store_sqlite.lane import Lane
from llmspell_store_sqlite.performing import singly, together

_Answer = TypeVar("_Answer")
_Connection = sqlite3.Connection


class SqliteStore(Store):
    """Keeps everything in a file, which is made when the store is first used.

    Args:
        name: by which it is chosen.
        file: what gives the path.
        durable: whether an answer means that the disk has it.
        patience: seconds to wait while another process writes.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        file: Callable[[], Path],
        *,
        durable: bool = True,
        patience: float = 30.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.durable = durable
        self._file = file
        self._patience = patience
        self._clock = clock
        self._writer = Lane(f"{name} writes", self._connect, together)
        self._reader = Lane(f"{name} reads", self._connect, singly)
        self._closed = False

    async def get(self, namespace: str, key: str) -> Entry | None:
        """As the contract says."""
        check_name("a namespace", namespace)
        check_name("a key", key)
        return await self._read(lambda c: entries.get(self._at(c, namespace), key))

    async def scan(self, namespace: str, prefix: str = "", after: str | None = None, limit: int = 1000) -> list[Entry]:
        """As the contract says."""
        check_name("a namespace", namespace)
        check_name("a prefix", prefix)
        if after is not None:
            check_name("a key", after)
        check_limit(limit)
        return await self._read(lambda c: entries.scan(self._at(c, namespace), prefix, after, limit))

    async def write(self, namespace: str, changes: Sequence[Change]) -> list[int]:
        """As the contract says."""
        texts = check_changes(namespace, changes)
        return await self._write(lambda c: entries.write(self._at(c, namespace), self.name, changes, texts))

    async def namespaces(self, prefix: str = "") -> list[str]:
        """As the contract says."""
        check_name("a prefix", prefix)
        return await self._read(lambda c: entries.namespaces(c, prefix, self._clock()))

    async def append(self, stream: str, records: Sequence[Any], *, after: int | None = None) -> int:
        """As the contract says."""
        check_name("a stream's name", stream)
        if after is not None:
            check_position(after)
        texts = [encode(f"a record of the stream {stream!r}", record) for record in records]

        def work(connection: _Connection) -> int:
            if after is not None:
                streams.check_length(connection, self.name, stream, after)
            return streams.append(connection, stream, texts, self._clock())

        return await self._write(work)

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Record]:
        """As the contract says."""
        check_name("a stream's name", stream)
        check_position(after)
        check_limit(limit)
        return await self._read(lambda c: streams.read(c, stream, after, limit))

    async def length(self, stream: str) -> int:
        """As the contract says."""
        check_name("a stream's name", stream)
        return await self._read(lambda c: streams.length(c, stream))

    async def drop(self, stream: str) -> bool:
        """As the contract says."""
        check_name("a stream's name", stream)
        return await self._write(lambda c: streams.drop(c, stream))

    async def streams(self, prefix: str = "") -> list[str]:
        """As the contract says."""
        check_name("a prefix", prefix)
        return await self._read(lambda c: streams.names(c, prefix))

    async def put_blob(self, content: bytes) -> str:
        """As the contract says."""
        check_blob(content)
        digest = await in_thread(blobs.digest_of, content)
        await self._write(lambda c: blobs.put(c, digest, content))
        return digest

    async def get_blob(self, digest: str) -> bytes | None:
        """As the contract says."""
        check_name("a digest", digest)
        return await self._read(lambda c: blobs.get(c, self.name, digest))

    async def delete_blob(self, digest: str) -> bool:
        """As the contract says."""
        check_name("a digest", digest)
        return await self._write(lambda c: blobs.delete(c, digest))

    async def close(self) -> None:
        """As the contract says."""
        if not self._closed:
            self._closed = True
            await self._reader.close()
            await self._writer.close()

    @cached_property
    def path(self) -> Path:
        """The file."""
        return self._file()

    def _at(self, connection: _Connection, namespace: str) -> entries.At:
        return entries.At(connection, namespace, self._clock())

    async def _read(self, work: Callable[[_Connection], _Answer]) -> _Answer:
        return await self._run(self._reader, work)

    async def _write(self, work: Callable[[_Connection], _Answer]) -> _Answer:
        return await self._run(self._writer, work)

    async def _run(self, lane: Lane, work: Callable[[_Connection], _Answer]) -> _Answer:
        if self._closed:
            raise closed(self.name)
        try:
            return await lane.run(work)
        except sqlite3.Error as error:
            raise explained(error, self.name, self.path, self._patience) from error
        except OSError as error:
            raise ConfigError(
                [f"the store {self.path} cannot be used: {error.strerror or error}"],
                hint=f"check the folder, or name another file: [store.{self.name}] path",
            ) from error

    def _connect(self) -> _Connection:
        return open_database(self.path, durable=self.durable, patience=self._patience)
