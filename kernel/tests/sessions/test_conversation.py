"""Agents' turns in a session, in real runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from kernel.tests.agents.kit import Bench, Speaker

from llmspell.errors import LlmspellError, UsageError
from llmspell.message import Message
from llmspell.result import HandoffRequest
from llmspell.sessions import Conversation, Sessions
from llmspell.testing import Calls, Delay, Fail, Text

MakeBench = Callable[..., Bench]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[MakeBench]:
    made: list[Bench] = []

    def make(*steps: Any, **options: Any) -> Bench:
        made.append(Bench(tmp_path, *steps, sets=("store.sqlite.path=store.db",), **options))
        return made[-1]

    yield make
    for each in made:
        await each.close()
        each.model.assert_complete()


async def opened(bench: Bench, name: str = "s") -> Conversation:
    return Conversation(bench.run, await Sessions.of(bench.run).resume(name))


def roles(messages: tuple[Message, ...]) -> list[str]:
    return [message.role for message in messages]


async def test_a_conversation_goes_on_in_another_run(bench: MakeBench) -> None:
    """The model gets all that was said, calls and results included, just as in the first run."""
    first = bench(Calls(("calculator", {"expression": "6*7"})), Text("It is 42."), Text("Still 42."))
    agent = first.llm("desk", tools=("calculator",), system="Be brief.")
    conversation = await opened(first)
    await conversation.send(agent, "What is 6*7?")
    await conversation.send(agent, "And now?")
    second = bench(Text("42, as I said."))
    again = await opened(second)
    reply = await again.send(second.llm("desk", tools=("calculator",), system="Be brief."), "Once more?")
    assert (reply.text, roles(tuple(reply.messages))) == ("42, as I said.", ["user", "assistant"])
    [request] = second.model.requests
    before = first.model.requests[-1].messages
    assert request.messages[: len(before)] == before
    assert roles(tuple(request.messages)) == [
        *("system", "user", "assistant", "tool", "assistant", "user", "assistant"),
        "user",
    ]
    assert again.session.info.turns == 3


async def test_a_turn_keeps_its_calls_usage_and_times(bench: MakeBench) -> None:
    b = bench(Calls(("calculator", {"expression": "6*7"})), Text("It is 42."))
    conversation = await opened(b)
    await conversation.send(b.llm("desk", tools=("calculator",)), "What is 6*7?")
    [turn] = await conversation.session.turns()
    assert (turn.asked, turn.agent, turn.input, turn.stop_reason) == ("desk", "desk", "What is 6*7?", "completed")
    assert turn.usage.total_tokens == 30
    assert [(call.name, call.arguments, call.error) for call in turn.calls] == [
        ("calculator", {"expression": "6*7"}, None)
    ]
    assert turn.time > 1.7e9
    assert turn.duration > 0


async def test_a_failed_turn_leaves_the_history_valid_and_says_so(bench: MakeBench) -> None:
    """Also one that fails after a call: no call stays without its answer."""
    b = bench(Text("one"), Calls(("calculator", {"expression": "1+1"})), Fail(401), Text("three"))
    agent = b.llm("desk", tools=("calculator",))
    conversation = await opened(b)
    await conversation.send(agent, "a")
    with pytest.raises(LlmspellError):
        await conversation.send(agent, "b")
    reply = await conversation.send(agent, "c")
    assert reply.text == "three"
    kept = await conversation.session.turns()
    assert [(turn.number, turn.stop_reason, len(turn.messages)) for turn in kept] == [
        (1, "completed", 2),
        (2, "error", 0),
        (3, "completed", 2),
    ]
    assert kept[1].error is not None
    assert kept[1].error["kind"] == "authentication"
    assert [message.content for message in conversation.session.history] == ["a", "one", "c", "three"]


async def test_a_cancelled_turn_leaves_the_history_valid_and_says_so(bench: MakeBench) -> None:
    b = bench(Text("one"), Delay(30, Text("late")))
    agent = b.llm("desk")
    conversation = await opened(b)
    await conversation.send(agent, "a")
    task = asyncio.create_task(conversation.send(agent, "b"))
    while len(b.model.requests) < 2:  # noqa: ASYNC110 the model tells nobody that it was asked
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    again = await Sessions.of(b.run).open("s")
    assert [turn.stop_reason for turn in await again.turns()] == ["completed", "cancelled"]
    assert [message.content for message in again.history] == ["a", "one"]


async def test_one_turn_at_a_time(bench: MakeBench) -> None:
    b = bench(Delay(0.05, Text("one")))
    agent = b.llm("desk")
    conversation = await opened(b)
    first = asyncio.create_task(conversation.send(agent, "a"))
    await asyncio.sleep(0)
    with pytest.raises(LlmspellError, match=r"^the session 's' is still answering$") as caught:
        await conversation.send(agent, "b")
    assert caught.value.kind == "conflict"
    await first
    assert conversation.session.info.turns == 1


async def test_whoever_comes_second_is_told_before_a_model_is_asked(bench: MakeBench) -> None:
    b = bench(Text("mine"))
    agent = b.llm("desk")
    first, second = await opened(b), await opened(b)
    await first.send(agent, "a")
    with pytest.raises(LlmspellError, match=r"somebody else has gone on with it$"):
        await second.send(agent, "b")


async def test_an_answer_that_comes_too_late_is_not_lost_to_its_caller(bench: MakeBench) -> None:
    """Two runs ask at the same time: one turn is kept, and the other's answer is in the error."""
    b = bench(Delay(0.1, Text("slow")), Text("quick"))
    agent = b.llm("desk")
    first, second = await opened(b), await opened(b)
    slow = asyncio.create_task(first.send(agent, "a"))
    while not b.model.requests:  # noqa: ASYNC110 as above
        await asyncio.sleep(0.001)
    await second.send(agent, "b")
    with pytest.raises(LlmspellError, match=r"somebody else has gone on with it$") as caught:
        await slow
    assert caught.value.details["answer"] == "slow"
    kept = await (await Sessions.of(b.run).open("s")).turns()
    assert [turn.input for turn in kept] == ["b"]


async def test_the_one_that_took_over_goes_on_in_another_run(bench: MakeBench) -> None:
    """A handoff lasts as long as the session: A hands over to B, and B answers from then on."""
    for expected in ("of b: 1", "of b: 2"):
        run = bench()
        b = Speaker("b", lambda request, _: f"of b: {len(request.history) // 2 + 1}")
        a = Speaker("a", HandoffRequest("b", history="none"))
        run.add(a, b)
        conversation = await opened(run)
        reply = await conversation.send(a, "hello")
        assert (reply.agent, reply.text) == ("b", expected)
    assert [(turn.asked, turn.agent) for turn in await conversation.session.turns()] == [("a", "b"), ("a", "b")]


async def test_who_took_over_must_be_there_in_the_next_run(bench: MakeBench) -> None:
    run = bench()
    a = Speaker("a", HandoffRequest("specialist"))
    run.add(a, Speaker("specialist", "here"))
    await (await opened(run)).send(a, "hello")
    other = bench()
    other.add(a)
    with pytest.raises(UsageError, match=r"^no agent named 'specialist' was created or is installed"):
        await (await opened(other)).send(a, "again")


async def test_tools_of_a_turn_have_the_state_of_its_session(bench: MakeBench) -> None:
    """Two sessions that answer at once do not see each other's."""
    b = bench()

    async def count(_: Any, context: Any) -> str:
        await asyncio.sleep(0.01)
        return str(await context.state("session").update("n", lambda n: (n or 0) + 1))

    agent = Speaker("desk", count)
    one, two = await opened(b, "one"), await opened(b, "two")
    await one.send(agent, "x")
    replies = await asyncio.gather(one.send(agent, "x"), two.send(agent, "x"))
    assert [reply.text for reply in replies] == ["2", "1"]


async def test_a_secret_that_was_said_is_not_said_again(bench: MakeBench) -> None:
    """The next turn begins with what is kept, in this run as in any other."""
    secret = "sk-abcdefghijklmnopqrstuvwxyz0123456789"
    b = bench(Text("I keep it."), Text("No."))
    agent = b.llm("desk")
    conversation = await opened(b)
    await conversation.send(agent, f"my key is {secret}")
    await conversation.send(agent, "what was it?")
    assert [message.content for message in b.model.requests[1].messages] == [
        "my key is [redacted]",
        "I keep it.",
        "what was it?",
    ]


async def test_the_log_tells_of_turns(bench: MakeBench) -> None:
    b = bench(Text("one"))
    conversation = await opened(b)
    await conversation.send(b.llm("desk"), "a")
    [event] = b.run.log.history("session.turn")
    assert dict(event.data) == {"session": "s", "turn": 1, "agent": "desk", "stop_reason": "completed"}
