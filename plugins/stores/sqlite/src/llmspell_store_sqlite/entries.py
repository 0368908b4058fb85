"""Values by namespace and key, in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import attrs

from llmspell.store import VERSION_KEPT, Change, Check, Delete, Entry, Put
from llmspell.stores import changed_meanwhile
from llmspell.values import loads

_COUNTS = "value IS NOT NULL AND (expires IS NULL OR expires > :now)"


@attrs.frozen
class At:
    """A namespace at a moment, in seconds since 1970."""

    connection: sqlite3.Connection
    namespace: str
    now: float


def get(at: At, key: str) -> Entry | None:
    """The value of a key; None when it is not set."""
    sql = f"SELECT key, value, version, expires FROM entries WHERE namespace = :namespace AND key = :key AND {_COUNTS}"  # noqa: S608 a constant
    row = at.connection.execute(sql, {"namespace": at.namespace, "key": key, "now": at.now}).fetchone()
    return None if row is None else _entry(row)


def scan(at: At, prefix: str, after: str | None, limit: int) -> list[Entry]:
    """The entries that start with a prefix and come after a key; SQLite compares UTF-8, so by code points."""
    end = beyond(prefix)
    conditions = ["namespace = :namespace", "key >= :prefix", _COUNTS]
    conditions += ["key < :end"] * (end is not None) + ["key > :after"] * (after is not None)
    sql = f"SELECT key, value, version, expires FROM entries WHERE {' AND '.join(conditions)} ORDER BY key LIMIT :limit"  # noqa: S608 constants
    values = {"namespace": at.namespace, "prefix": prefix, "end": end, "after": after, "limit": limit, "now": at.now}
    return [_entry(row) for row in at.connection.execute(sql, values)]


def namespaces(connection: sqlite3.Connection, prefix: str, now: float) -> list[str]:
    """Those that have a value, sorted."""
    end = beyond(prefix)
    bound = "" if end is None else "AND namespace < :end"
    sql = f"SELECT DISTINCT namespace FROM entries WHERE namespace >= :prefix {bound} AND {_COUNTS} ORDER BY namespace"  # noqa: S608 constants
    return [name for (name,) in connection.execute(sql, {"prefix": prefix, "end": end, "now": now})]


def write(at: At, store: str, changes: Sequence[Change], texts: Sequence[str | None]) -> list[int]:
    """Make all changes; the new version of each. An error leaves some of them done: roll back."""
    at.connection.execute("DELETE FROM entries WHERE expires <= ?", (at.now - VERSION_KEPT,))
    return [_change(at, store, change, text) for change, text in zip(changes, texts, strict=True)]


def _change(at: At, store: str, change: Change, text: str | None) -> int:
    sql = f"SELECT version, {_COUNTS} FROM entries WHERE namespace = :namespace AND key = :key"  # noqa: S608 a constant
    place = {"namespace": at.namespace, "key": change.key, "now": at.now}
    last, counts = at.connection.execute(sql, place).fetchone() or (0, False)
    found = last if counts else 0
    if change.version is not None and change.version != found:
        raise changed_meanwhile(store, change.key, change.version, found)
    match change:
        case Check():
            return int(found)
        case Put():
            expires = None if change.ttl is None else at.now + change.ttl
            _put(at, change.key, text, last + 1, expires)
            return int(last) + 1
        case Delete() if counts:
            _put(at, change.key, None, last, at.now)
    return 0


def _put(at: At, key: str, text: str | None, version: int, expires: float | None) -> None:
    at.connection.execute(
        "INSERT INTO entries VALUES (:namespace, :key, :text, :version, :expires)"
        " ON CONFLICT DO UPDATE SET value = :text, version = :version, expires = :expires",
        {"namespace": at.namespace, "key": key, "text": text, "version": version, "expires": expires},
    )


def beyond(prefix: str) -> str | None:
    """The least text that comes after all that start with `prefix`; None when nothing does."""
    for index in range(len(prefix) - 1, -1, -1):
        following = ord(prefix[index]) + 1
        if following == _SURROGATES.start:  # they are no characters
            following = _SURROGATES.stop
        if following < _END:
            return prefix[:index] + chr(following)
    return None


_SURROGATES = range(0xD800, 0xE000)
_END = 0x110000  # one more than the last code point


def _entry(row: tuple[str, str, int, float | None]) -> Entry:
    key, value, version, expires = row
    return Entry(key, loads(value), version, expires)
