"""What a statement may not do, and database files that nobody should have to open."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from llmspell.context import Context
from llmspell.errors import LlmspellError, TimedOut, UsageError
from llmspell_tool_data import sqlite_file, sqlite_guard

Call = Callable[..., Awaitable[Any]]


def content(path: Path) -> bytes:
    return path.read_bytes()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, '[1,2]'); CREATE VIRTUAL TABLE f USING fts5(a);"
            "INSERT INTO f VALUES ('hello world'); CREATE INDEX i ON t (a);"
        )
    return path


OTHERS = [
    ("ATTACH 'other.db' AS o", "ATTACH other.db"),
    ("DETACH main", "DETACH main"),
    ("VACUUM", "ATTACH"),
    ("VACUUM INTO 'copy.db'", "ATTACH copy.db"),
    ("SELECT load_extension('x.so')", "FUNCTION load_extension"),
    ("SELECT fts3_tokenizer('simple')", "FUNCTION fts3_tokenizer"),
    ("PRAGMA journal_mode = WAL", "PRAGMA journal_mode"),
    ("PRAGMA query_only = OFF", "PRAGMA query_only"),
    ("PRAGMA writable_schema = ON", "PRAGMA writable_schema"),
    ("PRAGMA trusted_schema = ON", "PRAGMA trusted_schema"),
    ("PRAGMA max_page_count = 1000000", "PRAGMA max_page_count"),
    ("PRAGMA temp_store_directory = '.'", "PRAGMA temp_store_directory"),
    ("PRAGMA user_version = 3", "PRAGMA user_version"),
    ("BEGIN", "TRANSACTION BEGIN"),
    ("SAVEPOINT s", "SAVEPOINT BEGIN"),
    ("CREATE TEMP TABLE x (a)", "CREATE TEMP TABLE x"),
    ("CREATE VIRTUAL TABLE x USING fts5(a)", "CREATE VTABLE x"),
]
CHANGES = [
    ("INSERT INTO t VALUES (1, 2)", "INSERT t"),
    ("UPDATE t SET a = 2", "UPDATE t"),
    ("DELETE FROM t", "DELETE t"),
    ("WITH x AS (SELECT 1) DELETE FROM t", "DELETE t"),
    ("INSERT INTO f VALUES ('x')", "INSERT f"),
    ("CREATE TABLE x (a)", "CREATE TABLE x"),
    ("CREATE TABLE x AS SELECT 1 AS a", "CREATE TABLE x"),
    ("CREATE INDEX j ON t (b)", "CREATE INDEX j"),
    ("CREATE VIEW v AS SELECT 1 AS a", "CREATE VIEW v"),
    ("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END", "CREATE TRIGGER g"),
    ("DROP TABLE t", "DROP TABLE t"),
    ("DROP INDEX i", "DROP INDEX i"),
    ("ALTER TABLE t ADD COLUMN c", "ALTER TABLE t"),
    ("REINDEX i", "REINDEX i"),
    ("ANALYZE", "CREATE TABLE sqlite_stat1"),
]


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(("sql", "denied"), OTHERS, ids=lambda value: str(value)[:40])
async def test_a_statement_cannot_leave_its_database(
    call: Call, database: Path, sql: str, denied: str, write: bool
) -> None:
    with pytest.raises(UsageError, match=f"may not do {denied}$") as caught:
        await call("sqlite_query", path="a.db", sql=sql, write=write)
    assert caught.value.hint == "tables, indexes, views and triggers can be used"
    assert [path.name for path in database.parent.iterdir()] == ["a.db"]


@pytest.mark.parametrize(("sql", "denied"), CHANGES, ids=lambda value: str(value)[:40])
async def test_a_change_needs_write(call: Call, database: Path, sql: str, denied: str) -> None:
    before = content(database)
    with pytest.raises(UsageError, match=f"may not do {denied}$") as caught:
        await call("sqlite_query", path="a.db", sql=sql)
    assert caught.value.hint == "pass write=true"
    assert content(database) == before
    await call("sqlite_query", path="a.db", sql=sql, write=True)


@pytest.mark.parametrize("table", ["sqlite_master", "sqlite_schema"])
async def test_the_schema_itself_cannot_be_written(call: Call, database: Path, table: str) -> None:
    with pytest.raises(UsageError, match="table sqlite_master may not be modified"):
        await call("sqlite_query", path="a.db", sql=f"UPDATE {table} SET sql = 'x'", write=True)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT value FROM t, json_each(t.b)", [{"value": 1}, {"value": 2}]),
        ("SELECT a FROM f WHERE f MATCH 'hello'", [{"a": "hello world"}]),
        ("SELECT name FROM pragma_table_info('t')", [{"name": "a"}, {"name": "b"}]),
        ("SELECT name FROM sqlite_schema WHERE name = 't'", [{"name": "t"}]),
        ("PRAGMA user_version", [{"user_version": 0}]),
        (
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 9) SELECT sum(x) AS s FROM n",
            [{"s": 45}],
        ),
        ("SELECT row_number() OVER () AS n FROM t", [{"n": 1}]),
    ],
)
async def test_whatever_only_reads_is_allowed(call: Call, database: Path, sql: str, found: list[Any]) -> None:
    assert (await call("sqlite_query", path="a.db", sql=sql))["rows"] == found


async def test_a_statement_without_end_is_stopped(call: Call, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_guard, "SECONDS", 0.2)
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(TimedOut, match=r"the statement took longer than 0.2 seconds"):
        await call("sqlite_query", path="a.db", sql=sql)


async def test_to_look_for_damage_counts_as_time(call: Call, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(database)) as connection:
        numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000)"
        connection.execute(f"{numbers} INSERT INTO t SELECT x, x FROM n")
        connection.commit()
    monkeypatch.setattr(sqlite_guard, "SECONDS", 0)
    with pytest.raises(TimedOut, match="the statement took longer than 0 seconds"):
        await call("sqlite_query", path="a.db", sql="SELECT 1")


FILL_MEMORY = """
import sqlite3
from llmspell_tool_data import sqlite_guard
sqlite_guard.MEMORY_BYTES, sqlite_guard.SECONDS = 50_000_000, 45.0
connection = sqlite3.connect(":memory:")
_, watch = sqlite_guard.restrict(connection, write=False)
many = "WITH RECURSIVE n(x) AS (SELECT randomblob(900000) UNION ALL SELECT randomblob(900000) FROM n)"
try:
    connection.execute(f"{many} SELECT count(*) FROM (SELECT DISTINCT x FROM n)")
except sqlite3.OperationalError as error:
    print(watch.stopped, error)
"""


def test_a_statement_that_fills_the_memory_is_stopped() -> None:
    """In a process of its own: what counts is the growth of the process's peak, and tests before this had theirs."""
    command = [sys.executable, "-c", FILL_MEMORY]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=50, check=True)
    assert ended.stdout == "memory interrupted\n"


async def test_too_much_memory_is_told_in_words(call: Call, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_guard, "MEMORY_BYTES", -1)
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(UsageError, match="the statement used more than -1 bytes of memory"):
        await call("sqlite_query", path="a.db", sql=sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT zeroblob(1000001)",
        "SELECT length(replace(hex(zeroblob(400000)), '00', '0000'))",
        "SELECT group_concat(hex(zeroblob(1000))) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT 1 FROM n LIMIT 1000) SELECT x FROM n)",
    ],
    ids=lambda sql: sql[:30],
)
async def test_no_value_grows_without_bound(call: Call, database: Path, sql: str) -> None:
    with pytest.raises(UsageError, match="string or blob too big"):
        await call("sqlite_query", path="a.db", sql=sql)


async def test_a_database_cannot_outgrow_what_can_be_read_again(call: Call, database: Path) -> None:
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20)"
    with pytest.raises(UsageError, match="database or disk is full"):
        await call(
            "sqlite_query", path="a.db", sql=f"{numbers} INSERT INTO t SELECT x, zeroblob(900000) FROM n", write=True
        )


@pytest.mark.parametrize(
    "sql",
    ["SELECT " + "(" * 300 + "1" + ")" * 300, "SELECT " + "1+" * 300 + "1", " UNION ALL ".join(["SELECT 1"] * 200)],
    ids=["deep", "long", "many"],
)
async def test_a_statement_that_is_too_large_is_refused(call: Call, database: Path, sql: str) -> None:
    with pytest.raises(UsageError, match=r"too many terms|maximum depth|parser stack overflow"):
        await call("sqlite_query", path="a.db", sql=sql)


def damaged(sound: bytes, kind: str) -> bytes:
    """The content of a sound database, made wrong."""
    match kind:
        case "text":
            return b"hello " * 100
        case "cut in the header":
            return sound[:50]
        case "only a header":
            return sound[:100]
        case "cut in the middle":
            return sound[: len(sound) // 2]
        case "other magic":
            return b"SQLite format 4\0" + sound[16:]
        case "page size":
            return sound[:16] + b"\0\3" + sound[18:]
        case "format of the future":
            return sound[:18] + b"\7\7" + sound[20:]
        case "zeros":
            return sound[:100] + bytes(len(sound) - 100)
        case "noise":
            return sound[:100] + bytes((n * 31 + 7) % 256 for n in range(len(sound) - 100))
        case "a page that is its own child":
            return sound[:4096] + b"\5" + sound[4097:4100] + b"\0\1" + sound[4102:]
        case "a schema that is no SQL":
            return sound.replace(b"CREATE TABLE t", b"CREATE TABLO t")
        case "more pages than there are":
            return sound[:28] + b"\x7f\xff\xff\xff" + sound[32:]
    raise AssertionError(kind)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("text", "'b.db' is no SQLite database"),
        ("cut in the header", "'b.db' is no SQLite database"),
        ("only a header", "'b.db' cannot be read: |'b.db' is damaged: "),
        ("cut in the middle", "'b.db' cannot be read: |'b.db' is damaged: "),
        ("other magic", "'b.db' is no SQLite database"),
        ("page size", "'b.db' cannot be read: file is not a database"),
        ("format of the future", "'b.db' cannot be read: file is not a database"),
        ("zeros", "'b.db' cannot be read: |'b.db' is damaged: "),
        ("noise", "'b.db' cannot be read: |'b.db' is damaged: "),
        ("a page that is its own child", "'b.db' cannot be read: |'b.db' is damaged: "),
        ("a schema that is no SQL", "'b.db' cannot be read: malformed database schema"),
        ("more pages than there are", "'b.db' cannot be read: |'b.db' is damaged: "),
    ],
)
@pytest.mark.parametrize("write", [False, True])
async def test_a_damaged_database_is_refused(call: Call, database: Path, kind: str, message: str, write: bool) -> None:
    wrong = damaged(content(database), kind)
    (database.parent / "b.db").write_bytes(wrong)
    with pytest.raises(UsageError, match=message):
        await call("sqlite_query", path="b.db", sql="SELECT * FROM t", write=write)
    assert content(database.parent / "b.db") == wrong


async def test_a_file_that_is_too_large_is_refused(call: Call, tmp_path: Path) -> None:
    with (tmp_path / "large.db").open("wb") as file:
        file.write(b"SQLite format 3\0")
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(UsageError, match=r"'large.db' has 17825792 bytes, and at most 16777216 are read"):
        await call("sqlite_query", path="large.db", sql="SELECT 1")


async def test_a_trigger_of_a_stranger_cannot_do_more_than_the_caller(call: Call, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT load_extension('x'); END")
    with pytest.raises(UsageError, match="may not do FUNCTION load_extension"):
        await call("sqlite_query", path="a.db", sql="INSERT INTO t VALUES (1, 2)", write=True)


async def test_a_view_without_end_is_stopped(call: Call, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_guard, "SECONDS", 0.2)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS m FROM n"
        )
    with pytest.raises(TimedOut, match=r"the statement took longer than 0.2 seconds"):
        await call("sqlite_query", path="a.db", sql="SELECT m FROM v")


def test_sqlite_itself_is_told_to_be_careful() -> None:
    """The second wall, behind the authorizer, which would deny these questions."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        sqlite_guard.restrict(connection, write=False)
        connection.set_authorizer(None)
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("query_only", "trusted_schema", "cell_size_check", "temp_store", "recursive_triggers")
        }
        assert settings == {
            "query_only": 1,
            "trusted_schema": 0,
            "cell_size_check": 1,
            "temp_store": 2,
            "recursive_triggers": 0,
        }
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH) == 100_000
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_WORKER_THREADS) == 0


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten() -> None:
    written: list[bytes] = []
    files = SimpleNamespace(read_bytes=lambda path: b"theirs")
    writing = SimpleNamespace(write=lambda path, content, new: written.append(content))
    context = cast("Context", SimpleNamespace(files=files, writing=writing))
    with pytest.raises(LlmspellError, match=r"'a.db' was changed by another program meanwhile") as caught:
        sqlite_file.save(context, "a.db", b"mine", b"new")
    assert (caught.value.kind, written) == ("conflict", [])
