"""Messages that share what there was before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llmspell.events.redacted import redacted
from llmspell.export import plain
from llmspell.message import Message
from llmspell.messages import Messages

TEXTS = st.lists(st.text(max_size=2), max_size=6)


def said(texts: list[str]) -> tuple[Message, ...]:
    return tuple(Message("user", text) for text in texts)


@given(TEXTS, TEXTS, TEXTS)
def test_they_are_as_a_tuple_of_the_same_whatever_others_add(
    first: list[str], left: list[str], right: list[str]
) -> None:
    begin = Messages(said(first))
    one, other = begin.plus(*said(left)), begin.plus(*said(right))
    for found, expected in ((begin, first), (one, first + left), (other, first + right)):
        assert tuple(found) == found[:] == said(expected)
        assert found == said(expected)
        assert said(expected) == found
        assert len(found) == len(expected)
        assert hash(found) == hash(said(expected))


@given(TEXTS, st.slices(6))
def test_they_are_cut_as_a_tuple_is(texts: list[str], cut: slice) -> None:
    messages = Messages(said(texts))
    grown = messages.plus(Message("assistant", "more"))
    assert messages[cut] == said(texts)[cut]
    assert grown[-1].content == "more"
    assert messages[-1:] == said(texts)[-1:]


def test_different_ones_are_different() -> None:
    assert Messages(said(["a"])) != Messages(said(["b"]))
    assert Messages(said(["a"])) != said(["a", "b"])
    assert Messages(said(["a"])) == Messages(said(["a"]))


def test_they_can_be_added_to_as_tuples_can() -> None:
    assert Messages(said(["a"])) + said(["b"]) == said(["a", "b"])
    assert said(["a"]) + Messages(said(["b"])) == said(["a", "b"])


def test_adding_takes_no_copy_of_what_was_there() -> None:
    messages = Messages(said(["a"] * 1000))
    grown = messages.plus(Message("user", "b"))
    assert grown._shared is messages._shared


def test_observers_see_them_without_secrets() -> None:
    shown = redacted({"messages": Messages(said(["key=hunter2"]))}, lambda text: text.replace("hunter2", "***"))
    assert shown["messages"] == said(["key=***"])


def test_they_are_written_as_a_list() -> None:
    assert [message["content"] for message in plain(Messages(said(["a", "b"])))] == ["a", "b"]
