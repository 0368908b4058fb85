"""The scripted model plays its steps, and complains about every request that has none."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any

import pytest

from llmspell.errors import Cancelled, ProviderError, UsageError
from llmspell.message import (
    Delta,
    FinishDelta,
    Message,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolSpec,
    Usage,
)
from llmspell.provider import fold
from llmspell.testing import (
    Calls,
    Cut,
    Delay,
    Fail,
    Loop,
    ScriptedModel,
    Step,
    Text,
    Trickle,
    UnexpectedRequest,
    UnusedSteps,
)


def quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


def ask(*messages: Message, tools: tuple[ToolSpec, ...] = (), timeout: float = 5.0) -> ModelRequest:
    return ModelRequest("any", messages or (Message("user", "hi"),), tools, timeout=timeout)


async def deltas(model: ScriptedModel, request: ModelRequest | None = None) -> list[Delta]:
    return [delta async for delta in model.stream(request or ask(), quiet)]


async def test_each_request_gets_the_next_step() -> None:
    with ScriptedModel(Text("one"), Text("two")) as model:
        answers = [(await model.complete(ask(), quiet)).message.content for _ in range(2)]
    assert answers == ["one", "two"]


async def test_the_requests_are_kept_in_order() -> None:
    model = ScriptedModel(Text("a"), Text("b"))
    first, second = ask(Message("user", "1")), ask(Message("user", "2"))
    await model.complete(first, quiet)
    await deltas(model, second)
    assert model.requests == [first, second]


async def test_a_request_without_a_step_says_what_was_asked() -> None:
    model = ScriptedModel(Text("only"))
    await model.complete(ask(), quiet)
    with pytest.raises(UnexpectedRequest, match=r"'scripted' has 1 steps and got request 2.*'and now\?'"):
        await model.complete(ask(Message("user", "and now?")), quiet)


async def test_a_swallowed_unexpected_request_is_told_again_at_the_end() -> None:
    model = ScriptedModel()
    with contextlib.suppress(UnexpectedRequest):
        await deltas(model)
    with pytest.raises(UnexpectedRequest, match="got request 1"):
        model.assert_complete()


def test_an_unused_step_is_an_error_at_the_end() -> None:
    with (
        pytest.raises(UnusedSteps, match=r"got 0 requests; unused steps: .*never said"),
        ScriptedModel(Text("never said")),
    ):
        pass


def test_the_blocks_own_error_is_not_hidden_by_unused_steps() -> None:
    with pytest.raises(ZeroDivisionError), ScriptedModel(Text("never said")):
        raise ZeroDivisionError


async def test_a_function_step_sees_the_request() -> None:
    model = ScriptedModel(lambda request: Text(request.messages[-1].content.upper()))
    assert (await model.complete(ask(Message("user", "loud")), quiet)).message.content == "LOUD"


async def test_repeat_begins_again_after_the_last_step() -> None:
    with ScriptedModel(Text("a"), Text("b"), repeat=True) as model:
        answers = [(await model.complete(ask(), quiet)).message.content for _ in range(3)]
    assert answers == ["a", "b", "a"]


def test_repeating_nothing_is_an_error() -> None:
    with pytest.raises(UsageError, match="has no step to repeat"):
        ScriptedModel(repeat=True)


@pytest.mark.parametrize(
    "step",
    [
        Text("some words", chunks=3, usage=Usage(7, 3, 2, 1)),
        Text("", finish_reason="length"),
        Text("abc", chunks=50),
        Calls(("add", {"a": 1, "b": [2, 3]}), ("add", '{"broken'), text="First,"),
        Trickle(0.001, Text("slow", chunks=4)),
        Delay(0.001, Calls(("now", {}))),
    ],
)
async def test_the_stream_folds_to_the_completion(step: Step) -> None:
    model = ScriptedModel(step, step)
    assert await fold(model.stream(ask(), quiet)) == await model.complete(ask(), quiet)


async def test_text_comes_in_as_many_pieces_as_asked() -> None:
    pieces = await deltas(ScriptedModel(Text("abcdef", chunks=3)))
    assert pieces[:-1] == [TextDelta("ab"), TextDelta("cd"), TextDelta("ef")]


async def test_long_arguments_come_in_pieces_after_the_name() -> None:
    pieces = await deltas(ScriptedModel(Calls(("add", '{"first": 1}'))))
    assert pieces[:-1] == [
        ToolCallDelta(0, "call_1", "add"),
        ToolCallDelta(0, arguments='{"first"'),
        ToolCallDelta(0, arguments=": 1}"),
    ]


async def test_call_ids_count_on_from_the_first() -> None:
    step = Calls(("a", {}), ("b", {"x": 1}), first_id=7)
    assert (await ScriptedModel(step).complete(ask(), quiet)).message.tool_calls == (
        ToolCall("call_7", "a", "{}"),
        ToolCall("call_8", "b", '{"x": 1}'),
    )


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (401, "authentication", False),
        (404, "unknown_model", False),
        (429, "rate_limited", True),
        (503, "provider", True),
        (400, "provider", False),
    ],
)
async def test_a_status_becomes_the_error_a_provider_would_raise(status: int, kind: str, retryable: bool) -> None:
    with pytest.raises(ProviderError, match=f"fails with status {status}") as caught:
        await ScriptedModel(Fail(status), name="fake").complete(ask(), quiet)
    assert (caught.value.kind, caught.value.retryable) == (kind, retryable)
    assert caught.value.component == "provider:fake"


async def test_an_error_step_raises_that_error() -> None:
    with pytest.raises(Cancelled, match="enough"):
        await deltas(ScriptedModel(Fail(Cancelled("enough"))))


async def test_a_cut_stream_keeps_its_pieces_and_then_fails() -> None:
    stream = aiter(ScriptedModel(Cut(Text("abcd", chunks=4), after=2)).stream(ask(), quiet))
    assert [await anext(stream), await anext(stream)] == [TextDelta("a"), TextDelta("b")]
    with pytest.raises(ProviderError, match="ended its stream before its answer was complete"):
        await anext(stream)


async def test_a_stream_may_break_with_an_error() -> None:
    step = Cut(Text("abcd", chunks=4), after=1, fail=Fail(503))
    with pytest.raises(ProviderError, match="fails with status 503"):
        await ScriptedModel(step).complete(ask(), quiet)


async def test_a_cut_after_the_last_piece_cuts_nothing() -> None:
    assert isinstance((await deltas(ScriptedModel(Cut(Text("ab"), after=2))))[-1], FinishDelta)


async def test_the_requests_timeout_bounds_a_slow_answer() -> None:
    started = time.monotonic()
    with pytest.raises(ProviderError, match=r"scripted/any took longer than 0\.05 seconds") as caught:
        await ScriptedModel(Trickle(0.02, Text("x" * 500, chunks=500))).complete(ask(timeout=0.05), quiet)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < 2


async def test_a_cancelled_request_stops_waiting() -> None:
    task = asyncio.create_task(ScriptedModel(Delay(60, Text("late"))).complete(ask(timeout=90), quiet))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_loop_calls_the_first_tool_and_then_answers() -> None:
    model = ScriptedModel(Loop({"x": 1}, "done"), repeat=True)
    tools = (ToolSpec("first", "", {}), ToolSpec("second", "", {}))
    call = (await model.complete(ask(tools=tools), quiet)).message
    assert call.tool_calls == (ToolCall("call_1", "first", '{"x": 1}'),)
    answered = ask(Message("user", "go"), call, Message("tool", "ok", tool_call_id="call_1"), tools=tools)
    assert (await model.complete(answered, quiet)).message.content == "done"


async def test_a_loop_without_tools_answers_at_once() -> None:
    answer = await ScriptedModel(Loop(text="hello")).complete(ask(), quiet)
    assert answer.message.content == "hello"


async def test_a_completion_names_the_model_that_was_asked() -> None:
    assert (await ScriptedModel(Text("x")).complete(ask(), quiet)).model == "any"


def test_a_scripted_model_can_be_the_default() -> None:
    assert ScriptedModel().default_model() == "model"
