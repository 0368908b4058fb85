"""Another process that uses a store, for the contract of stores: `python -m ... NAME TABLE FOLDER TASK WORDS...`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, Literal

from llmspell.config import Config, LoadedConfig, Settings
from llmspell.errors import LlmspellError
from llmspell.plugins import Plugins
from llmspell.store import Put, Store

Task = Literal["count", "write"]


def _store(name: str, table: str, folder: str) -> Store:
    loaded = LoadedConfig(config=Config(store={name: json.loads(table)}), project=Path(folder))
    store: Store = Plugins(Settings(loaded, dict(os.environ))).get("store", name)
    return store


async def _count(store: Store, who: str, times: str) -> None:
    """Count a key up, and add to a stream, as often as is said."""
    for step in range(int(times)):
        await _count_one_up(store)
        await store.append("s", [[int(who), step]])
    await store.close()


async def _count_one_up(store: Store) -> None:
    while True:
        entry = await store.get("n", "counter")
        value, version = (entry.value, entry.version) if entry else (0, 0)
        try:
            await store.write("n", [Put("counter", value + 1, version=version)])
        except LlmspellError as error:
            if error.kind != "conflict":
                raise
        else:
            return


async def _write(store: Store, name: str) -> None:
    """Write for ever: what belongs together in one go, and the number of each step once it was answered."""
    for step in count(1):
        digest = await store.put_blob(f"{name} {step}".encode() * 100)
        await store.write(name, [Put("left", step), Put(f"blob-{step}", digest), Put("right", step)])
        await store.append(name, [step, -step])
        print(step, flush=True)  # noqa: T201 the parent reads it


_TASKS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {"count": _count, "write": _write}

if __name__ == "__main__":
    name, table, folder, task, *words = sys.argv[1:]
    asyncio.run(_TASKS[task](_store(name, table, folder), *words))
