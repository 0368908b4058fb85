"""Streams of records, in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from llmspell.store import Record
from llmspell.stores import grown_meanwhile
from llmspell.values import loads
from llmspell_store_sqlite.entries import beyond


def check_length(connection: sqlite3.Connection, store: str, name: str, expected: int) -> None:
    """Raise a conflict unless the last record has the expected position."""
    found = length(connection, name)
    if found != expected:
        raise grown_meanwhile(store, name, expected, found)


def append(connection: sqlite3.Connection, name: str, texts: Sequence[str], now: float) -> int:
    """Add records at the end; the position of the last one."""
    number, found = _find(connection, name)
    if not texts:
        return found
    if number is None:
        number = connection.execute("INSERT INTO streams (name, length) VALUES (?, 0)", (name,)).lastrowid
    rows = [(number, position, now, text) for position, text in enumerate(texts, found + 1)]
    connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
    connection.execute("UPDATE streams SET length = ? WHERE id = ?", (found + len(texts), number))
    return found + len(texts)


def read(connection: sqlite3.Connection, name: str, after: int, limit: int) -> list[Record]:
    """The records after a position, in order."""
    sql = (
        "SELECT position, time, data FROM records WHERE stream = (SELECT id FROM streams WHERE name = ?)"
        " AND position > ? ORDER BY position LIMIT ?"
    )
    return [
        Record(position, when, loads(data)) for position, when, data in connection.execute(sql, (name, after, limit))
    ]


def length(connection: sqlite3.Connection, name: str) -> int:
    """The position of the last record; 0 when there is none."""
    return _find(connection, name)[1]


def drop(connection: sqlite3.Connection, name: str) -> bool:
    """Remove a stream with its records; whether there was one."""
    return connection.execute("DELETE FROM streams WHERE name = ?", (name,)).rowcount > 0


def names(connection: sqlite3.Connection, prefix: str) -> list[str]:
    """The streams that have a record, sorted."""
    end = beyond(prefix)
    bound = "" if end is None else "AND name < :end"
    sql = f"SELECT name FROM streams WHERE name >= :prefix {bound} ORDER BY name"  # noqa: S608 constants
    return [name for (name,) in connection.execute(sql, {"prefix": prefix, "end": end})]


def _find(connection: sqlite3.Connection, name: str) -> tuple[int | None, int]:
    found: tuple[int, int] | None = connection.execute(
        "SELECT id, length FROM streams WHERE name = ?", (name,)
    ).fetchone()
    return found or (None, 0)
