"""The tool `sqlite_query`: one SQL statement on an SQLite file."""

from __future__ import annotations

import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import LlmspellError, TimedOut, UsageError
from llmspell.tools import Example, tool
from llmspell_tool_data import sqlite_file, sqlite_guard
from llmspell_tool_data.answers import Page
from llmspell_tool_data.bounds import shown

_OLDEST = "SELECT name, age FROM people WHERE age > ? ORDER BY age DESC"


@tool(
    category="data",
    tags=("sql", "sqlite", "database", "table"),
    needs=("fs.read",),
    examples=(Example({"path": "people.db", "sql": _OLDEST, "parameters": [30]}, "rows of a table"),),
    group="sqlite_query",  # what is read, changed and written back must not be changed by another call meanwhile
)
def sqlite_query(
    context: Context,
    *,
    path: str,
    sql: Annotated[str, {"minLength": 1, "maxLength": 100_000}],
    parameters: list[Any] | dict[str, Any] | None = None,
    write: bool = False,
    limit: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 100,
) -> dict[str, Any]:
    """Runs one SQL statement on an SQLite database file, and answers its rows as objects.

    The answer has columns, rows, truncated and changes (rows changed). Values belong into
    parameters, never into the SQL; a blob is {"base64": "..."}. SELECT name FROM sqlite_schema lists the tables.

    Args:
        context: what the call may use.
        path: the database file; with write, one that does not exist is made.
        sql: one statement, with ? or :name for each parameter.
        parameters: the values, an array for ? or an object for :name.
        write: whether the statement may change the database; it needs the permission fs.write.
        limit: how many rows to answer.
    """
    known = not write or context.files.look(path) is not None
    before = sqlite_file.load(context, path) if known else b""
    try:
        with sqlite_file.opened(before) as connection:
            guards = _prepare(connection, path, write)
            found = _run(connection, sql, _bound(parameters), limit, guards)
            after = sqlite_file.dumped(connection, before) if write else before
    except sqlite3.DatabaseError as error:
        raise UsageError(f"{path!r} cannot be read: {error}", hint="it may be damaged") from None
    if after != before:
        sqlite_file.save(context, path, before if known else None, after)
    return found


_Guards = tuple[sqlite_guard.Authorizer, sqlite_guard.Watch]


def _prepare(connection: sqlite3.Connection, path: str, write: bool) -> _Guards:
    """The connection's guards, once it is known that the database is sound."""
    guards = sqlite_guard.restrict(connection, write=write)
    try:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if guards[1].stopped:
            raise _explained(error, guards, "PRAGMA quick_check") from None
        raise
    if problem != "ok":
        raise UsageError(f"{path!r} is damaged: {shown(problem, 200)}", hint="restore it from a copy")
    return guards


def _run(connection: sqlite3.Connection, sql: str, parameters: Any, limit: int, guards: _Guards) -> dict[str, Any]:
    try:
        cursor = connection.execute(sql, parameters)
        columns = [column[0] for column in cursor.description or ()]
        _check_columns(columns)
        page = Page(limit).take({name: _value(each) for name, each in zip(columns, row, strict=True)} for row in cursor)
        if guards[0].write:
            cursor.fetchall()  # a statement that changes and returns rows is only done when all were taken
    except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError) as error:
        raise _explained(error, guards, sql) from None
    # The cursor does not count what a statement that starts with WITH changes; the connection counts triggers' too.
    changes = cursor.rowcount if cursor.rowcount >= 0 else connection.total_changes
    return {"columns": columns, "rows": page.items, "truncated": page.truncated, "changes": changes}


def _check_columns(columns: Sequence[str]) -> None:
    for name in columns:
        if columns.count(name) > 1:
            raise UsageError(f"two columns of the answer are called {shown(name)}", hint="name them: SELECT x AS name")


def _explained(error: Exception, guards: _Guards, sql: str) -> LlmspellError:
    authorizer, watch = guards
    if watch.stopped == "time":
        return TimedOut("the statement", sqlite_guard.SECONDS)
    if watch.stopped == "memory":
        return UsageError(
            f"the statement used more than {sqlite_guard.MEMORY_BYTES} bytes of memory", hint="ask for less at a time"
        )
    if authorizer.denied:
        hint = "pass write=true" if authorizer.reading_only else "tables, indexes, views and triggers can be used"
        return UsageError(f"the statement {shown(sql)} may not do {authorizer.denied}", hint=hint)
    return UsageError(f"the statement {shown(sql)} is wrong: {error}")


def _bound(parameters: list[Any] | dict[str, Any] | None) -> Sequence[Any] | Mapping[str, Any]:
    if isinstance(parameters, dict):
        return {name.removeprefix(":"): _parameter(value) for name, value in parameters.items()}
    return [_parameter(value) for value in parameters or ()]


def _parameter(value: Any) -> Any:
    match value:
        case {"base64": str(text), **rest} if not rest:
            try:
                return b64decode(text, validate=True)
            except ValueError:
                raise UsageError(f"the parameter {shown(value)} is not base64") from None
        case dict() | list():
            raise UsageError(
                f"the parameter {shown(value)} is no value of SQL",
                hint='pass text, a number, a boolean, null, or {"base64": "..."}',
            )
        case _:
            return value


def _value(value: Any) -> Any:
    return {"base64": b64encode(value).decode("ascii")} if isinstance(value, bytes) else value
