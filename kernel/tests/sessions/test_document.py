"""A session as a document, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.tests.sessions.kit import turn

from llmspell.config.structure import fit
from llmspell.errors import LlmspellError, UsageError
from llmspell.message import Message, ToolCall, Usage
from llmspell.result import CallRecord
from llmspell.sessions import About, Archive, ArtifactRef, Sessions, Turn
from llmspell.sessions.document import export_session, import_session
from llmspell.sessions.records import to_data
from llmspell.state import namespace
from llmspell.store import Put, Store
from llmspell.values import dumps, loads


async def made(sessions: Sessions, store: Store) -> None:
    session = await sessions.create("s", About("tides", ("sea",), "ann", {"n": [1]}))
    await session.add_artifact(ArtifactRef("early", 1, "d0", "text/plain", 1))
    await session.add_turn(turn(1))
    await session.add_artifact(ArtifactRef("late", 1, "d1", "text/plain", 1))
    await session.add_turn(turn(2))
    await store.write(namespace("session", "s"), [Put("a", {"x": b"\x00"}), Put("b", 1, ttl=1000)])


async def test_what_was_exported_can_be_imported(sessions: Sessions, archive: Archive, store: Store) -> None:
    await made(sessions, store)
    before = await sessions.open("s")
    artifacts = await before.artifacts()
    document = loads(dumps(await export_session(sessions, "s", archive.redactor)))
    await sessions.delete("s")
    await import_session(sessions, store, document)
    after = await sessions.open("s")
    assert after.info.about == before.info.about
    assert (after.history, await after.turns(), await after.artifacts()) == (
        before.history,
        [turn(1), turn(2)],
        artifacts,
    )
    assert (after.info.created, after.info.usage, after.info.cost) == (before.info.created, Usage(20, 10), 0.5)
    kept = await store.scan(namespace("session", "s"))
    assert [(entry.key, entry.value) for entry in kept] == [("a", {"x": b"\x00"}), ("b", 1)]
    again = await export_session(sessions, "s", archive.redactor)
    assert {**again, "state": 0} == {**document, "state": 0}


async def test_an_import_may_have_another_id(sessions: Sessions, archive: Archive, store: Store) -> None:
    await made(sessions, store)
    document = await export_session(sessions, "s", archive.redactor)
    with pytest.raises(LlmspellError, match=r"^there is a session 's' already$"):
        await import_session(sessions, store, document)
    assert (await import_session(sessions, store, document, "t")).id == "t"
    assert len(await store.scan(namespace("session", "t"))) == 2


async def test_an_export_has_no_secret(sessions: Sessions, archive: Archive, store: Store) -> None:
    await sessions.create("s")
    await store.write(namespace("session", "s"), [Put("a", "the-secret-of-the-tests")])
    assert (await export_session(sessions, "s", archive.redactor))["state"] == {"a": {"value": "[redacted]"}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "llmspell.session/9"}, r"its schema is 'llmspell\.session/9', not 'llmspell\.session/1'$"),
        ({"tunrs": []}, r"^this is not a session: `tunrs` is not known; did you mean 'turns'\?$"),
        ({"turns": [{"number": 2, "asked": "x"}]}, r"its turn 1 says that it is number 2$"),
        (
            {"turns": [{"number": 1, "asked": "x", "messages": [{"role": "tool", "tool_call_id": "c"}]}]},
            r"in turn 1, the history has the answer of the call 'c' without the call$",
        ),
        ({"artifacts": [{**to_data(ArtifactRef("a", 1, "d", "t", 1, 5))}]}, r"the artifact 'a' is of turn 5$"),
        ({"about": {"title": 5}}, r"`about\.title` must be a string, found 5$"),
    ],
)
async def test_what_is_no_session_is_refused(
    sessions: Sessions, store: Store, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        await import_session(sessions, store, {"schema": "llmspell.session/1", "id": "s", **change})
    assert await store.streams() == []


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ("llmspell.session/2", "pip install --upgrade llmspell"),
        ("llmspell.run/1", "give what `sessions export` wrote"),
        (None, "give what `sessions export` wrote"),
    ],
)
async def test_what_was_exported_by_a_later_version_says_how_to_read_it(
    sessions: Sessions, store: Store, schema: str | None, hint: str
) -> None:
    with pytest.raises(UsageError, match=r"^this is not a session: its schema is ") as caught:
        await import_session(sessions, store, {"schema": schema, "id": "s"})
    assert caught.value.hint == hint


texts = st.text(max_size=20)
data = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
calls = st.builds(ToolCall, texts, texts, texts)
messages = st.builds(
    Message, st.sampled_from(["user", "assistant", "tool"]), texts, st.lists(calls, max_size=2).map(tuple), texts
)
turns = st.builds(
    Turn,
    number=st.integers(1),
    asked=texts,
    messages=st.lists(messages, max_size=3).map(tuple),
    calls=st.lists(st.builds(CallRecord, texts, texts, data, data), max_size=2).map(tuple),
    output=data,
    cost=st.none() | st.floats(0, 10),
    usage=st.builds(Usage, st.integers(0), st.integers(0)),
)


@given(turns)
def test_a_turn_survives_being_written(given_turn: Turn) -> None:
    assert fit(loads(dumps(to_data(given_turn))), Turn) == given_turn
