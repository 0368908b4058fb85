"""Processes that write sessions at the same time, and processes that are killed while they do."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from kernel.tests.sessions.kit import turn
from kernel.tests.sessions.writer import open_store

from llmspell.agents.history import check_whole
from llmspell.redaction import Redactor
from llmspell.sessions import Archive, Sessions
from llmspell.state import namespace
from llmspell.store import Store

KILLS = 100
AT_ONCE = 2
EACH = 15
ROOT = Path(__file__).parents[3]


async def test_no_session_is_lost_or_half_written_when_its_process_is_killed(tmp_path: Path) -> None:
    """100 processes, each killed with SIGKILL at a random point, all in one store."""
    store = open_store(tmp_path)
    sessions = Sessions(Archive(store, Redactor()))
    writers = await start(tmp_path)
    assert writers.stdin is not None
    kept: dict[str, Mapping[str, int]] = {}
    writing = 0
    try:
        for first in range(0, KILLS, AT_ONCE):
            names = [f"s{number}" for number in range(first, first + AT_ONCE)]
            writers.stdin.write("".join(f"write {name}\n" for name in names).encode())
            noted = await asyncio.gather(*(asyncio.to_thread(killed, tmp_path / name) for name in names))
            for name, notes in zip(names, noted, strict=True):
                await check(sessions, store, name, notes)
                kept[name] = notes
                writing += notes["writing"]
        assert {name for name, notes in kept.items() if "created" in notes} <= set(await listed(sessions))
        assert sum(notes.get("turn", 0) for notes in kept.values()) > KILLS  # else they were killed before they wrote
        assert writing > KILLS // 4  # about half, where nothing else runs; else too many died with nothing at stake
    finally:
        writers.stdin.close()
        await writers.wait()
        await store.close()


async def test_processes_that_go_on_with_one_session_lose_nothing(tmp_path: Path) -> None:
    """No two of them ever answer the same history."""
    store = open_store(tmp_path)
    sessions = Sessions(Archive(store, Redactor()))
    await sessions.create("s")
    writers = await start(tmp_path)
    assert writers.stdin is not None
    try:
        writers.stdin.write("".join(f"race s {who} {EACH}\n" for who in "abc").encode())
        async with asyncio.timeout(60):
            while (await (await sessions.open("s")).turns())[3 * EACH - 1 :] == []:  # noqa: ASYNC110 they are other processes
                await asyncio.sleep(0.05)
        turns = await (await sessions.open("s")).turns()
    finally:
        writers.stdin.close()
        await writers.wait()
        await store.close()
    assert [each.number for each in turns] == list(range(1, 3 * EACH + 1))
    for who in "abc":
        assert [each.input for each in turns if each.input.startswith(who)] == [f"{who} {step}" for step in range(EACH)]


async def start(folder: Path) -> asyncio.subprocess.Process:
    """The process that forks writers."""
    words = (sys.executable, "-m", "kernel.tests.sessions.writer", str(folder))
    return await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.PIPE, cwd=ROOT)


def killed(notes: Path) -> Mapping[str, int]:
    """Kill the process that writes these notes, after some of them.

    Gives the last number of each sort that it noted, and whether it was `writing` something just then.
    """
    enough, end = random.randint(1, 40), time.monotonic() + 60
    while time.monotonic() < end and not (notes.exists() and notes.read_bytes().count(b"\n") >= enough):
        time.sleep(0.001)
    process = int(notes.read_text().split()[1])
    time.sleep(random.uniform(0, 0.01))
    os.kill(process, signal.SIGKILL)
    while is_alive(process):
        time.sleep(0.002)
    lines = [line.split() for line in notes.read_text().splitlines()]
    numbers = {line[0]: int(line[1]) for line in lines if len(line) > 1}
    return {**numbers, "writing": int(lines[-1] == ["begins"])}


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def listed(sessions: Sessions) -> list[str]:
    listing = await sessions.list()
    assert listing.problems == ()
    return [info.id for info in listing.sessions]


async def check(sessions: Sessions, store: Store, name: str, noted: Mapping[str, int]) -> None:
    """All that was noted is there, and of what was under way all or nothing."""
    there = await listed(sessions)
    if "created" not in noted and name not in there:
        return
    session = await sessions.open(name)
    turns = await session.turns()
    assert turns == [turn(number) for number in range(1, len(turns) + 1)]
    assert noted.get("turn", 0) <= len(turns) <= noted.get("turn", 0) + 1
    check_whole(session.history)
    assert len(session.history) == 4 * len(turns)
    assert int(session.info.about.title or 0) >= noted.get("title", 0)
    assert len(await session.artifacts()) >= noted.get("artifact", 0)
    state = {entry.key: entry.value for entry in await store.scan(namespace("session", name))}
    assert state.get("left") == state.get("right")
    forks = [each for each in there if each.startswith(f"{name}-fork-")]
    assert len(forks) >= noted.get("fork", 0) // 4
    for fork in forks:
        number = int(fork.rpartition("-")[2])
        assert (await sessions.open(fork)).history == tuple(m for each in turns[:number] for m in each.messages)
        assert len(await store.scan(namespace("session", fork))) == 2
