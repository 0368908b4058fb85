"""What SQLite says, in words that tell what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from llmspell.errors import ConfigError, LlmspellError

_PRIMARY = 0xFF  # the rest of a code says more about the same thing


def explained(error: sqlite3.Error, store: str, path: Path, patience: float) -> LlmspellError:
    """An error of SQLite's as one of ours; the cause is chained by whoever raises it."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    component = f"store:{store}"
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LlmspellError(
                f"the store {path} was being written by others for {patience:g} seconds",
                kind="timeout",
                component=component,
                retryable=True,
                hint=f"try again, or raise [store.{store}] patience",
            )
        case sqlite3.SQLITE_FULL:
            return LlmspellError(
                f"there is no room left on the disk of the store {path}",
                component=component,
                hint=f"make some, or name a file on another disk: [store.{store}] path",
            )
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
            return ConfigError(
                [f"the store {path} cannot be used: {error}"],
                hint=f"check the folder and the disk, or name another file: [store.{store}] path",
            )
    return LlmspellError(f"the store {path} failed: {error}", component=component)


def damaged(path: Path, what: str) -> ConfigError:
    """The file is not what was written."""
    return ConfigError(
        [f"the store {path} is damaged: {what}"],
        hint=f"restore it from a backup, or begin anew: mv {path} {path}.damaged",
    )
