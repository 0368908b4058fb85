"""What a statement may do in a database of a stranger: SQLite's authorizer, and bounds on its work.

Nothing of this leaves the database in memory: no other file is attached or written, no extension is loaded, no setting
is changed, and what SQLite would put into temporary files stays in memory.
"""

from __future__ import annotations

import sqlite3
import sys
from time import monotonic

import attrs

DATABASE_BYTES = 16 * 1024 * 1024
VALUE_BYTES = 1_000_000
SECONDS = 10.0
MEMORY_BYTES = 256 * 1024 * 1024
_SQL_BYTES = 100_000
_OPERATIONS = 200  # of SQLite's machine between two looks at the clock; each makes at most one value

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_WRITING = {
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_CREATE_TABLE,
    sqlite3.SQLITE_CREATE_INDEX,
    sqlite3.SQLITE_CREATE_VIEW,
    sqlite3.SQLITE_CREATE_TRIGGER,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_VIEW,
    sqlite3.SQLITE_DROP_TRIGGER,
    sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_REINDEX,
    sqlite3.SQLITE_ANALYZE,
}
_NAMES = {
    getattr(sqlite3, name): name.removeprefix("SQLITE_").replace("_", " ")
    for name in (
        *("SQLITE_ATTACH", "SQLITE_DETACH", "SQLITE_PRAGMA", "SQLITE_TRANSACTION", "SQLITE_SAVEPOINT"),
        *("SQLITE_CREATE_TEMP_TABLE", "SQLITE_CREATE_TEMP_INDEX", "SQLITE_CREATE_TEMP_VIEW"),
        *("SQLITE_CREATE_TEMP_TRIGGER", "SQLITE_CREATE_VTABLE", "SQLITE_DROP_VTABLE", "SQLITE_FUNCTION"),
        *("SQLITE_INSERT", "SQLITE_UPDATE", "SQLITE_DELETE", "SQLITE_CREATE_TABLE", "SQLITE_CREATE_INDEX"),
        *("SQLITE_CREATE_VIEW", "SQLITE_CREATE_TRIGGER", "SQLITE_DROP_TABLE", "SQLITE_DROP_INDEX"),
        *("SQLITE_DROP_VIEW", "SQLITE_DROP_TRIGGER", "SQLITE_ALTER_TABLE", "SQLITE_REINDEX", "SQLITE_ANALYZE"),
    )
}
# Those that only tell; with a value in brackets they tell about something, with the second set's they would change it.
_TELLING = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"),
    *("quick_check", "integrity_check", "foreign_key_check"),
}
_TELLING_BARE = {
    *("user_version", "application_id", "schema_version", "encoding", "page_count", "page_size", "freelist_count"),
    *("collation_list", "compile_options", "database_list", "data_version"),
}
_NAMED_SECOND = {sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_ALTER_TABLE}  # the first is the database, or nothing
# SQLite asks for these before it asks whether a table may be made, and when a table-valued function such as json_each
# is used. A statement that names them itself is refused by SQLite.
_SCHEMA_TABLES = {"sqlite_master", "sqlite_temp_master"}
_CHANGING = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_REFUSED_FUNCTIONS = {"load_extension", "fts3_tokenizer"}


@attrs.define
class Authorizer:
    """Allows or denies what a statement is made of.

    Args:
        write: whether tables may be changed.

    Attributes:
        denied: the first thing that was denied, in words; empty for nothing.
        reading_only: whether that would have been allowed with `write`.
    """

    write: bool
    denied: str = ""
    reading_only: bool = False

    def __call__(
        self, action: int, first: str | None, second: str | None, database: str | None, source: str | None
    ) -> int:
        """SQLite's question: one of its codes, and what it is done to."""
        if self._allows(action, (first or "").lower(), second):
            return sqlite3.SQLITE_OK
        if not self.denied:
            subject = (second if action in _NAMED_SECOND else first) or ""
            self.denied = f"{_NAMES.get(action, f'action {action}')} {subject}".strip()
            self.reading_only = action in _WRITING
        return sqlite3.SQLITE_DENY

    def _allows(self, action: int, first: str, second: str | None) -> bool:
        if action == sqlite3.SQLITE_FUNCTION:
            return (second or "").lower() not in _REFUSED_FUNCTIONS
        if action == sqlite3.SQLITE_PRAGMA:
            return first in _TELLING or (first in _TELLING_BARE and second is None)
        if action in _CHANGING and first in _SCHEMA_TABLES:
            return True
        return action in _READING or (self.write and action in _WRITING)


def _peak_bytes() -> int:
    """The most memory that the process ever had; Python has no way to ask how much of it is SQLite's."""
    import resource  # Windows has none, but no guarded files either

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@attrs.define
class Watch:
    """Stops a statement that takes too long or too much memory.

    Attributes:
        stopped: why it was stopped; empty if it was not.
    """

    stopped: str = ""
    _deadline: float = attrs.field(factory=lambda: monotonic() + SECONDS)
    _peak: int = attrs.field(factory=_peak_bytes)

    def __call__(self) -> bool:
        """SQLite's question whether to stop."""
        if monotonic() > self._deadline:
            self.stopped = "time"
        elif _peak_bytes() - self._peak > MEMORY_BYTES:
            self.stopped = "memory"
        return bool(self.stopped)


def restrict(connection: sqlite3.Connection, *, write: bool) -> tuple[Authorizer, Watch]:
    """Let statements of this connection do no more than they may, from here on."""
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    for pragma in ("temp_store = MEMORY", "trusted_schema = OFF", "cell_size_check = ON", "recursive_triggers = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA max_page_count = {DATABASE_BYTES // page}")
    connection.execute("PRAGMA foreign_keys = ON")
    if not write:
        connection.execute("PRAGMA query_only = ON")
    for limit, most in (
        (sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, _SQL_BYTES),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200),
        (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
    ):
        connection.setlimit(limit, most)
    authorizer, watch = Authorizer(write), Watch()
    connection.set_authorizer(authorizer)
    connection.set_progress_handler(watch, _OPERATIONS)
    return authorizer, watch
