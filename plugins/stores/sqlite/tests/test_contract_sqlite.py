"""The store `sqlite` keeps the contract of stores, and that of those on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmspell.store import Store
from llmspell.testing.contracts.store_processes import DurableStoreContract
from llmspell_store_sqlite.store import SqliteStore


class TestSqlite(DurableStoreContract):
    """One file in the folder."""

    name = "sqlite"

    def make(self, folder: Path, clock: Callable[[], float]) -> Store:
        return SqliteStore("sqlite", lambda: folder / "store.sqlite", clock=clock)

    def table(self, folder: Path) -> Mapping[str, Any]:
        return {"path": "store.sqlite"}
