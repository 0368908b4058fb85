"""What the plugin offers: the store `sqlite`, and one for each table that says `plugin = "sqlite"`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmspell import hookimpl
from llmspell_store_sqlite.settings import SqliteSettings
from llmspell_store_sqlite.store import SqliteStore

if TYPE_CHECKING:
    from llmspell.plugins import Settings
    from llmspell.store import Store


@hookimpl
def llmspell_stores(settings: Settings) -> Mapping[str, Store]:
    """One store for each file; no file is made or opened before its store is used."""
    return {name: _store(name, settings) for name in ["sqlite", *settings.named("store", "sqlite")]}


def _store(name: str, settings: Settings) -> Store:
    table = settings.table("store", name, SqliteSettings)
    file = table.file(name, settings.environ, settings.loaded.project)
    return SqliteStore(name, file, durable=table.durable, patience=table.patience)
