"""An SQLite database as the bytes of a file: read into memory, asked or changed there, and written back as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError

_MAGIC = b"SQLite format 3\0"
_WRITE_AHEAD, _ROLLBACK = b"\2\2", b"\1\1"  # at bytes 18 and 19: how changes are logged


def load(context: Context, path: str) -> bytes:
    """The content of a database file that is whole.

    Raises:
        UsageError: it is no SQLite database.
        LlmspellError: changes to it wait in a file beside it (kind `conflict`).
        PermissionDenied: it, or that file beside it, may not be read.
    """
    content = context.files.read_bytes(path)
    if content and (len(content) < 100 or not content.startswith(_MAGIC)):
        raise UsageError(f"{path!r} is no SQLite database")
    beside = f"{path}-wal" if content[18:20] == _WRITE_AHEAD else f"{path}-journal"
    seen = context.files.look(beside)
    if seen is not None and seen.size:
        raise LlmspellError(
            f"{path!r} cannot be used now: {beside!r} holds changes that are not in it yet",
            kind="conflict",
            hint="close the program that has it open, or open it once with sqlite3 to finish what was left",
        )
    return content


def save(context: Context, path: str, before: bytes | None, after: bytes) -> None:
    """Write a database, if nobody else has changed it meanwhile; None before: there was none.

    Raises:
        PermissionDenied: it may not be written.
        LlmspellError: it was changed by somebody else (kind `conflict`).
    """
    if before is not None and context.files.read_bytes(path) != before:
        raise LlmspellError(
            f"{path!r} was changed by another program meanwhile, and is left as it is",
            kind="conflict",
            retryable=True,
            hint="try again",
        )
    context.writing.write(path, after, new=before is None)


@contextmanager
def opened(content: bytes) -> Iterator[sqlite3.Connection]:
    """A connection to a database in memory that starts with this content; nothing is a new one."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        if content[18:20] == _WRITE_AHEAD:
            # In memory there is no write-ahead log, and SQLite opens no database that asks for one.
            content = content[:18] + _ROLLBACK + content[20:]
        if content:
            connection.deserialize(content)
        yield connection


def dumped(connection: sqlite3.Connection, before: bytes) -> bytes:
    """The content of the database now, with the log mode that it had before."""
    after = connection.serialize()
    return after[:18] + (before[18:20] or after[18:20]) + after[20:]
