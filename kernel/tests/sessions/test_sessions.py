"""All sessions of a store: create, open, list, fork, delete."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from kernel.tests.sessions.kit import turn

from llmspell.errors import LlmspellError, UsageError
from llmspell.sessions import About, ArtifactRef, Fork, Sessions
from llmspell.sessions.state import KeptState
from llmspell.state import namespace
from llmspell.store import Put, Store


async def test_a_session_outlives_the_object_that_made_it(sessions: Sessions) -> None:
    session = await sessions.create(about=About("tides", ("sea",), "ann", {"a": 1}))
    assert (await sessions.open(session.id)).info == session.info


async def test_an_id_can_be_had_once(sessions: Sessions) -> None:
    made = await asyncio.gather(*(sessions.create("ann") for _ in range(5)), return_exceptions=True)
    refused = [each for each in made if isinstance(each, LlmspellError)]
    assert len(refused) == 4
    assert {(str(each), each.kind) for each in refused} == {("there is a session 'ann' already", "conflict")}


@pytest.mark.parametrize("name", ["a/b", ".a", "-a", "a b", "a" * 129, "ä", "a\0"])
async def test_what_cannot_be_an_id_is_refused(sessions: Sessions, name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be the id of a session$"):
        await sessions.create(name)


async def test_a_session_that_is_not_there_names_what_may_be_meant(sessions: Sessions) -> None:
    await sessions.create("customer-42")
    for wrong in (sessions.open("custmer-42"), sessions.delete("custmer-42"), sessions.fork("custmer-42")):
        with pytest.raises(LlmspellError, match=r"^there is no session 'custmer-42'$") as caught:
            await wrong
        assert (caught.value.kind, caught.value.hint) == ("not_found", "did you mean 'customer-42'?")


async def test_too_much_said_about_a_session_is_refused(sessions: Sessions) -> None:
    with pytest.raises(UsageError, match=r"and at most 16384 are allowed$"):
        await sessions.create("s", About(data={"x": "y" * 20_000}))


async def test_the_list_has_the_latest_first(sessions: Sessions) -> None:
    for name in "abc":
        await sessions.create(name)
    await (await sessions.open("b")).describe(lambda about: about)
    found = (await sessions.list()).sessions
    assert found[0].id == "b"
    assert all(one.updated >= other.updated for one, other in pairwise(found))


async def test_the_list_can_be_of_one_user_or_one_tag(sessions: Sessions) -> None:
    await sessions.create("a", About(user="ann", tags=("x", "y")))
    await sessions.create("b", About(user="bob", tags=("y",)))
    assert [info.id for info in (await sessions.list(user="ann")).sessions] == ["a"]
    assert {info.id for info in (await sessions.list(tag="y")).sessions} == {"a", "b"}
    assert (await sessions.list(user="bob", tag="x")).sessions == ()


async def test_a_damaged_session_does_not_hide_the_others(sessions: Sessions, store: Store) -> None:
    await sessions.create("good")
    await store.append("session/bad", ["?"])
    listing = await sessions.list()
    assert [info.id for info in listing.sessions] == ["good"]
    assert [error.component for error in listing.problems] == ["session:bad"]


async def test_a_fork_goes_its_own_way_from_any_point(sessions: Sessions) -> None:
    session = await sessions.create("s", About("title"))
    for number in (1, 2, 3):
        await session.add_turn(turn(number))
        await session.add_artifact(ArtifactRef("a", number, "d", "t", 1))
    fork = await sessions.fork("s", "f", turn=2)
    assert fork.history == (*turn(1).messages, *turn(2).messages)
    assert [ref.version for ref in await fork.artifacts()] == [1, 2]
    assert (fork.info.forked_from, fork.info.turns, fork.info.about.title) == (Fork("s", 2), 2, "title")
    await fork.add_turn(turn(3, "otherwise"))
    assert [each.input for each in await (await sessions.open("f")).turns()][2] == "otherwise"
    assert [each.input for each in await (await sessions.open("s")).turns()][2] == "question 3"


@pytest.mark.parametrize(("at", "turns"), [(None, 2), (2, 2), (1, 1), (0, 0)])
async def test_a_fork_has_as_many_turns_as_is_said(sessions: Sessions, at: int | None, turns: int) -> None:
    session = await sessions.create("s")
    for number in (1, 2):
        await session.add_turn(turn(number))
    fork = await sessions.fork("s", turn=at)
    assert (fork.info.turns, len(fork.history)) == (turns, 4 * turns)


@pytest.mark.parametrize("at", [3, -1])
async def test_a_fork_needs_the_turn_to_be_there(sessions: Sessions, at: int) -> None:
    session = await sessions.create("s")
    await session.add_turn(turn(1))
    with pytest.raises(UsageError, match=rf"^the session 's' has 1 turns, so that it cannot be forked after {at}$"):
        await sessions.fork("s", turn=at)


async def test_a_fork_has_a_copy_of_the_state(sessions: Sessions, store: Store) -> None:
    await sessions.create("s")
    await store.write(namespace("session", "s"), [Put("a", 1), Put("b", 2, ttl=1000)])
    await sessions.fork("s", "f")
    copied = await store.scan(namespace("session", "f"))
    assert [(entry.key, entry.value, entry.expires is None) for entry in copied] == [("a", 1, True), ("b", 2, False)]


async def test_a_fork_that_cannot_be_leaves_nothing_behind(sessions: Sessions, store: Store) -> None:
    await sessions.create("s")
    await store.write(namespace("session", "s"), [Put("a", 1)])
    await sessions.create("taken")
    with pytest.raises(LlmspellError, match=r"^there is a session 'taken' already$"):
        await sessions.fork("s", "taken")
    assert await store.namespaces() == [namespace("session", "s")]


async def test_a_copy_of_the_state_is_taken_back_when_what_follows_fails(store: Store) -> None:
    """As when another process was quicker to begin a session of that id."""
    await store.write(namespace("session", "s"), [Put("a", 1)])
    kept = await KeptState.of(store, "s")

    async def late() -> None:
        async with kept.written_for("f"):
            assert await store.get(namespace("session", "f"), "a") is not None
            raise RuntimeError("too late")

    with pytest.raises(RuntimeError, match=r"^too late$"):
        await late()
    assert await store.namespaces() == [namespace("session", "s")]


async def test_a_fork_never_writes_over_the_state_of_another(sessions: Sessions, store: Store) -> None:
    await sessions.create("s")
    await store.write(namespace("session", "s"), [Put("a", 1)])
    await store.write(namespace("session", "f"), [Put("a", "old")])
    with pytest.raises(LlmspellError, match=r"^there is state of a session 'f' already$") as caught:
        await sessions.fork("s", "f")
    assert caught.value.hint == "choose another id; to see it, type: llmspell state list --session f"
    assert (await sessions.list()).sessions[0].id == "s"


async def test_a_session_is_deleted_with_its_state(sessions: Sessions, store: Store) -> None:
    session = await sessions.create("s")
    await session.add_turn(turn(1))
    await store.write(namespace("session", "s"), [Put("a", 1)])
    await sessions.delete("s")
    assert (await store.streams(), await store.namespaces()) == ([], [])
    assert (await sessions.create("s")).history == ()
