"""How several pieces of work are done in one go."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from llmspell_store_sqlite.lane import Done, Work


def singly(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Done]:
    """Read: each sees what has been written by then."""
    found = []
    for work in works:
        try:
            found.append(Done(work(connection)))
        except Exception as cause:
            found.append(Done(error=cause))
    return found


def together(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Done]:
    """Write in one transaction, so that the disk is waited for once; a piece that fails changes nothing by itself.

    Raises:
        sqlite3.Error: nothing was written.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = [_apart(connection, work) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # some errors have ended it
            connection.execute("ROLLBACK")
        raise
    return found


def _apart(connection: sqlite3.Connection, work: Work) -> Done:
    connection.execute("SAVEPOINT apart")
    try:
        done = Done(work(connection))
    except Exception as cause:
        if not connection.in_transaction:  # as when the disk is full: what the others wrote is gone too
            raise
        connection.execute("ROLLBACK TO apart")
        done = Done(error=cause)
    connection.execute("RELEASE apart")
    return done
