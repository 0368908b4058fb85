"""What the plugin offers."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.config import Config, LoadedConfig, Settings
from llmspell.errors import ConfigError
from llmspell.plugins import Plugins
from llmspell.store import VERSION_KEPT, Put
from llmspell_store_memory.store import MemoryStore


def plugins(project: Path, **tables: dict[str, object]) -> Plugins:
    return Plugins(Settings(LoadedConfig(config=Config(store=tables), project=project), {}))


async def test_two_stores_share_nothing(tmp_path: Path) -> None:
    found = plugins(tmp_path, other={"plugin": "memory"})
    first, second = found.get("store", "memory"), found.get("store", "other")
    await first.append("s", [1])
    assert (second.name, await second.length("s")) == ("other", 0)


def test_a_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`store\.memory\.path`"):
        plugins(tmp_path, memory={"path": "x"}).get("store", "memory")


async def test_what_has_long_been_gone_takes_no_room() -> None:
    now = 1000.0
    store = MemoryStore(clock=lambda: now)
    await store.write("old", [Put("k", "v", ttl=1)])
    now += 2 * VERSION_KEPT
    for _ in range(1000):
        await store.write("n", [Put("k", "v")])
    assert list(store._entries._cells) == ["n"]
