"""The store `memory` keeps the contract of stores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from llmspell.store import Store
from llmspell.testing.contracts.store import StoreContract
from llmspell_store_memory.store import MemoryStore


class TestMemory(StoreContract):
    """Keeps nothing in its folder."""

    def make(self, folder: Path, clock: Callable[[], float]) -> Store:
        return MemoryStore(clock=clock)
