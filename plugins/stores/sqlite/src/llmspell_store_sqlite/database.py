"""Opening the file: it is the user's alone, it is ours, it is sound, and it has the tables of today."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import suppress
from pathlib import Path

from llmspell.errors import ConfigError
from llmspell_store_sqlite.errors import damaged
from llmspell_store_sqlite.migrations import MIGRATIONS, migrate, version_of

APPLICATION = 0x4C4C5350  # "LLSP"; it stands in the file's head
_CHECKED = 8 << 20  # bytes of a file that is read whole when it is opened; a larger one would take too long
_HAS_MODES = os.name == "posix"  # elsewhere the user's own folder is private by inheritance


def open_database(path: Path, *, durable: bool, patience: float) -> sqlite3.Connection:
    """A connection for the thread that asks for it; transactions are begun by hand.

    Raises:
        ConfigError: the file is damaged, newer, another program's or open to other users.
        sqlite3.Error: it cannot be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make(path)
    _check_owner(path)
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        _check_content(connection, path)
        use_log(connection, path, patience)
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute(f"PRAGMA journal_size_limit = {_CHECKED}")
        _begin(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path) -> None:
    """Make the file if need be, with a mode that keeps others out; SQLite gives its other files the same mode.

    It is made under another name, because closing a file gives up the locks that this process has on it, and another
    thread's connection may have some by then.
    """
    if path.exists():
        return
    new = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with suppress(FileExistsError):  # another was quicker
            os.link(new, path)
    finally:
        os.unlink(new)


def _check_owner(path: Path) -> None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ConfigError([f"the store {path} is not a regular file"], hint="name another file, or move this one away")
    if not _HAS_MODES:
        return
    if found.st_uid != os.geteuid():
        raise ConfigError([f"the store {path} belongs to user {found.st_uid}"], hint=f"chown $USER {path}")
    if found.st_mode & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        raise ConfigError(
            [f"the store {path} is open to other users: its mode is {mode:04o}"], hint=f"chmod 600 {path}"
        )


def _check_content(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN")  # all at one moment: another process may be making the tables
    [application] = connection.execute("PRAGMA application_id").fetchone()
    version = version_of(connection)
    [tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    connection.execute("COMMIT")
    if application != APPLICATION and (application or version or tables):
        raise ConfigError([f"{path} is a database of another program"], hint="name another file, or move this one away")
    if version > len(MIGRATIONS):
        raise ConfigError(
            [f"the store {path} has format {version}, and this llmspell knows formats up to {len(MIGRATIONS)}"],
            hint="upgrade llmspell, or name another file",
        )
    if path.stat().st_size <= _CHECKED:
        [(found,), *_] = connection.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            raise damaged(path, found)


def use_log(connection: sqlite3.Connection, path: Path, patience: float) -> None:
    """Switch to a write-ahead log: readers and a writer do not wait for one another.

    SQLite does not wait for the lock that this needs once, so that those who open a new file together have to.

    Raises:
        ConfigError: the file is where such a log cannot be.
    """
    end = time.monotonic() + patience
    while True:
        try:
            [mode] = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.01)
    if mode != "wal":
        raise ConfigError(
            [f"the store {path} cannot have a write-ahead log: its journal is {mode!r}"],
            hint="name a file on a local disk",
        )


def _begin(connection: sqlite3.Connection) -> None:
    """Say whose file it is, and bring it up to date."""
    if version_of(connection) == 0:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
    migrate(connection)
