"""Conversations that are made shorter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.run.kit import Spy

from llmspell.agents.chat import Chat
from llmspell.agents.compaction import SUMMARY, Compaction, tokens_of
from llmspell.agents.history import check_whole, last
from llmspell.errors import UsageError
from llmspell.message import Message, ToolCall, Usage
from llmspell.testing.steps import Calls, Text


def turn(number: int, *, calls: int = 0) -> list[Message]:
    made = tuple(ToolCall(f"call_{number}_{each}", "t", "{}") for each in range(calls))
    answers = [Message("tool", "x" * 40, (), call.id) for call in made]
    called = [Message("assistant", "", made), *answers] if made else []
    return [Message("user", f"question {number}"), *called, Message("assistant", f"answer {number}")]


CONVERSATIONS = st.lists(st.integers(0, 3), min_size=1, max_size=12).map(
    lambda calls: tuple(message for number, count in enumerate(calls) for message in turn(number, calls=count))
)


@given(CONVERSATIONS, st.integers(1, 12), st.floats(0.1, 1))
def test_a_call_is_never_divided_from_its_answer(conversation: tuple[Message, ...], limit: int, keep: float) -> None:
    dropped, kept = Compaction(messages=limit, keep=keep).divide(conversation)
    check_whole(kept)
    check_whole(dropped)
    assert kept[-1] == conversation[-1]
    assert any(message.role == "user" for message in kept)
    assert sorted(map(repr, (*dropped, *kept))) == sorted(map(repr, conversation))


@given(CONVERSATIONS, st.integers(0, 20))
def test_a_history_of_the_last_messages_is_whole(conversation: tuple[Message, ...], count: int) -> None:
    kept = last(conversation, count)
    check_whole(kept)
    assert len(kept) <= count


def test_it_is_cut_below_the_limit_so_that_it_then_only_grows_for_a_while() -> None:
    conversation = tuple(message for number in range(10) for message in turn(number))
    _, kept = Compaction(messages=10, keep=0.5).divide(conversation)
    assert [message.content for message in kept] == [
        "answer 7",
        "question 8",
        "answer 8",
        "question 9",
        "answer 9",
    ]


async def test_a_window_drops_the_oldest_and_keeps_the_system_message(bench: MakeBench) -> None:
    tested = bench(*[Text(f"answer {number}") for number in range(4)])
    chat = Chat(tested.run, tested.llm("a", system="S", compaction=Compaction(messages=4)))
    for number in range(4):
        await chat.send(f"question {number}")
    sent = [[message.content for message in request.messages] for request in tested.model.requests]
    assert sent[1] == ["S", "question 0", "answer 0", "question 1"]
    assert sent[2] == ["S", "answer 1", "question 2"]
    assert sent[3] == [*sent[2], "answer 2", "question 3"]
    [event] = tested.run.log.history("agent.compacted")
    assert (event.path, event.data["dropped"], event.data["messages"]) == ("run/agent:a#3", 3, 3)


async def test_tokens_are_those_that_the_provider_counted(bench: MakeBench) -> None:
    counted = Usage(input_tokens=900, output_tokens=200)
    tested = bench(Calls(("spy", {}), usage=counted), Text("done"))
    agent = tested.llm("a", tools=(Spy(),), compaction=Compaction(tokens=1000))
    await tested.ask(agent, "go", history=tuple(turn(1) + turn(2)))
    [event] = tested.run.log.history("agent.compacted")
    assert event.data["tokens_before"] == 1100 + tokens_of([Message("tool", "done")])


async def test_tokens_are_estimated_where_nobody_has_counted(bench: MakeBench) -> None:
    tested = bench(Text("ok"))
    history = (Message("user", "x" * 4000), Message("assistant", "y" * 40))
    await tested.ask(tested.llm("a", compaction=Compaction(tokens=500)), "short", history=history)
    assert [message.content for message in tested.model.requests[0].messages] == ["y" * 40, "short"]


async def test_a_summary_takes_the_place_of_what_is_dropped(bench: MakeBench) -> None:
    tested = bench(Text("They spoke of tides.", usage=Usage(50, 5)), Text("ok"))
    history = tuple(message for number in range(3) for message in turn(number, calls=1))
    compaction = Compaction(messages=6, summary=True, prompt="Sum up.")
    result = await tested.ask(tested.llm("a", system="S", compaction=compaction), "next", history=history)
    asked, then = (request.messages for request in tested.model.requests)
    assert asked[0] == Message("system", "Sum up.")
    assert asked[1].content.startswith("user: question 0\n\nassistant calls t({})\n\ntool: x")
    assert (then[0].content, then[1].content, then[-1].content) == ("S", SUMMARY + "They spoke of tides.", "next")
    assert result.usage.total_tokens == 70
    assert tested.paths("llm.started") == ["run/agent:a/llm", "run/agent:a/llm#2"]


async def test_what_the_user_asked_stays_however_many_tools_follow(bench: MakeBench) -> None:
    calls = [Calls(("spy", {"n": number})) for number in range(6)]
    tested = bench(*calls, Text("done"))
    agent = tested.llm("a", tools=(Spy(),), compaction=Compaction(messages=5))
    assert (await tested.ask(agent, "the question")).text == "done"
    assert all(request.messages[0].content == "the question" for request in tested.model.requests)
    for request in tested.model.requests:
        check_whole(request.messages)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give messages, tokens or both"),
        ({"messages": 0}, "messages must be at least 1, not 0"),
        ({"tokens": -1}, "tokens must be at least 1, not -1"),
        ({"messages": 3, "keep": 0.0}, "keep must be above 0 and at most 1"),
    ],
)
def test_a_compaction_that_means_nothing_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Compaction(**options)
