"""What the plugin offers: the store `memory`, and one for each table that says `plugin = "memory"`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from llmspell import hookimpl
from llmspell_store_memory.store import MemoryStore

if TYPE_CHECKING:
    from llmspell.plugins import Settings
    from llmspell.store import Store


@attrs.frozen
class MemorySettings:
    """The table `[store.memory]`: it has no settings, so that any key in it is an error."""


@hookimpl
def llmspell_stores(settings: Settings) -> Mapping[str, Store]:
    """Empty stores; each lasts as long as its kernel."""
    names = ["memory", *settings.named("store", "memory")]
    for name in names:
        settings.table("store", name, MemorySettings)
    return {name: MemoryStore(name) for name in names}
