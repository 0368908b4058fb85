"""What every store must do, as tests; for one that keeps its content on disk, see `store_processes`.

class TestMine(StoreContract):
    def make(self, folder, clock):
        return MyStore(folder / "store", clock=clock)
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llmspell.errors import LlmspellError, UsageError
from llmspell.store import LARGEST_VALUE, LONGEST_NAME, VERSION_KEPT, Check, Delete, Entry, Put, Store
from llmspell.values import FunctionRef

_NAMES = [
    "",
    " ",
    "a",
    "a/b",
    "ä",
    "\uffff",
    "\U0001f600",
    "\U0010ffff",
    "'; DROP TABLE x --",
    "%_*",
    "x" * LONGEST_NAME,
]
_BAD_NAMES: list[Any] = ["\0", "a\0b", "x" * (LONGEST_NAME + 1), "\ud800", None, 5, b"a"]
_VALUES: list[Any] = [
    None, True, False, 0, -1, 2**53 + 1, 10**40, 0.1, -0.0, "", "ä\0\ud800", [], {}, [1, [2, {"a": None}]],
    {"$float": "x"}, {"": 1}, b"\x00\xff", [b"a"], math.inf, "a" * 100_000,
]  # fmt: skip
_BAD_VALUES: list[Any] = [object(), {1: 2}, {"a": {1, 2}}, FunctionRef(1), [FunctionRef(1)]]


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """The time that it shows."""
        return self.now


class StoreContract(ABC):
    """Subclass it as `Test...`."""

    pytestmark = pytest.mark.asyncio

    @abstractmethod
    def make(self, folder: Path, clock: Callable[[], float]) -> Store:
        """A store that keeps what it keeps in `folder`; `clock` tells seconds since 1970."""

    @pytest.fixture
    def clock(self) -> Clock:
        """What the store takes for the time."""
        return Clock()

    @pytest_asyncio.fixture
    async def store(self, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
        """An empty store."""
        made = self.make(tmp_path, clock)
        yield made
        await made.close()

    # Values

    async def test_what_is_not_set_is_nothing(self, store: Store) -> None:
        """Neither a namespace nor a key has to be made first."""
        assert await store.get("n", "k") is None
        assert await store.scan("n") == []
        assert await store.namespaces() == []

    async def test_every_value_comes_back_as_it_was(self, store: Store) -> None:
        """JSON, and bytes and the floats that JSON lacks."""
        for value in _VALUES:
            await store.write("n", [Put("k", value)])
            entry = await store.get("n", "k")
            assert entry is not None
            assert (entry.value, type(entry.value)) == (value, type(value))

    async def test_any_text_is_a_name(self, store: Store) -> None:
        """Names are the caller's, and mean nothing to the store."""
        for name in _NAMES:
            await store.write(name, [Put(key, [name, key]) for key in _NAMES])
            await store.append(name, [name])
        assert await store.namespaces() == sorted(_NAMES)
        assert await store.streams() == sorted(_NAMES)
        for name in _NAMES:
            entries = await store.scan(name)
            assert [(entry.key, entry.value) for entry in entries] == [(key, [name, key]) for key in sorted(_NAMES)]
            assert [record.data for record in await store.read(name)] == [name]

    @pytest.mark.parametrize("name", _BAD_NAMES, ids=repr)
    async def test_what_cannot_be_a_name_is_refused(self, store: Store, name: Any) -> None:
        """The same names are refused everywhere, so that no store keeps what another cannot."""
        for refused in (
            store.get(name, "k"),
            store.get("n", name),
            store.write(name, []),
            store.write("n", [Put("a", 1), Put(name, 1)]),
            store.write("n", [Delete(name)]),
            store.append(name, [1]),
            store.read(name),
        ):
            with pytest.raises(UsageError):
                await refused
        assert await store.namespaces() == []

    @pytest.mark.parametrize("value", _BAD_VALUES, ids=lambda value: type(value).__name__)
    async def test_what_is_not_json_is_refused_and_changes_nothing(self, store: Store, value: Any) -> None:
        """All changes are made, or none."""
        with pytest.raises(UsageError, match="cannot be kept"):
            await store.write("n", [Put("a", 1), Put("b", value)])
        with pytest.raises(UsageError, match="cannot be kept"):
            await store.append("s", [1, value])
        assert await store.scan("n") == []
        assert await store.length("s") == 0

    async def test_what_is_too_large_is_refused(self, store: Store) -> None:
        """A store is not for values that fill the memory."""
        with pytest.raises(UsageError, match="at most"):
            await store.write("n", [Put("a", 1), Put("b", "x" * LARGEST_VALUE)])
        assert await store.scan("n") == []

    async def test_a_value_that_was_got_is_the_callers_own(self, store: Store) -> None:
        """Changing it, or what was put, changes nothing in the store."""
        value = {"list": [1]}
        await store.write("n", [Put("k", value)])
        value["list"].append(2)
        for _ in range(2):
            entry = await store.get("n", "k")
            assert entry is not None
            assert entry.value == {"list": [1]}
            entry.value["list"].append(3)

    async def test_scan_is_by_prefix_in_pages_sorted_by_code_points(self, store: Store) -> None:
        """Whoever wants all goes on after the last key of each page."""
        keys = [
            "",
            "a",
            "a.",
            "a.b",
            "aé",
            "a\uffff",
            "a\U0010ffff",
            "a\U0010ffffx",
            "b",
            "B",
            "\U0001f600",
            "\ud7ff",
            "\ud7ffx",
            "\ue000",
        ]
        await store.write("n", [Put(key, key) for key in keys])
        for prefix in ["", "a", "a.", "a\U0010ffff", "\U0001f600", "\ud7ff", "c"]:
            expected = sorted(key for key in keys if key.startswith(prefix))
            found: list[str] = []
            while page := await store.scan("n", prefix, found[-1] if found else None, limit=2):
                assert len(page) <= 2
                found += [entry.key for entry in page]
            assert found == expected
        assert [entry.key for entry in await store.scan("n", "b", after="")] == ["b"]
        assert await store.scan("n", "a", after="b") == []

    async def test_namespaces_and_streams_are_found_by_prefix(self, store: Store) -> None:
        """Only those with something in them."""
        for name in ("a/1", "a/2", "ab", "b"):
            await store.write(name, [Put("k", 1)])
            await store.append(name, [1])
        await store.write("b", [Delete("k")])
        await store.drop("b")
        assert await store.namespaces("a/") == await store.streams("a/") == ["a/1", "a/2"]
        assert await store.namespaces() == await store.streams() == ["a/1", "a/2", "ab"]

    # Versions

    async def test_a_version_counts_how_often_a_key_was_set(self, store: Store) -> None:
        """From 1; each key by itself."""
        assert await store.write("n", [Put("a", 1), Put("b", 1)]) == [1, 1]
        assert await store.write("n", [Put("a", 1), Check("b", 1)]) == [2, 1]
        assert await store.get("n", "a") == Entry("a", 1, 2)

    async def test_a_version_that_is_not_expected_is_a_conflict_that_changes_nothing(self, store: Store) -> None:
        """Whoever has read an old value is told, and so is whoever thought that there was none."""
        await store.write("n", [Put("a", 1), Put("b", 1)])
        for change, key, version in (
            (Put("a", 2, version=0), "a", 1),
            (Put("a", 2, version=2), "a", 1),
            (Delete("a", version=2), "a", 1),
            (Check("a", 0), "a", 1),
            (Put("x", 1, version=1), "x", 0),
            (Check("x", 1), "x", 0),
        ):
            with pytest.raises(LlmspellError) as caught:
                await store.write("n", [Put("b", 2), change])
            assert (caught.value.kind, caught.value.details) == ("conflict", {"key": key, "version": version})
        assert await store.scan("n") == [Entry("a", 1, 1), Entry("b", 1, 1)]

    async def test_expected_versions_let_a_write_pass(self, store: Store) -> None:
        """0 stands for a key that is not set."""
        assert await store.write("n", [Put("a", 1, version=0), Check("b", 0)]) == [1, 0]
        assert await store.write("n", [Put("a", 2, version=1)]) == [2]
        assert await store.write("n", [Delete("a", version=2)]) == [0]
        assert await store.write("n", [Delete("a", version=0), Delete("b")]) == [0, 0]

    async def test_no_version_stands_for_two_values(self, store: Store, clock: Clock) -> None:
        """Whoever has read a value is not fooled by a key that was deleted, or has expired, and was set again."""
        await store.write("n", [Put("a", "old"), Put("b", "old", ttl=10)])
        await store.write("n", [Delete("a")])
        clock.now += 11
        assert await store.write("n", [Put("a", "new", version=0), Put("b", "new", version=0)]) == [2, 2]
        clock.now += 2 * VERSION_KEPT
        assert await store.write("n", [Put("a", 1, version=2)]) == [3]

    async def test_a_key_may_occur_once_in_a_write(self, store: Store) -> None:
        """Which of two should win would be a guess."""
        with pytest.raises(UsageError, match="occurs twice"):
            await store.write("n", [Put("a", 1), Put("a", 2)])

    # Time

    async def test_a_value_is_gone_when_its_time_is_over(self, store: Store, clock: Clock) -> None:
        """It is found nowhere, and its key is as one that is not set."""
        await store.write("n", [Put("short", 1, ttl=10), Put("long", 1, ttl=20), Put("ever", 1)])
        entry = await store.get("n", "short")
        assert entry is not None
        assert entry.expires == pytest.approx(clock.now + 10)
        clock.now += 10
        assert await store.get("n", "short") is None
        assert [each.key for each in await store.scan("n")] == ["ever", "long"]
        with pytest.raises(LlmspellError, match="version 0"):
            await store.write("n", [Delete("short", version=1)])
        clock.now += 10
        await store.write("n", [Delete("ever")])
        assert await store.namespaces() == []

    async def test_a_value_that_is_set_again_gets_a_new_time(self, store: Store, clock: Clock) -> None:
        """Without one it lasts for ever."""
        await store.write("n", [Put("a", 1, ttl=10), Put("b", 1, ttl=10)])
        await store.write("n", [Put("a", 2, ttl=100), Put("b", 2)])
        clock.now += 50
        assert [entry.value for entry in await store.scan("n")] == [2, 2]

    async def test_a_clock_that_is_set_back_brings_back_nothing_that_was_deleted(
        self, store: Store, clock: Clock
    ) -> None:
        """What has a time lasts until then, however often the clock is set."""
        await store.write("n", [Put("gone", 1), Put("short", 1, ttl=10)])
        await store.write("n", [Delete("gone")])
        clock.now -= 3600
        assert await store.get("n", "gone") is None
        assert [each.key for each in await store.scan("n")] == ["short"]
        assert await store.write("n", [Put("gone", 2, version=0)]) == [2]
        clock.now += 3600 + 10
        assert await store.get("n", "short") is None

    @pytest.mark.parametrize("ttl", [0, -1, math.inf, math.nan])
    async def test_a_time_that_makes_no_sense_is_refused(self, store: Store, ttl: float) -> None:
        """A value that is gone at once was meant otherwise."""
        with pytest.raises(UsageError, match="ttl"):
            await store.write("n", [Put("a", 1, ttl=ttl)])

    # Streams

    async def test_records_come_back_in_order_with_position_and_time(self, store: Store, clock: Clock) -> None:
        """Positions are from 1, without a gap."""
        assert await store.append("s", ["a", {"b": [None]}]) == 2
        clock.now += 1
        assert await store.append("s", [b"c"]) == 3
        found = await store.read("s")
        assert [(record.position, record.data) for record in found] == [(1, "a"), (2, {"b": [None]}), (3, b"c")]
        assert [record.time for record in found] == [clock.now - 1, clock.now - 1, clock.now]
        assert [record.data for record in await store.read("s", after=1, limit=1)] == [{"b": [None]}]
        assert await store.length("s") == 3

    async def test_appending_nothing_gives_the_last_position(self, store: Store) -> None:
        """And makes no stream."""
        assert await store.append("s", []) == 0
        assert await store.streams() == []

    async def test_a_stream_that_others_added_to_is_a_conflict(self, store: Store) -> None:
        """Two that go on from the same place are told apart."""
        assert await store.append("s", [1], after=0) == 1
        assert await store.append("s", [2], after=1) == 2
        for after in (0, 1, 3):
            with pytest.raises(LlmspellError) as caught:
                await store.append("s", [3], after=after)
            assert (caught.value.kind, caught.value.details) == ("conflict", {"stream": "s", "position": 2})
        assert await store.length("s") == 2

    async def test_a_stream_can_be_dropped_and_begun_again(self, store: Store) -> None:
        """With all its records; others stay."""
        await store.append("s", [1, 2])
        await store.append("t", [1])
        assert [await store.drop("s"), await store.drop("s")] == [True, False]
        assert await store.read("s") == []
        assert await store.append("s", [3]) == 1
        assert [record.data for record in await store.read("s")] == [3]
        assert await store.length("t") == 1

    # Blobs

    async def test_a_blob_is_found_by_its_sha_256(self, store: Store) -> None:
        """Keeping it again changes nothing."""
        for content in (b"", b"hello", bytes(range(256)) * 10_000):
            digest = hashlib.sha256(content).hexdigest()
            assert await store.get_blob(digest) is None
            assert await store.put_blob(content) == await store.put_blob(content) == digest
            assert await store.get_blob(digest) == content
            assert [await store.delete_blob(digest), await store.delete_blob(digest)] == [True, False]
            assert await store.get_blob(digest) is None

    async def test_only_bytes_are_a_blob(self, store: Store) -> None:
        """Text has no bytes until somebody says how it is written."""
        with pytest.raises(UsageError, match="must be bytes"):
            await store.put_blob("text")  # type: ignore[arg-type]

    # Several at once, and the end

    async def test_tasks_that_write_at_once_lose_nothing(self, store: Store) -> None:
        """Each counts one up, and begins again when another was quicker."""

        async def count() -> None:
            while True:
                entry = await store.get("n", "k")
                value, version = (entry.value, entry.version) if entry else (0, 0)
                try:
                    await store.write("n", [Put("k", value + 1, version=version)])
                except LlmspellError as error:
                    if error.kind != "conflict":
                        raise
                else:
                    return

        await asyncio.gather(*(count() for _ in range(20)), *(store.append("s", [number]) for number in range(20)))
        assert await store.get("n", "k") == Entry("k", 20, 20)
        records = await store.read("s")
        assert [record.position for record in records] == list(range(1, 21))
        assert sorted(record.data for record in records) == list(range(20))

    async def test_one_that_is_refused_harms_no_other(self, store: Store) -> None:
        """Also when they come at the same moment."""
        await store.write("n", [Put("k", 0)])
        work = [store.write("n", [Put(str(number), number), Check("k", 1 + number % 2)]) for number in range(20)]
        results = await asyncio.gather(*work, return_exceptions=True)
        assert [isinstance(result, LlmspellError) for result in results] == [number % 2 == 1 for number in range(20)]
        assert {entry.key for entry in await store.scan("n")} == {"k", *(str(number) for number in range(0, 20, 2))}

    @pytest.mark.parametrize("limit", [0, -1, 1.5, None])
    async def test_a_limit_that_makes_no_sense_is_refused(self, store: Store, limit: Any) -> None:
        """It would give nothing, or everything, without a word."""
        with pytest.raises(UsageError, match="limit"):
            await store.scan("n", limit=limit)
        with pytest.raises(UsageError, match="limit"):
            await store.read("s", limit=limit)

    async def test_a_closed_store_is_not_used_any_more(self, store: Store) -> None:
        """Closing it twice is fine."""
        await store.append("s", [1])
        await store.close()
        await store.close()
        for refused in (store.get("n", "k"), store.write("n", [Put("k", 1)]), store.append("s", [1])):
            with pytest.raises(LlmspellError, match="is closed"):
                await refused

    async def test_it_behaves_like_its_model(self, tmp_path: Path) -> None:
        """Whatever is done to it, in whatever order."""
        from llmspell.testing.contracts.store_model import check_against_model

        await asyncio.to_thread(check_against_model, self.make, tmp_path)
