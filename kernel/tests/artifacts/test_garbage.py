"""Bytes that nobody refers to: those of processes that were killed between two writes."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest

from llmspell.artifacts import Artifacts
from llmspell.artifacts import bytes as kept
from llmspell.config.schema import Artifacts as Room
from llmspell.store import Store

DIGEST = hashlib.sha256(b"content").hexdigest()


class Killed(BaseException):
    """The process is no more: nothing that it would have done is done."""


class DyingStore:
    """A store whose process is killed before a number of writes."""

    def __init__(self, store: Store, lives: int) -> None:
        self._store = store
        self._lives = lives

    def __getattr__(self, name: str) -> Any:
        if name not in ("write", "put_blob", "delete_blob"):
            return getattr(self._store, name)
        if self._lives == 0:
            raise Killed
        self._lives -= 1
        return getattr(self._store, name)


def dying(store: Store, lives: int) -> Artifacts:
    return Artifacts(DyingStore(store, lives), Room())  # type: ignore[arg-type]  # all that it lacks it takes from one


@pytest.mark.parametrize("lives", range(3))
async def test_a_put_that_was_killed_leaves_nothing_for_ever(
    store: Store, lives: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the claim, after it, and after the bytes: there is no artifact, and once the claim is over no bytes."""
    monkeypatch.setattr(kept, "CLAIM", 0.05)
    with pytest.raises(Killed):
        await dying(store, lives).put("a", "content")
    artifacts = Artifacts(store, Room())
    assert await artifacts.list() == []
    await asyncio.sleep(0.06)
    assert await artifacts.collect() == (1 if lives else 0)
    assert await store.get_blob(DIGEST) is None
    assert await store.scan("artifacts", "blob/") == []


@pytest.mark.parametrize("lives", range(4))
async def test_a_delete_that_was_killed_can_be_finished(
    store: Store, lives: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version is there or not, and its bytes with it; what is left is collected."""
    monkeypatch.setattr(kept, "REMOVAL", 0.05)
    artifacts = Artifacts(store, Room())
    await artifacts.put("a", "content")
    with pytest.raises(Killed):
        await dying(store, lives).delete("a")
    if lives == 0:
        assert (await artifacts.get("a"))[1] == b"content"
        return
    assert await artifacts.list() == []
    await asyncio.sleep(0.06)
    assert await artifacts.collect() == 1
    assert await store.get_blob(DIGEST) is None
    assert await artifacts.size() == 0


async def test_content_that_is_being_removed_can_be_put_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever puts it waits until it is gone, or until whoever removed it must have been killed."""
    monkeypatch.setattr(kept, "REMOVAL", 0.1)
    artifacts = Artifacts(store, Room())
    await artifacts.put("a", "content")
    with pytest.raises(Killed):
        await dying(store, 2).delete("a")
    await artifacts.put("b", "content")
    assert (await artifacts.get("b"))[1] == b"content"


async def test_claimed_bytes_are_not_collected(store: Store) -> None:
    with pytest.raises(Killed):
        await dying(store, 2).put("a", "content")
    assert await Artifacts(store, Room()).collect() == 0
    assert await store.get_blob(DIGEST) == b"content"
