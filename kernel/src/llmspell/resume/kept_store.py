"""A store of a run that may be paused: what it did before is served again, and what it does now is remembered.

The n-th call of one kind on one name gets what the n-th one got. What is written is not compared: a time or an id in it
is another one each time, and it is there already.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import attrs

from llmspell.cassette.coding import data_value, error_data, error_of, value_data
from llmspell.errors import Cancelled, LlmspellError
from llmspell.resume.record import Kept
from llmspell.store import Change, Entry, Record, Store

Decode = Callable[[Any], Any]  # Any: JSON, and what a store gives


def _same(value: Any) -> Any:
    return value


def _entries(value: Any) -> list[Entry]:
    return [Entry(**each) for each in value]


def _records(value: Any) -> list[Record]:
    return [Record(**each) for each in value]


class KeptStore(Store):
    """The store of one run.

    Args:
        inner: the store.
        kept: what it did before the run was paused.

    Attributes:
        closed: whether the run is being paused, so that nothing may be written any more.
        under_way: how many calls have begun and not ended; until they have, nobody knows what to keep of them.
    """

    def __init__(self, inner: Store, kept: Sequence[Kept] = ()) -> None:
        self.name = inner.name
        self.durable = inner.durable
        self.closed = False
        self.under_way = 0
        self._inner = inner
        self._left: dict[tuple[str, ...], deque[Kept]] = defaultdict(deque)
        for each in kept:
            self._left[each.call].append(each)
        self._done: list[Kept] = []

    @property
    def done(self) -> tuple[Kept, ...]:
        """What it did in this run, before the pause and after it."""
        return (*self._done, *(each for left in self._left.values() for each in left))

    async def _once(self, call: tuple[str, ...], work: Callable[[], Awaitable[Any]], decode: Decode = _same) -> Any:
        if self.closed:
            raise Cancelled("the run is paused")
        left = self._left.get(call)
        if left:
            kept = left.popleft()
            self._done.append(kept)
            if kept.error is not None:
                raise error_of(kept.error)
            return decode(data_value(kept.gave))
        self.under_way += 1
        try:
            gave = await work()
        except LlmspellError as error:
            self._done.append(Kept(call, error=error_data(error)))
            raise
        finally:
            self.under_way -= 1
        self._done.append(Kept(call, value_data(_plain(gave))))
        return gave

    async def get(self, namespace: str, key: str) -> Entry | None:
        """As the contract says."""
        found: Entry | None = await self._once(
            ("get", namespace, key),
            lambda: self._inner.get(namespace, key),
            lambda value: None if value is None else Entry(**value),
        )
        return found

    async def scan(self, namespace: str, prefix: str = "", after: str | None = None, limit: int = 1000) -> list[Entry]:
        """As the contract says."""
        call = ("scan", namespace, prefix, str(after), str(limit))
        found: list[Entry] = await self._once(call, lambda: self._inner.scan(namespace, prefix, after, limit), _entries)
        return found

    async def write(self, namespace: str, changes: Sequence[Change]) -> list[int]:
        """As the contract says."""
        call = ("write", namespace, *(each.key for each in changes))
        versions: list[int] = await self._once(call, lambda: self._inner.write(namespace, changes))
        return versions

    async def namespaces(self, prefix: str = "") -> list[str]:
        """As the contract says."""
        found: list[str] = await self._once(("namespaces", prefix), lambda: self._inner.namespaces(prefix))
        return found

    async def append(self, stream: str, records: Sequence[Any], *, after: int | None = None) -> int:
        """As the contract says."""
        position: int = await self._once(("append", stream), lambda: self._inner.append(stream, records, after=after))
        return position

    async def read(self, stream: str, after: int = 0, limit: int = 1000) -> list[Record]:
        """As the contract says."""
        call = ("read", stream, str(after), str(limit))
        found: list[Record] = await self._once(call, lambda: self._inner.read(stream, after, limit), _records)
        return found

    async def length(self, stream: str) -> int:
        """As the contract says."""
        position: int = await self._once(("length", stream), lambda: self._inner.length(stream))
        return position

    async def drop(self, stream: str) -> bool:
        """As the contract says."""
        was: bool = await self._once(("drop", stream), lambda: self._inner.drop(stream))
        return was

    async def streams(self, prefix: str = "") -> list[str]:
        """As the contract says."""
        found: list[str] = await self._once(("streams", prefix), lambda: self._inner.streams(prefix))
        return found

    async def put_blob(self, content: bytes) -> str:
        """As the contract says."""
        call = ("put_blob", hashlib.sha256(content).hexdigest())
        digest: str = await self._once(call, lambda: self._inner.put_blob(content))
        return digest

    async def get_blob(self, digest: str) -> bytes | None:
        """As the contract says: bytes have one digest for ever, so they need not be kept twice."""
        if self.closed:
            raise Cancelled("the run is paused")
        return await self._inner.get_blob(digest)

    async def delete_blob(self, digest: str) -> bool:
        """As the contract says."""
        was: bool = await self._once(("delete_blob", digest), lambda: self._inner.delete_blob(digest))
        return was

    async def close(self) -> None:
        """Nothing: the store belongs to the kernel."""


def _plain(gave: Any) -> Any:
    """What a store gave, as `llmspell.values` can write it."""
    if attrs.has(type(gave)):
        return attrs.asdict(gave, recurse=False)
    return [_plain(each) for each in gave] if isinstance(gave, list) else gave
