"""Conversations that grow turn by turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Speaker
from kernel.tests.run.kit import Spy

from llmspell.agents.chat import Chat
from llmspell.errors import LlmspellError, ProviderError, UsageError
from llmspell.message import Message, ModelRequest
from llmspell.result import HandoffRequest, Result
from llmspell.testing.steps import Calls, Delay, Fail, Text


def roles(messages: Sequence[Message]) -> list[str]:
    return [message.role for message in messages]


async def test_a_chat_remembers_what_was_said_as_roles(bench: MakeBench) -> None:
    tested = bench(Calls(("spy", {})), Text("one"), Text("two"))
    chat = Chat(tested.run, tested.llm("a", system="S", tools=(Spy(),)))
    first, second = await chat.send("1"), await chat.send("2")
    assert roles(tested.model.requests[2].messages) == ["system", "user", "assistant", "tool", "assistant", "user"]
    assert roles(chat.history) == ["user", "assistant", "tool", "assistant", "user", "assistant"]
    assert (roles(first.messages), roles(second.messages)) == (
        ["user", "assistant", "tool", "assistant"],
        ["user", "assistant"],
    )


async def test_a_literal_brace_in_a_prompt_is_literal(bench: MakeBench) -> None:
    tested = bench(Text("ok"))
    await Chat(tested.run, tested.llm("a", system="You live in {city}.")).send("Where is {city} {{?")
    assert [message.content for message in tested.model.requests[0].messages] == [
        "You live in {city}.",
        "Where is {city} {{?",
    ]


async def test_a_chat_stays_with_the_one_it_was_handed_over_to(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {})), Text("from b"), Text("b again"))
    first = tested.llm("a", handoffs=("b",), system="I am a.")
    tested.llm("b", system="I am b.")
    chat = Chat(tested.run, first)
    await chat.send("1")
    reply = await chat.send("2")
    assert (reply.agent, chat.agent.name) == ("b", "b")
    assert tested.model.requests[2].messages[0].content == "I am b."
    assert roles(chat.history) == ["user", "assistant", "tool", "assistant", "user", "assistant"]
    chat.reset()
    assert (chat.agent.name, chat.history) == ("a", ())


async def test_a_chat_comes_back_from_one_that_gives_back(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b"), "thanks")
    tested.add(first, Speaker("b", "here", returns=True))
    chat = Chat(tested.run, first)
    assert (await chat.send("1")).text == "thanks"
    assert chat.agent is first


async def test_an_agent_that_is_a_function_is_remembered_too(bench: MakeBench) -> None:
    tested = bench()
    speaker = Speaker("a", "one", "two")
    chat = Chat(tested.run, speaker)
    await chat.send("1")
    await chat.send("2")
    assert [message.content for message in speaker.asked[1].conversation()] == ["1", "one", "2"]
    assert [message.content for message in chat.history] == ["1", "one", "2", "two"]


async def test_a_fork_goes_its_own_way(bench: MakeBench) -> None:
    tested = bench()
    chat = Chat(tested.run, Speaker("a", "yes"))
    await chat.send("1")
    fork = chat.fork()
    await fork.send("2")
    assert (len(chat.history), len(fork.history)) == (2, 4)


async def test_a_fork_is_answered_by_whoever_answers_the_chat_and_a_reset_begins_with_the_first(
    bench: MakeBench,
) -> None:
    tested = bench()
    tested.add(Speaker("b", "from b"))
    chat = Chat(tested.run, Speaker("a", HandoffRequest("b"), "from a"))
    await chat.send("1")
    fork = chat.fork()
    assert (await fork.send("2")).agent == "b"
    fork.reset()
    assert (await fork.send("3")).agent == "a"


async def test_what_an_agent_answers_as_data_is_in_the_conversation_as_words(bench: MakeBench) -> None:
    tested = bench()
    chat = Chat(tested.run, Speaker("a", Result(output={"n": 1}), Result("one", {"n": 1}), Result()))
    for text in "123":
        await chat.send(text)
    assert [message.content for message in chat.history] == ["1", '{"n": 1}', "2", "one", "3", ""]


async def test_a_turn_that_fails_leaves_the_chat_as_it_was(bench: MakeBench) -> None:
    tested = bench(Text("one"), Fail(500), Text("two"))
    chat = Chat(tested.run, tested.llm("a"))
    await chat.send("1")
    with pytest.raises(ProviderError):
        await chat.send("2")
    await chat.send("3")
    assert [message.content for message in chat.history] == ["1", "one", "3", "two"]


async def test_a_turn_that_a_limit_ended_leaves_a_conversation_that_can_go_on(bench: MakeBench) -> None:
    tested = bench(Calls(("spy", "{"), finish_reason="length"), Text("two"))
    chat = Chat(tested.run, tested.llm("a", tools=(Spy(),)))
    assert (await chat.send("1")).stop_reason == "budget.max_tokens"
    await chat.send("2")
    assert roles(tested.model.requests[1].messages) == ["user", "assistant", "tool", "user"]


async def test_one_turn_at_a_time(bench: MakeBench) -> None:
    tested = bench(Delay(0.2, Text("one")))
    chat = Chat(tested.run, tested.llm("a"))
    turn = asyncio.create_task(chat.send("1"))
    await asyncio.sleep(0.02)
    with pytest.raises(LlmspellError, match="this chat is still answering"):
        await chat.send("2")
    assert (await turn).text == "one"


async def test_a_chat_does_not_begin_with_half_a_call(bench: MakeBench) -> None:
    tested = bench()
    with pytest.raises(UsageError, match="has the answer of the call 'x' without the call"):
        Chat(tested.run, Speaker("a", "yes"), (Message("tool", "1", (), "x"),))


async def test_what_a_server_is_sent_begins_with_what_it_was_sent_before_byte_for_byte(tmp_path: Path) -> None:
    from llmspell.agent import AgentSpec
    from llmspell.config import load
    from llmspell.kernel import Kernel, RunOptions
    from llmspell.testing import OpenAIServer

    sent: list[str] = []

    async with OpenAIServer(Calls(("spy", {"q": "ü <&>"})), Text("one"), Text("two"), Text("three")) as server:
        sets = [
            f'provider.lab.base_url="{server.base_url}"',
            'provider.lab.plugin="openai"',
            'provider.lab.api_key_env=""',
        ]
        async with Kernel(load(tmp_path, {}, sets), environ={}) as kernel:
            run = kernel.open_run(RunOptions(model="lab/m"))
            chat = Chat(run, run.make_agent("llm", AgentSpec("a", system="S", tools=(Spy(),))))
            for text in ("eins", "zwei", "drei"):
                await chat.send(text)
        sent = [json.dumps(received.body, ensure_ascii=False) for received in server.requests]
    assert len(sent) == 4
    for before, after in pairwise(sent):
        head, bracket, tail = before.partition('], "tools"')
        assert bracket
        assert after.startswith(head)
        assert after.endswith(bracket + tail)


async def test_cpu_per_turn_does_not_grow_with_the_history(bench: MakeBench) -> None:
    unlimited = [f"budget.{name}=1000000000" for name in ("model_calls", "tokens")]
    tested = bench(lambda _: Text("yes"), repeat=True, sets=tuple(unlimited))
    chat = Chat(tested.run, tested.llm("a", system="S"))
    model: Any = tested.model
    model.requests = _Forgotten()

    async def turns(count: int) -> float:
        begin = process_time()
        for _ in range(count):
            await chat.send("and?")
        return process_time() - begin

    await turns(10)
    early = min([await turns(10) for _ in range(5)])
    await turns(900)
    late = min([await turns(10) for _ in range(5)])
    assert late < early * 3, "loosely here; benchmarks/cases/turns.py has the real bound"


class _Forgotten(list[ModelRequest]):
    def append(self, item: ModelRequest) -> None:
        """Keep nothing."""
