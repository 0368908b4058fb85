"""Runs that are started in a session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from kernel.tests.agents.kit import Bench

from llmspell.config import Config, LoadedConfig
from llmspell.errors import LlmspellError, UsageError
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.sessions import SessionChat, Sessions, join
from llmspell.spell import Source
from llmspell.store import Store
from llmspell.testing import Text

DESK = """
local desk = Agent.create{ name = "desk", run = function(input, ctx) return #ctx.history .. " " .. input end }
"""


@pytest.fixture
async def kernel(tmp_path: Path) -> AsyncIterator[Kernel]:
    config = Config(store={"sqlite": {"path": "store.db"}})
    async with Kernel(LoadedConfig(config=config, project=tmp_path)) as kernel:
        yield kernel


async def cast(kernel: Kernel, spell: str, **options: Any) -> Ended:
    return await kernel.cast(Source(DESK + spell, "desk.lua"), RunOptions(profile="low", **options))


async def inputs(store: Store, session: str) -> list[str]:
    from llmspell.redaction import Redactor
    from llmspell.sessions import Archive

    opened = await Sessions(Archive(store, Redactor())).open(session)
    return [turn.input for turn in await opened.turns()]


async def test_all_chats_of_the_spell_are_one_conversation(kernel: Kernel) -> None:
    spell = """
        local other = Agent.create{ name = "other", run = function(input, ctx) return #ctx.history .. " " .. input end }
        local a, b = desk:chat(), other:chat()
        return { a:send("one").text, b:send("two").text, a:send("three").text, b:agent(), #b:history() }
    """
    ended = await cast(kernel, spell, session="ann")
    assert ended.value == ["1 one", "3 two", "5 three", "other", 6]
    assert await inputs(kernel.store, "ann") == ["one", "two", "three"]


async def test_a_chat_that_is_none_of_the_spells_own_is_apart(kernel: Kernel) -> None:
    """One inside of an agent would wait for the turn that it is part of."""
    spell = """
        local front = Agent.create{ name = "front", run = function(input) return desk:chat():send(input .. "!").text end }
        local begun = desk:chat{ history = { { role = "user", content = "x" } } }
        return { front:chat():send("one").text, begun:send("two").text }
    """
    ended = await cast(kernel, spell, session="ann")
    assert ended.error is None
    assert ended.value == ["1 one!", "2 two"]
    assert await inputs(kernel.store, "ann") == ["one"]


async def test_a_fork_of_its_chat_is_apart_and_can_be_reset(kernel: Kernel) -> None:
    spell = """
        local chat = desk:chat()
        chat:send("one")
        local fork = chat:fork()
        local seen = fork:send("two").text
        fork:reset()
        return { seen, fork:send("three").text, #chat:history() }
    """
    assert (await cast(kernel, spell, session="ann")).value == ["3 two", "1 three", 2]
    assert await inputs(kernel.store, "ann") == ["one"]


async def test_what_a_session_keeps_cannot_be_reset(kernel: Kernel) -> None:
    ended = await cast(kernel, "desk:chat():reset()", session="ann")
    assert ended.error is not None
    assert ended.error.message.endswith("what was said in the session 'ann' is kept, and cannot be forgotten")


async def test_the_current_session_is_the_conversation_of_the_chats(kernel: Kernel) -> None:
    spell = """
        local chat = desk:chat()
        chat:send("one")
        Session.current():run(desk, "two")
        return { chat:send("three").text, Session.current():info().turns }
    """
    assert (await cast(kernel, spell, session="ann")).value == ["5 three", 3]


async def test_without_a_session_chats_are_kept_nowhere(kernel: Kernel) -> None:
    ended = await cast(kernel, 'desk:chat():send("one") return Session.list()')
    assert ended.value == []


@pytest.mark.parametrize("name", ["a/b", "..", "a" * 129])
async def test_an_id_that_cannot_be_one_ends_the_run(kernel: Kernel, name: str) -> None:
    ended = await cast(kernel, "return 1", session=name)
    assert isinstance(ended.error, UsageError)
    assert ended.error.message == f"{name[:60]!r} cannot be the id of a session"


async def test_the_session_is_begun_for_the_user_of_the_run_and_told_of(kernel: Kernel) -> None:
    first = await cast(kernel, "return Session.current():info().user", session="ann", user="bob")
    assert first.value == "bob"
    second = await cast(kernel, 'desk:chat():send("x")', session="ann")
    joined = [event.data for ended in (first, second) for event in ended.log.history("session.joined")]
    assert joined == [{"session": "ann", "turns": 0, "new": True}, {"session": "ann", "turns": 0, "new": False}]


async def test_two_turns_at_once_are_a_conflict_that_says_what_to_do(tmp_path: Path) -> None:
    """A session is one conversation, and no answer may overtake another."""
    import asyncio

    from llmspell.testing import Delay

    bench = Bench(tmp_path, Delay(0.2, Text("one")), sets=("store.sqlite.path=store.db",))
    conversation = await join(bench.run, "ann")
    chat = SessionChat(conversation, bench.llm("desk"))
    first = asyncio.create_task(chat.send("a"))
    await asyncio.sleep(0)
    with pytest.raises(LlmspellError, match=r"^the session 'ann' is still answering$"):
        await chat.send("b")
    assert (await first).text == "one"
    await bench.close()
