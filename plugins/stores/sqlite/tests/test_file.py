"""The file: whose it is, what is in it, and what is said when something is wrong with it."""

# ruff: noqa: ASYNC240 nobody else waits while a test looks at its files

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from llmspell.errors import ConfigError, LlmspellError
from llmspell.store import Put
from llmspell_store_sqlite.database import APPLICATION, use_log
from llmspell_store_sqlite.migrations import MIGRATIONS, migrate, version_of
from llmspell_store_sqlite.store import SqliteStore


def store_at(path: Path, patience: float = 30.0) -> SqliteStore:
    return SqliteStore("sqlite", lambda: path, patience=patience)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest_asyncio.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    made = store_at(path)
    await made.write("n", [Put("k", "v" * 5000), *(Put(str(number), "v" * 100) for number in range(200))])
    yield made
    await made.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def refusal(path: Path) -> ConfigError:
    """The error that the store at a path gives, whatever is asked of it."""
    store = store_at(path)
    with pytest.raises(ConfigError) as read:
        await store.get("n", "k")
    with pytest.raises(ConfigError) as written:
        await store.write("n", [Put("k", 1)])
    await store.close()
    assert read.value.message == written.value.message
    return read.value


async def test_nothing_is_made_before_the_store_is_used(path: Path) -> None:
    await store_at(path).close()
    assert not path.parent.exists()


async def test_the_files_are_the_users_alone(store: SqliteStore, path: Path) -> None:
    old = os.umask(0)
    try:
        names = sorted(each.name for each in path.parent.iterdir())
        assert names == ["store.db", "store.db-shm", "store.db-wal"]
        assert {mode(each) for each in path.parent.iterdir()} == {0o600}
        assert mode(path.parent) == 0o700
    finally:
        os.umask(old)


async def test_a_mask_that_lets_others_in_changes_nothing(path: Path) -> None:
    old = os.umask(0)
    try:
        store = store_at(path)
        await store.append("s", [1])
        assert {mode(each) for each in path.parent.iterdir()} == {0o600}
        await store.close()
    finally:
        os.umask(old)


async def test_a_file_that_others_may_read_is_refused(store: SqliteStore, path: Path) -> None:
    await store.close()
    path.chmod(0o644)
    error = await refusal(path)
    assert f"the store {path} is open to other users: its mode is 0644" in error.message
    assert error.hint == f"chmod 600 {path}"


async def test_a_file_that_is_no_database_is_damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    path.chmod(0o600)
    error = await refusal(path)
    assert f"the store {path} is damaged" in error.message
    assert error.hint == f"restore it from a backup, or begin anew: mv {path} {path}.damaged"
    assert path.read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
async def test_damage_inside_the_file_is_found_when_it_is_opened(store: SqliteStore, path: Path, where: float) -> None:
    await store.close()
    content = bytearray(path.read_bytes())
    begin = int(len(content) * where) // 4096 * 4096
    content[begin : begin + 4096] = os.urandom(4096)
    path.write_bytes(content)
    assert f"the store {path} is damaged" in (await refusal(path)).message


async def test_a_file_that_was_cut_short_is_damaged(store: SqliteStore, path: Path) -> None:
    await store.close()
    os.truncate(path, path.stat().st_size // 2)
    assert f"the store {path} is damaged" in (await refusal(path)).message


async def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    path.chmod(0o600)
    before = path.read_bytes()
    assert (await refusal(path)).message == f"{path} is a database of another program"
    assert path.read_bytes() == before


async def test_a_newer_file_is_refused_and_left_alone(store: SqliteStore, path: Path) -> None:
    await store.close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    error = await refusal(path)
    assert error.message == f"the store {path} has format 2, and this llmspell knows formats up to 1"
    assert error.hint == "upgrade llmspell, or name another file"


def test_a_file_is_brought_up_to_date_step_by_step(tmp_path: Path) -> None:
    steps = ["CREATE TABLE a (x); INSERT INTO a VALUES ('x;y');", "ALTER TABLE a ADD COLUMN y DEFAULT 5;"]
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    migrate(connection, steps[:1])
    migrate(connection, steps)
    migrate(connection, steps)
    assert version_of(connection) == 2
    assert connection.execute("SELECT * FROM a").fetchall() == [("x;y", 5)]
    connection.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    migrate(connection, ["CREATE TABLE a (x);"])
    with pytest.raises(sqlite3.OperationalError, match="no such table: b"):
        migrate(connection, ["CREATE TABLE a (x);", "INSERT INTO a VALUES (1); DROP TABLE b;"])
    assert version_of(connection) == 1
    assert connection.execute("SELECT * FROM a").fetchall() == []
    connection.close()


def test_a_place_without_a_log_is_refused(path: Path) -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(ConfigError, match="cannot have a write-ahead log: its journal is 'memory'"):
        use_log(connection, path, patience=0.1)
    connection.close()


async def test_those_who_open_a_new_file_together_all_can(path: Path) -> None:
    stores = [store_at(path) for _ in range(12)]
    await asyncio.gather(*(store.append("s", [1]) for store in stores))
    assert await stores[0].length("s") == 12
    for store in stores:
        await store.close()


async def test_the_file_says_whose_it_is(store: SqliteStore, path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_another_that_writes_for_too_long_is_told_of_and_then_forgotten(store: SqliteStore, path: Path) -> None:
    hasty = store_at(path, patience=0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LlmspellError, match=r"was being written by others for 0\.1 seconds") as caught:
        await hasty.write("n", [Put("x", 1)])
    assert (caught.value.kind, caught.value.retryable) == ("timeout", True)
    assert await hasty.get("n", "x") is None  # reading does not wait
    other.execute("ROLLBACK")
    other.close()
    await hasty.write("n", [Put("x", 1)])
    await hasty.close()


async def test_a_writer_waits_for_another(store: SqliteStore, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(store.write("n", [Put("x", 1)]))
    await asyncio.sleep(0.1)
    assert not writing.done()
    other.execute("ROLLBACK")
    other.close()
    assert await writing == [1]


async def test_a_place_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "store.db", tmp_path):
        error = await refusal(path)
        assert str(path) in error.message
        assert "name another file" in error.hint


async def test_a_blob_that_was_changed_behind_our_back_is_not_given(store: SqliteStore, path: Path) -> None:
    digest = await store.put_blob(b"content")
    other = sqlite3.connect(path)
    other.execute("UPDATE blobs SET content = ?", (b"Content",))
    other.commit()
    other.close()
    with pytest.raises(LlmspellError, match=f"the blob {digest} is damaged") as caught:
        await store.get_blob(digest)
    assert (caught.value.kind, caught.value.details) == ("internal", {"digest": digest})


async def test_a_disk_without_room_is_told_and_what_was_there_stays(store: SqliteStore) -> None:
    await store._writer.run(lambda connection: connection.execute("PRAGMA max_page_count = 30").fetchall())
    results = await asyncio.gather(
        *(store.write("n", [Put("x", 1), Put(f"big-{number}", "v" * 1_000_000)]) for number in range(3)),
        return_exceptions=True,
    )
    for error in results:
        assert isinstance(error, LlmspellError)
        assert "there is no room left on the disk" in error.message
    assert await store.get("n", "x") is None
    assert await store.write("n", [Put("x", 1)]) == [1]


def test_a_disk_that_is_full_when_the_tables_are_made_is_told(path: Path) -> None:
    """SQLite has ended the transaction by then, so that there is none to undo."""
    program = f"""
import asyncio, resource, signal
from pathlib import Path
from llmspell_store_sqlite.store import SqliteStore

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (34_000, 34_000))  # enough for an empty file and the index of its log
asyncio.run(SqliteStore("sqlite", lambda: Path({str(path)!r})).get("n", "x"))
"""
    untraced = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=untraced, capture_output=True, text=True, timeout=60, check=False
    )
    last = ended.stderr.strip().splitlines()[-1]
    assert last == f"llmspell.errors.ConfigError: the store {path} cannot be used: disk I/O error"
