"""A scope of each sort: in memory, and kept in a store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from llmspell.config import Config, LoadedConfig
from llmspell.plugins import Plugins, Settings
from llmspell.state import RunState, Scope
from llmspell.state.rules import Rules
from llmspell.state.stored import StoredScope
from llmspell.store import Store


class Charged:
    """Counts the bytes that were charged."""

    def __init__(self) -> None:
        self.bytes = 0

    def __call__(self, count: int) -> None:
        self.bytes += count


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    config = Config(store={"sqlite": {"path": "store.db"}})
    found: Store = Plugins(Settings(LoadedConfig(config=config, project=tmp_path), {})).get("store", "sqlite")
    yield found
    await found.close()


@pytest.fixture
def charged() -> Charged:
    return Charged()


@pytest.fixture(params=["run", "app"])
def scope(request: pytest.FixtureRequest, store: Store, charged: Charged) -> Scope:
    if request.param == "run":
        return RunState(10_000)
    return StoredScope("app", store, "state/app", Rules("app"), charged)
