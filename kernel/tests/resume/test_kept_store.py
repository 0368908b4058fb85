"""What a store did before a pause is served, and nothing is written after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from llmspell.config import Config, LoadedConfig
from llmspell.errors import Cancelled, LlmspellError
from llmspell.plugins import Plugins, Settings
from llmspell.resume.kept_store import KeptStore
from llmspell.store import Delete, Put, Store


@pytest_asyncio.fixture
async def inner(tmp_path: Path) -> AsyncIterator[Store]:
    config = Config(store={"sqlite": {"path": "store.db"}})
    found: Store = Plugins(Settings(LoadedConfig(config=config, project=tmp_path), {})).get("store", "sqlite")
    yield found
    await found.close()


async def work(store: Store) -> list[object]:
    """Everything that a store can do, as data."""
    found: list[object] = [await store.get("n", "k")]
    found.append(await store.write("n", [Put("k", {"bytes": b"\xff"}), Put("l", 1.5, ttl=60)]))
    found.append(await store.get("n", "k"))
    try:
        await store.write("n", [Put("k", 2, version=7)])
    except LlmspellError as error:
        found.append((error.kind, error.message, dict(error.details)))
    found += [await store.write("n", [Delete("l")]), await store.scan("n"), await store.namespaces()]
    found += [await store.append("s", [1, {"two": 2}]), await store.append("s", [3]), await store.length("s")]
    found += [await store.read("s"), await store.streams(), await store.drop("t")]
    digest = await store.put_blob(b"blob")
    found += [digest, await store.get_blob(digest), await store.delete_blob("0" * 64)]
    return found


async def test_the_same_work_gets_the_same_answers_and_changes_nothing(inner: Store) -> None:
    first = KeptStore(inner)
    answers = await work(first)
    entries, records = await inner.scan("n"), await inner.read("s")
    second = KeptStore(inner, first.done)
    assert await work(second) == answers
    assert (await inner.scan("n"), await inner.read("s")) == (entries, records)
    assert second.done == first.done


async def test_what_comes_after_what_is_kept_happens(inner: Store) -> None:
    first = KeptStore(inner)
    await first.append("s", ["before"])
    second = KeptStore(inner, first.done)
    assert [await second.append("s", ["before"]), await second.append("s", ["after"])] == [1, 2]
    assert [record.data for record in await inner.read("s")] == ["before", "after"]


async def test_what_was_not_done_again_yet_is_still_kept_at_the_next_pause(inner: Store) -> None:
    first = KeptStore(inner)
    await first.append("s", [1])
    await first.append("t", [2])
    second = KeptStore(inner, first.done)
    await second.append("s", [1])
    assert second.done == first.done


async def test_a_run_that_is_being_paused_writes_nothing_more(inner: Store) -> None:
    store = KeptStore(inner)
    store.closed = True
    with pytest.raises(Cancelled, match=r"the run is paused"):
        await store.append("s", [1])
    with pytest.raises(Cancelled, match=r"the run is paused"):
        await store.get_blob("0" * 64)
    assert await inner.streams() == []


async def test_a_call_that_has_not_ended_is_known(inner: Store) -> None:
    store = KeptStore(inner)
    call = asyncio.create_task(store.append("s", [1]))
    await asyncio.sleep(0)
    assert store.under_way == 1
    assert await call == 1
    assert store.under_way == 0
