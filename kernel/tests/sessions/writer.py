"""Processes that write sessions: `python -m kernel.tests.sessions.writer FOLDER`.

It reads words from each line of its input, and forks a process for each: so a hundred of them take no longer than the
work that they do.

write NAME         writes the session NAME until it is killed. In the file `FOLDER/NAME` it notes its own number, then
                   `begins` before each thing that it writes, and what it was once it was told that it is kept.
race NAME WHO N    adds N turns to the session NAME, and opens it again whenever somebody else was quicker
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import attrs
from kernel.tests.sessions.kit import turn

from llmspell.config import Config, LoadedConfig
from llmspell.errors import LlmspellError
from llmspell.plugins import Plugins, Settings
from llmspell.redaction import Redactor
from llmspell.sessions import About, Archive, ArtifactRef, Sessions
from llmspell.state import namespace
from llmspell.store import Put, Store


def open_store(folder: Path) -> Store:
    """The store that all of them share."""
    config = Config(store={"sqlite": {"path": "store.db"}})
    found: Store = Plugins(Settings(LoadedConfig(config=config, project=folder), {})).get("store", "sqlite")
    return found


def titled(title: str, about: About) -> About:
    """The same with another title."""
    return attrs.evolve(about, title=title)


async def write(store: Store, folder: Path, name: str) -> None:
    """Turns, what is said about the session, its artifacts and state, and a fork after each fourth turn."""
    notes = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(*words: object) -> None:
        os.write(notes, (" ".join(map(str, words)) + "\n").encode())

    async def noted(what: str, writing: Awaitable[Any], number: int = 0) -> Any:
        note("begins")
        written = await writing
        note(what, number)
        return written

    note("pid", os.getpid())
    sessions = Sessions(Archive(store, Redactor()))
    session = await noted("created", sessions.create(name))
    for number in count(1):
        await noted("turn", session.add_turn(turn(number)), number)
        await noted("title", session.describe(partial(titled, str(number))), number)
        await noted("artifact", session.add_artifact(ArtifactRef("a", number, "d", "t", 1)), number)
        both = [Put("left", number), Put("right", number)]
        await noted("state", store.write(namespace("session", name), both), number)
        if number % 4 == 0:
            await noted("fork", sessions.fork(name, f"{name}-fork-{number}"), number)


async def race(store: Store, folder: Path, name: str, who: str, times: str) -> None:
    """Turns in a session that others go on with at the same time."""
    sessions = Sessions(Archive(store, Redactor()))
    session = await sessions.open(name)
    for step in range(int(times)):
        while True:
            try:
                await session.add_turn(turn(session.info.turns + 1, f"{who} {step}"))
            except LlmspellError as error:
                if error.kind != "conflict":
                    raise
                session = await sessions.open(name)
            else:
                break
    await store.close()


_TASKS: Mapping[str, Callable[..., Coroutine[Any, Any, None]]] = {"write": write, "race": race}


def main(folder: Path) -> None:
    """Fork a process for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that nobody has to wait for those that were killed
    store = open_store(folder)  # each process opens the file itself, when it first writes
    for line in sys.stdin:
        if os.fork() == 0:
            task, *words = line.split()
            asyncio.run(_TASKS[task](store, folder, *words))
            os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
