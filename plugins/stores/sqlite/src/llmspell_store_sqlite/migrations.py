"""The tables, and how a file of an older version gets those of today."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE entries (
        namespace TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT,               -- JSON; NULL once it was deleted
        version INTEGER NOT NULL,
        expires REAL,             -- seconds since 1970; what is deleted expired when it was
        PRIMARY KEY (namespace, key)
    );
    CREATE INDEX entries_that_expire ON entries (expires) WHERE expires IS NOT NULL;
    CREATE TABLE streams (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        length INTEGER NOT NULL
    );
    CREATE TABLE records (
        stream INTEGER NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        time REAL NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (stream, position)
    ) WITHOUT ROWID;
    CREATE TABLE blobs (
        digest TEXT PRIMARY KEY,
        content BLOB NOT NULL
    );
    """,
)
"""Each brings a file from the version that is its index to the next; those that were released are never changed."""


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations a file has seen; 0 for a new one."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring a file up to date, in one transaction, unless another process has just done so."""
    if version_of(connection) >= len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version_of(connection), len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """The statements of a script, one by one: `executescript` would end the transaction."""
    found, rest = [], ""
    for part in script.split(";"):
        rest += part + ";"
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found
