"""One session: what is added to it, and what others have."""

from __future__ import annotations

import pytest
from kernel.tests.sessions.kit import turn

from llmspell.errors import LlmspellError, UsageError
from llmspell.message import Message, ToolCall, Usage
from llmspell.sessions import About, Archive, ArtifactRef, Session, Sessions
from llmspell.store import Store

REF = ArtifactRef("report", 1, "ab", "text/plain", 3)


async def test_a_turn_is_kept_whole(sessions: Sessions) -> None:
    """Roles, calls and results, usage and times."""
    session = await sessions.create("s")
    given = turn(1)
    assert await session.add_turn(given) == given
    again = await sessions.open("s")
    assert await again.turns() == [given]
    assert again.history == session.history == given.messages


async def test_what_is_known_of_a_session_adds_up(sessions: Sessions) -> None:
    session = await sessions.create("s")
    for number in (1, 2):
        await session.add_turn(turn(number))
    info = (await sessions.open("s")).info
    assert (info.turns, info.usage, info.cost, info.agent) == (2, Usage(20, 10), 0.5, "desk")
    assert info.updated == 1002.5


async def test_a_cost_that_is_not_known_makes_the_sum_unknown(sessions: Sessions) -> None:
    session = await sessions.create("s")
    await session.add_turn(turn(1, cost=None))
    await session.add_turn(turn(2))
    assert (await sessions.open("s")).info.cost is None


async def test_a_turn_that_failed_is_kept_and_adds_nothing_to_the_history(sessions: Sessions) -> None:
    session = await sessions.create("s")
    await session.add_turn(turn(1))
    failed = turn(2, messages=(), calls=(), stop_reason="error", error={"kind": "network"}, cost=None)
    await session.add_turn(failed)
    again = await sessions.open("s")
    assert again.history == turn(1).messages
    assert (await again.turns())[1] == failed
    assert again.info.turns == 2
    assert again.info.cost == 0.25


async def test_history_never_has_a_call_without_its_answer(sessions: Sessions) -> None:
    session = await sessions.create("s")
    broken = (Message("user", "x"), Message("assistant", "", (ToolCall("c", "look", "{}"),)))
    with pytest.raises(UsageError, match=r"^the history has the call 'c' without its answer$"):
        await session.add_turn(turn(1, messages=broken))
    assert (await sessions.open("s")).info.turns == 0


async def test_a_history_that_was_made_shorter_takes_the_place_of_all_before(sessions: Sessions) -> None:
    session = await sessions.create("s")
    await session.add_turn(turn(1))
    short = (Message("user", "Summary"), Message("user", "b"), Message("assistant", "c"))
    await session.add_turn(turn(2, messages=short, replaces=True))
    again = await sessions.open("s")
    assert again.history == session.history == short
    assert len(await again.turns()) == 2


async def test_two_that_go_on_at_once_do_not_interleave(sessions: Sessions) -> None:
    """The second gets a conflict, and nothing of it is kept."""
    await sessions.create("s")
    first, second = await sessions.open("s"), await sessions.open("s")
    await first.add_turn(turn(1, "mine"))
    with pytest.raises(
        LlmspellError, match=r"^the session 's' has 1 turns now, not 0: somebody else has gone on with it$"
    ) as caught:
        await second.add_turn(turn(1, "yours"))
    assert caught.value.kind == "conflict"
    assert caught.value.hint == "open it again to see what was said, and ask once more; or go on in a fork of it"
    assert [each.input for each in await (await sessions.open("s")).turns()] == ["mine"]


async def test_who_was_overtaken_stays_overtaken(sessions: Sessions) -> None:
    await sessions.create("s")
    first, second = await sessions.open("s"), await sessions.open("s")
    await first.add_turn(turn(1))
    await second.describe(lambda about: About("title", about.tags))
    with pytest.raises(LlmspellError, match=r"somebody else has gone on with it"):
        await second.refresh()
    with pytest.raises(LlmspellError, match=r"somebody else has gone on with it"):
        await second.add_turn(turn(2))


async def test_what_is_said_about_a_session_may_change_between_the_turns_of_another(sessions: Sessions) -> None:
    await sessions.create("s")
    first, second = await sessions.open("s"), await sessions.open("s")
    await second.describe(lambda _: About("tides", ("sea",), "ann", {"n": 1}))
    await second.add_artifact(REF)
    await first.add_turn(turn(1))
    again = await sessions.open("s")
    assert again.info.about == About("tides", ("sea",), "ann", {"n": 1})
    assert again.info.turns == 1
    assert await again.artifacts() == await first.artifacts() == [REF]


async def test_a_session_that_was_deleted_meanwhile_says_so(sessions: Sessions) -> None:
    session = await sessions.create("s")
    await sessions.delete("s")
    with pytest.raises(LlmspellError, match=r"^the session 's' was deleted meanwhile$") as caught:
        await session.add_turn(turn(1))
    assert caught.value.kind == "not_found"


async def test_a_session_that_was_made_anew_is_another_one(sessions: Sessions) -> None:
    session = await sessions.create("s")
    await sessions.delete("s")
    anew = await sessions.create("s")
    await anew.add_turn(turn(1))
    with pytest.raises(LlmspellError, match=r"^the session 's' was deleted meanwhile$"):
        await session.add_turn(turn(1))


async def test_no_secret_reaches_the_history(archive: Archive, store: Store) -> None:
    """Known values, known shapes, and what a secret-like name holds: in messages, calls, errors and titles."""
    sessions = Sessions(archive)
    session = await sessions.create("s", About("about the-secret-of-the-tests"))
    said = "use the-secret-of-the-tests and sk-abcdefghijklmnopqrstuvwxyz0123456789"
    given = turn(1, said, error={"message": said, "details": {"password": "hunter2-hunter2"}})
    written = await session.add_turn(given)
    assert written.messages[0].content == "use [redacted] and [redacted]"
    kept = str([record.data for record in await store.read("session/s")])
    for secret in ("the-secret-of-the-tests", "sk-abcdef", "hunter2"):
        assert secret not in kept
    assert session.history == (await sessions.open("s")).history


async def test_a_record_of_a_later_version_is_refused(sessions: Sessions, store: Store) -> None:
    await store.append("session/new", [{"schema": 2, "mood": "good"}])
    with pytest.raises(
        LlmspellError, match=r"was written by a later version of llmspell \(schema 2, not 1\)"
    ) as caught:
        await sessions.open("new")
    assert caught.value.hint == "pip install --upgrade llmspell"


async def test_a_damaged_record_is_an_error_that_says_where(sessions: Sessions, store: Store) -> None:
    await store.append("session/bad", [{"schema": 1, "info": {"id": 3}}])
    with pytest.raises(LlmspellError, match=r"^the session 'bad' is damaged: `info\.id` must be a string, found 3$"):
        await sessions.open("bad")


async def test_what_is_written_is_charged(store: Store, archive: Archive) -> None:
    charged: list[int] = []
    session: Session = await Sessions(Archive(store, archive.redactor, charged.append)).create("s")
    await session.add_turn(turn(1, "x" * 1000))
    assert len(charged) == 2
    assert charged[1] > 1000
