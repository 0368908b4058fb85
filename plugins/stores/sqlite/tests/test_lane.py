"""The thread that does the work: in order, together, and for nobody who has left."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest

from llmspell.store import Put
from llmspell_store_sqlite.lane import Done, Lane, Work
from llmspell_store_sqlite.performing import singly, together
from llmspell_store_sqlite.store import SqliteStore


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (x UNIQUE)")
    return connection


def insert(value: int) -> Callable[[sqlite3.Connection], None]:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (?)", (value,))

    return work


def test_works_are_one_transaction_and_one_that_fails_undoes_only_itself() -> None:
    connection, said = connect(), list[str]()
    connection.set_trace_callback(said.append)

    def half(connection: sqlite3.Connection) -> None:
        insert(3)(connection)
        insert(1)(connection)

    found = together(connection, [insert(1), half, insert(2)])
    connection.set_trace_callback(None)
    assert [type(done.error) for done in found] == [type(None), sqlite3.IntegrityError, type(None)]
    assert connection.execute("SELECT x FROM t").fetchall() == [(1,), (2,)]
    assert [each for each in said if each in ("COMMIT", "BEGIN IMMEDIATE")] == ["BEGIN IMMEDIATE", "COMMIT"]


def test_an_error_that_ends_the_transaction_is_everybodys() -> None:
    connection = connect()
    with pytest.raises(sqlite3.OperationalError):
        together(connection, [insert(1), lambda c: c.execute("ROLLBACK"), insert(2)])
    assert not connection.in_transaction
    assert connection.execute("SELECT x FROM t").fetchall() == []


async def test_what_has_gathered_is_done_in_one_go() -> None:
    sizes = []
    go = Event()

    def perform(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Done]:
        sizes.append(len(works))
        return together(connection, works)

    lane = Lane("test", connect, perform)
    first = asyncio.create_task(lane.run(lambda _: go.wait(10)))
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(lane.run(insert(number))) for number in range(100)]
    await asyncio.sleep(0.05)
    go.set()
    await asyncio.gather(first, *rest)
    await lane.close()
    assert sizes == [1, 64, 36]


async def test_work_whose_caller_has_left_before_it_began_is_not_done() -> None:
    lane, go = Lane("test", connect, singly), Event()
    first = asyncio.create_task(lane.run(lambda _: go.wait(10)))
    await asyncio.sleep(0.05)
    left = asyncio.create_task(lane.run(insert(1)))
    await asyncio.sleep(0.05)
    left.cancel()
    await asyncio.sleep(0)
    go.set()
    await first
    assert await lane.run(lambda c: c.execute("SELECT count(*) FROM t").fetchone()) == (0,)
    await lane.close()


async def test_a_connection_that_cannot_be_opened_is_tried_again_with_the_next_work() -> None:
    attempts = []

    def fail_once() -> sqlite3.Connection:
        attempts.append(1)
        if len(attempts) == 1:
            raise sqlite3.OperationalError("not now")
        return connect()

    lane = Lane("test", fail_once, singly)
    with pytest.raises(sqlite3.OperationalError, match="not now"):
        await lane.run(insert(1))
    await lane.run(insert(1))
    await lane.close()


async def test_closing_waits_for_what_was_asked_before(tmp_path: Path) -> None:
    store = SqliteStore("sqlite", lambda: tmp_path / "store.db")
    writes = [asyncio.create_task(store.write("n", [Put(str(number), 1)])) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [[1]] * 50


def test_a_store_serves_one_event_loop_after_another(tmp_path: Path) -> None:
    store = SqliteStore("sqlite", lambda: tmp_path / "store.db")
    assert asyncio.run(store.append("s", [1])) == 1
    assert asyncio.run(store.append("s", [1])) == 2
    asyncio.run(store.close())
