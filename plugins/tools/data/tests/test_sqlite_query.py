"""The tool for SQLite files: what statements answer and change."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract

Call = Callable[..., Awaitable[Any]]

PEOPLE = """
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, age REAL, photo BLOB);
    INSERT INTO people VALUES (1, 'Ada', 36.5, x'00ff'), (2, 'Bo', NULL, NULL), (3, 'Cy', 20, NULL);
"""


def make(path: Path, script: str = PEOPLE) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def content(path: Path) -> bytes:
    return path.read_bytes()


def inode(path: Path) -> int:
    return path.stat().st_ino


@pytest.fixture
def people(tmp_path: Path) -> Path:
    make(tmp_path / "people.db")
    return tmp_path / "people.db"


class TestSqliteQueryContract(ToolContract):
    name = "sqlite_query"
    allow = {"fs.read": ["**"]}
    good = (
        {"path": "people.db", "sql": "SELECT * FROM people"},
        {"path": "people.db", "sql": "SELECT name FROM people WHERE age > :age", "parameters": {"age": 30}},
    )
    bad = (
        {},
        {"path": "people.db", "sql": ""},
        {"path": "none.db", "sql": "SELECT 1"},
        {"path": "notes.txt", "sql": "SELECT 1"},
        {"path": "people.db", "sql": "SELECT"},
        {"path": "people.db", "sql": "SELECT ?"},
        {"path": "people.db", "sql": "SELECT ?", "parameters": [[1]]},
        {"path": "people.db", "sql": "DELETE FROM people"},
        {"path": "people.db", "sql": "SELECT 1", "limit": 0},
    )

    def prepare(self, folder: Path) -> None:
        make(folder / "people.db")
        (folder / "notes.txt").write_text("hello")


async def test_rows_are_objects(call: Call, people: Path) -> None:
    assert await call("sqlite_query", path="people.db", sql="SELECT * FROM people WHERE id < 3") == {
        "columns": ["id", "name", "age", "photo"],
        "rows": [
            {"id": 1, "name": "Ada", "age": 36.5, "photo": {"base64": "AP8="}},
            {"id": 2, "name": "Bo", "age": None, "photo": None},
        ],
        "truncated": False,
        "changes": 0,
    }


@pytest.mark.parametrize(
    ("parameters", "sql"),
    [(["Bo"], "name = ?"), ({"name": "Bo"}, "name = :name"), ({":name": "Bo"}, "name = :name"), ([2], "id = ?1")],
)
async def test_parameters_are_bound(call: Call, people: Path, parameters: Any, sql: str) -> None:
    found = await call(
        "sqlite_query", path="people.db", sql=f"SELECT id FROM people WHERE {sql}", parameters=parameters
    )
    assert found["rows"] == [{"id": 2}]


async def test_a_parameter_is_never_sql(call: Call, people: Path) -> None:
    evil = "x' OR 1=1; DROP TABLE people; --"
    found = await call("sqlite_query", path="people.db", sql="SELECT id FROM people WHERE name = ?", parameters=[evil])
    assert found["rows"] == []


async def test_a_blob_goes_in_as_it_comes_out(call: Call, people: Path) -> None:
    sql = "SELECT id, ? AS same FROM people WHERE photo = ?"
    blob = {"base64": "AP8="}
    found = await call("sqlite_query", path="people.db", sql=sql, parameters=[blob, blob])
    assert found["rows"] == [{"id": 1, "same": blob}]


@pytest.mark.parametrize(
    ("sql", "parameters", "message"),
    [
        ("SELECT * FROM person", [], "is wrong: no such table: person"),
        ("SELEC 1", [], 'is wrong: near "SELEC": syntax error'),
        ("SELECT 1; SELECT 2", [], "is wrong: You can only execute one statement at a time"),
        ("SELECT ?, ?", [1], "is wrong: Incorrect number of bindings supplied"),
        ("SELECT :a", {"b": 1}, "is wrong: You did not supply a value for binding parameter :a"),
        ("SELECT ?", [2**64], "is wrong: Python int too large to convert to SQLite INTEGER"),
        ("SELECT ?", ["\ud800"], "is wrong: 'utf-8' codec can't encode character"),
        ("SELECT ?", [{"base64": "!"}], "the parameter {'base64': '!'} is not base64"),
        ("SELECT ?", [{"a": 1}], "the parameter {'a': 1} is no value of SQL"),
        ("SELECT 1 AS a, 2 AS a", [], "two columns of the answer are called 'a'"),
        ("SELECT CAST(x'ff' AS TEXT)", [], "is wrong: Could not decode to UTF-8"),
        ("SELECT '\0'", [], "is wrong: the query contains a null character"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_wrong_statement_is_refused(call: Call, people: Path, sql: str, parameters: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("sqlite_query", path="people.db", sql=sql, parameters=parameters)


async def test_the_limit_cuts_and_says_so(call: Call, people: Path) -> None:
    found = await call("sqlite_query", path="people.db", sql="SELECT id FROM people ORDER BY id", limit=2)
    assert (found["rows"], found["truncated"]) == ([{"id": 1}, {"id": 2}], True)


async def test_what_is_written_is_in_the_file(call: Call, people: Path) -> None:
    sql = "INSERT INTO people (name, age) VALUES (?, ?)"
    answer = await call("sqlite_query", path="people.db", sql=sql, parameters=["Di", 9], write=True)
    assert answer["changes"] == 1
    assert rows(people, "SELECT id, name, age FROM people WHERE name = 'Di'") == [(4, "Di", 9.0)]


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        ("UPDATE people SET age = 1", 3),
        ("DELETE FROM people WHERE id > 1", 2),
        ("WITH x(n) AS (SELECT 'X') INSERT INTO people (name) SELECT n FROM x", 1),
        ("CREATE TABLE pets (name)", 0),
        ("SELECT 1", 0),
    ],
)
async def test_changes_are_counted(call: Call, people: Path, sql: str, changes: int) -> None:
    assert (await call("sqlite_query", path="people.db", sql=sql, write=True))["changes"] == changes


async def test_a_statement_that_returns_rows_is_done_whole_whatever_the_limit(call: Call, people: Path) -> None:
    sql = "UPDATE people SET age = 1 RETURNING name"
    found = await call("sqlite_query", path="people.db", sql=sql, write=True, limit=1)
    assert (found["rows"], found["truncated"], found["changes"]) == ([{"name": "Ada"}], True, 3)
    assert rows(people, "SELECT DISTINCT age FROM people") == [(1.0,)]


async def test_a_database_that_does_not_exist_is_made_to_write(call: Call, tmp_path: Path) -> None:
    await call("sqlite_query", path="new.db", sql="CREATE TABLE t (a)", write=True)
    assert rows(tmp_path / "new.db", "SELECT name FROM sqlite_schema") == [("t",)]


async def test_a_database_that_does_not_exist_cannot_be_read(call: Call, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'new.db'") as caught:
        await call("sqlite_query", path="new.db", sql="SELECT 1")
    assert caught.value.kind == "not_found"
    assert not (tmp_path / "new.db").exists()


async def test_a_statement_that_fails_leaves_the_file_alone(call: Call, people: Path) -> None:
    before = content(people)
    with pytest.raises(UsageError, match=r"UNIQUE constraint failed: people.id"):
        await call("sqlite_query", path="people.db", sql="INSERT INTO people (id) VALUES (9), (1)", write=True)
    assert content(people) == before


async def test_a_statement_that_changes_nothing_does_not_write(call: Call, people: Path) -> None:
    before = inode(people)
    await call("sqlite_query", path="people.db", sql="SELECT 1", write=True)
    assert inode(people) == before


async def test_declared_foreign_keys_hold(call: Call, tmp_path: Path) -> None:
    make(tmp_path / "a.db", "CREATE TABLE a (id PRIMARY KEY); CREATE TABLE b (a REFERENCES a)")
    with pytest.raises(UsageError, match="FOREIGN KEY constraint failed"):
        await call("sqlite_query", path="a.db", sql="INSERT INTO b VALUES (1)", write=True)


async def test_a_database_with_a_write_ahead_log_keeps_it(call: Call, people: Path) -> None:
    make(people, "PRAGMA journal_mode = WAL")
    await call("sqlite_query", path="people.db", sql="DELETE FROM people WHERE id = 1", write=True)
    assert rows(people, "PRAGMA journal_mode") == [("wal",)]
    assert rows(people, "SELECT count(*) FROM people") == [(2,)]


async def test_changes_that_wait_in_a_log_are_not_overlooked(call: Call, people: Path) -> None:
    make(people, "PRAGMA journal_mode = WAL")
    with closing(sqlite3.connect(people)) as other:
        other.execute("DELETE FROM people")
        other.commit()
        with pytest.raises(LlmspellError, match=r"'people.db-wal' holds changes that are not in it yet") as caught:
            await call("sqlite_query", path="people.db", sql="SELECT 1")
    assert caught.value.kind == "conflict"


async def test_a_transaction_that_was_not_finished_is_not_overlooked(call: Call, people: Path) -> None:
    (people.parent / "people.db-journal").write_bytes(b"x" * 512)
    with pytest.raises(LlmspellError, match=r"'people.db-journal' holds changes that are not in it yet"):
        await call("sqlite_query", path="people.db", sql="SELECT 1")


async def test_reading_needs_the_permission_to_read(call_without: Call, people: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"fs.read") as caught:
        await call_without("sqlite_query", {}, path="people.db", sql="SELECT 1")
    assert "--allow-fs-read" in caught.value.hint


async def test_writing_needs_the_permission_to_write(call_without: Call, people: Path) -> None:
    before = content(people)
    with pytest.raises(
        PermissionDenied, match=r"fs.write of '.*people\.db' is not allowed in profile 'high'"
    ) as caught:
        await call_without("sqlite_query", {"fs.read": ["**"]}, path="people.db", sql="DELETE FROM people", write=True)
    assert "--allow-fs-write=" in caught.value.hint
    assert content(people) == before
