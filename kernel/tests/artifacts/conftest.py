"""Artifacts in a store of either sort."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llmspell.artifacts import Artifacts
from llmspell.config import Config, LoadedConfig
from llmspell.config.schema import Artifacts as Room
from llmspell.plugins import Plugins, Settings
from llmspell.store import Store


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    config = Config(store={"sqlite": {"path": "store.db"}})
    found: Store = Plugins(Settings(LoadedConfig(config=config, project=tmp_path), {})).get("store", request.param)
    yield found
    await found.close()


@pytest.fixture
def artifacts(store: Store) -> Artifacts:
    return Artifacts(store, Room(largest=1000, total=3000))
