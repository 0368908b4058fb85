"""What a store that keeps its content on disk must do besides: several processes, and processes that are killed.

class TestMineOnDisk(DurableStoreContract):
    name = "mine"

    def make(self, folder, clock):
        return MyStore(folder / "store", clock=clock)

    def table(self, folder):
        return {"path": str(folder / "store")}
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from llmspell.store import Put, Store
from llmspell.testing.contracts.store import StoreContract
from llmspell.testing.contracts.store_child import Task

_PATIENCE = 50.0  # seconds that all processes of a test may take


class DurableStoreContract(StoreContract):
    """Subclass it as `Test...`.

    Attributes:
        name: the store's entry point.
        rounds: how often several writers are killed.
        writers: how many processes write at once.
    """

    name: ClassVar[str]
    rounds: ClassVar[int] = 5
    writers: ClassVar[int] = 4

    @abstractmethod
    def table(self, folder: Path) -> Mapping[str, Any]:
        """The table `[store.NAME]` with which another process finds what `make` made for the folder."""

    async def start(self, folder: Path, task: Task, *words: str) -> asyncio.subprocess.Process:
        """Another process at work in the same store."""
        module = "llmspell.testing.contracts.store_child"
        table = json.dumps(dict(self.table(folder)))
        command = [sys.executable, "-m", module, self.name, table, str(folder), task, *words]
        return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)

    async def test_it_is_all_there_when_it_is_opened_again(self, tmp_path: Path) -> None:
        """Values, streams and blobs."""
        first = self.make(tmp_path, time.time)
        await first.write("n", [Put("k", {"a": b"1"}), Put("gone", 1, ttl=0.001)])
        await first.append("s", [1, 2])
        digest = await first.put_blob(b"content")
        await first.close()
        await asyncio.sleep(0.01)
        second = self.make(tmp_path, time.time)
        assert [(entry.key, entry.value, entry.version) for entry in await second.scan("n")] == [("k", {"a": b"1"}, 1)]
        assert [record.data for record in await second.read("s")] == [1, 2]
        assert await second.get_blob(digest) == b"content"
        await second.close()

    async def test_two_that_are_open_see_what_the_other_wrote(self, tmp_path: Path) -> None:
        """An answer that was given counts for everybody."""
        first, second = self.make(tmp_path, time.time), self.make(tmp_path, time.time)
        for number in range(5):
            await first.write("n", [Put("k", number)])
            entry = await second.get("n", "k")
            assert entry is not None
            assert entry.value == number
        await first.close()
        assert await second.append("s", [1]) == 1
        await second.close()

    async def test_the_event_loop_does_not_wait_for_the_disk(self, tmp_path: Path) -> None:
        """Others go on while much is written."""
        store = self.make(tmp_path, time.time)
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        others = asyncio.create_task(turn())
        await store.put_blob(bytes(32 << 20))
        others.cancel()
        await store.close()
        assert turns > 10

    async def test_processes_that_write_at_once_lose_nothing(self, tmp_path: Path) -> None:
        """All count one key up, and add to one stream."""
        each = 25
        async with asyncio.timeout(_PATIENCE):
            children = [await self.start(tmp_path, "count", str(number), str(each)) for number in range(self.writers)]
            ended = await asyncio.gather(*(child.wait() for child in children))
        assert ended == [0] * self.writers
        store = self.make(tmp_path, time.time)
        entry = await store.get("n", "counter")
        assert entry is not None
        assert (entry.value, entry.version) == (each * self.writers, each * self.writers)
        records = [tuple(record.data) for record in await store.read("s")]
        for number in range(self.writers):
            assert [step for who, step in records if who == number] == list(range(each))
        assert len(records) == each * self.writers
        await store.close()

    async def test_a_process_that_is_killed_loses_nothing_and_leaves_nothing_half_written(self, tmp_path: Path) -> None:
        """At random points, again and again in the same store, several at once."""
        store = self.make(tmp_path, time.time)
        async with asyncio.timeout(_PATIENCE):
            for turn in range(self.rounds):
                names = [f"{turn}-{number}" for number in range(self.writers)]
                answered = await asyncio.gather(*(self._killed(tmp_path, name) for name in names))
                for name, last in zip(names, answered, strict=True):
                    await self._check_whole(store, name, last)
        await store.close()
        again = self.make(tmp_path, time.time)
        assert len(await again.streams()) == self.rounds * self.writers
        await again.close()

    async def _killed(self, folder: Path, name: str) -> int:
        """Let a process write until it is killed; the last step whose answer it had."""
        child = await self.start(folder, "write", name)
        assert child.stdout is not None
        first = await child.stdout.readline()
        assert first, "the process ended by itself"
        await asyncio.sleep(random.uniform(0, 0.1))  # noqa: S311 any moment will do
        child.kill()
        rest = await child.stdout.read()
        await child.wait()
        lines = (first + rest).decode().splitlines(keepends=True)
        return max(int(line) for line in lines if line.endswith("\n"))

    async def _check_whole(self, store: Store, name: str, answered: int) -> None:
        """All that was answered is there, and of what was under way all or nothing."""
        left, right = await store.get(name, "left"), await store.get(name, "right")
        assert left is not None
        assert right is not None
        assert left.value == right.value >= answered
        records = [record.data for record in await store.read(name, limit=1_000_000)]
        assert records == [value for step in range(1, len(records) // 2 + 1) for value in (step, -step)]
        assert len(records) // 2 >= answered
        for step in range(1, answered + 1):
            entry = await store.get(name, f"blob-{step}")
            assert entry is not None
            assert await store.get_blob(entry.value) == f"{name} {step}".encode() * 100
