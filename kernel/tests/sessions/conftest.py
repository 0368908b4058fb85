"""Sessions in a store of either sort."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llmspell.config import Config, LoadedConfig
from llmspell.plugins import Plugins, Settings
from llmspell.redaction import Redactor
from llmspell.sessions import Archive, Sessions
from llmspell.store import Store


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    config = Config(store={"sqlite": {"path": "store.db"}})
    found: Store = Plugins(Settings(LoadedConfig(config=config, project=tmp_path), {})).get("store", request.param)
    yield found
    await found.close()


@pytest.fixture
def archive(store: Store) -> Archive:
    return Archive(store, Redactor(frozenset({"the-secret-of-the-tests"})))


@pytest.fixture
def sessions(archive: Archive) -> Sessions:
    return Sessions(archive)
