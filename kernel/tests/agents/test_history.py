"""What of a conversation goes along with a handoff, and what makes a conversation whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Speaker

from llmspell.agents.history import NOT_RUN, answered, check_whole, filtered, groups, last, last_said
from llmspell.errors import UsageError
from llmspell.message import Message, ToolCall
from llmspell.result import HandoffRequest

ASKED, DONE = Message("user", "one"), Message("assistant", "done")
CALLED = Message("assistant", "", (ToolCall("x", "add", "{}"), ToolCall("y", "add", "{}")))
X, Y = Message("tool", "1", (), "x"), Message("tool", "2", (), "y")
SAID = (ASKED, CALLED, X, Y, DONE, Message("user", "two"))


@pytest.mark.parametrize(
    ("history", "goes"),
    [
        ("all", SAID),
        ("none", ()),
        (0, ()),
        (1, SAID[-1:]),
        (2, SAID[-2:]),
        (3, SAID[-2:]),  # it would begin with answers whose call is left out
        (4, SAID[-2:]),
        (5, SAID[1:]),
        (99, SAID),
    ],
)
async def test_the_history_goes_along_as_far_as_it_is_wished(history: str | int, goes: tuple[Message, ...]) -> None:
    assert tuple(await filtered(SAID, history)) == goes


async def test_a_filter_may_be_a_function_that_waits_or_not() -> None:
    async def later(messages: Sequence[Message]) -> Sequence[Message]:
        return messages[-1:]

    assert await filtered(SAID, lambda messages: messages[:1]) == (ASKED,)
    assert await filtered(SAID, later) == SAID[-1:]


@pytest.mark.parametrize("history", ["al", "", -1, True, 1.5, None])
async def test_a_filter_that_means_nothing_is_refused(history: Any) -> None:
    wrong = r"^the history of a handoff is 'all', 'none', a number of messages or a function, not "
    with pytest.raises(UsageError, match=wrong):
        await filtered(SAID, history)


async def test_a_handoff_with_such_a_filter_fails(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b", history="al"))
    tested.add(first, Speaker("b", "never"))
    with pytest.raises(UsageError, match=r", not 'al'$"):
        await tested.ask(first)


async def test_a_function_must_not_divide_a_call_from_its_answer() -> None:
    with pytest.raises(UsageError, match=r"^the history has the call 'y' without its answer$"):
        await filtered(SAID, lambda messages: messages[:3])


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ((X,), "the answer of the call 'x' without the call"),
        ((CALLED, X, X, Y), "the answer of the call 'x' without the call"),
        ((CALLED, X, DONE, Y), "the call 'y' without its answer"),
        ((CALLED,), "the call 'x' without its answer"),
        ((CALLED, X), "the call 'y' without its answer"),
    ],
)
def test_a_conversation_is_whole_when_every_call_is_followed_by_its_answer(
    messages: tuple[Message, ...], problem: str
) -> None:
    check_whole(SAID)
    with pytest.raises(UsageError, match=rf"^the history has {problem}$"):
        check_whole(messages)


def test_what_is_missing_at_the_end_of_a_conversation_is_an_answer_to_each_open_call() -> None:
    for cut in (2, 3, 4):
        said = SAID[:cut]
        check_whole((*said, *answered(said, NOT_RUN)))
    assert answered(SAID[:3], NOT_RUN) == (Message("tool", "Not run: a limit was reached.", (), "y"),)
    assert answered(SAID, NOT_RUN) == answered((), NOT_RUN) == ()


def test_a_call_and_its_answers_are_one_group() -> None:
    assert [len(group) for group in groups(SAID)] == [1, 3, 1, 1]
    assert list(groups(())) == []


def test_the_last_of_no_messages_is_none() -> None:
    assert (tuple(last((X, Y), 2)), last_said((DONE,)), last_said(SAID)) == ((), None, "two")
