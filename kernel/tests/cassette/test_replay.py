from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llmspell import hookimpl
from llmspell.agents.delegation import AgentTool
from llmspell.cassette import Recorder, Replayer, ReplayMiss
from llmspell.cassette.file import read, write
from llmspell.errors import LlmspellError, ProviderError, ToolFailed, UsageError
from llmspell.kernel import RunOptions
from llmspell.message import Completion, Delta, Message, ModelRequest, TextDelta
from llmspell.result import HandoffRequest
from llmspell.run import Run
from llmspell.testing import Calls, Cut, Delay, Fail, ScriptedModel, Text
from llmspell.verdicts import Replace

from ..run.kit import Spy, ask, call, open_run, parrot, request
from .kit import record, replay


def asking(*texts: str) -> Any:
    """Work that asks a model these things, one after another."""

    async def work(run: Run) -> list[str]:
        return [(await run.complete("scripted/m", request(text))).message.content for text in texts]

    return work


async def test_a_model_s_answer_is_served_and_nobody_is_asked() -> None:
    cassette = await record(asking("a", "b"), ScriptedModel(Text("one"), Text("two")))
    answers, replayer, _ = await replay(asking("a", "b"), cassette)
    assert answers == ["one", "two"]
    assert (replayer.served, replayer.unused) == (2, [])


async def test_what_the_recorded_run_spent_is_spent_again() -> None:
    cassette = await record(asking("a", "b"), ScriptedModel(Text("one"), Text("two")))
    _, _, run = await replay(asking("a", "b"), cassette)
    assert run.budget.usage.total_tokens == 30
    assert run.budget.counts["model_calls"] == 2


async def test_a_tool_s_answer_is_served_and_the_tool_does_not_run() -> None:
    spy = Spy({"rows": [1, 2.5, b"\xff", float("inf")]})
    cassette = await record(lambda run: call(run, spy, a=1))
    answer, _, _ = await replay(lambda run: call(run, spy, a=1), cassette)
    assert answer == {"rows": [1, 2.5, b"\xff", float("inf")]}
    assert spy.calls == [{"a": 1}]


async def test_a_tool_that_hands_over_does_so_again_with_all_that_goes_along(tmp_path: Path) -> None:
    wish = HandoffRequest("b", "solve", 2, {"ticket": 9}, "beyond me")
    spy = Spy(wish)
    cassette = await record(lambda run: call(run, spy))
    write(tmp_path / "c.json", cassette)
    answer, _, _ = await replay(lambda run: call(run, spy), read(tmp_path / "c.json"))
    assert (answer, len(spy.calls)) == (wish, 1)


async def test_data_that_looks_like_a_recorded_handoff_is_data() -> None:
    spy = Spy({"$handoff": {"target": "b"}})
    cassette = await record(lambda run: call(run, spy))
    answer, _, _ = await replay(lambda run: call(run, spy), cassette)
    assert answer == {"$handoff": {"target": "b"}}


async def test_a_handoff_whose_history_is_a_function_cannot_be_recorded_and_says_so() -> None:
    spy = Spy(HandoffRequest("b", history=lambda messages: messages))
    [exchange] = (await record(lambda run: call(run, spy))).exchanges
    assert exchange.outcome == "error"
    assert "was not recorded, since it is no data" in (exchange.error or {})["message"]


async def test_an_error_of_a_model_comes_back_as_it_was() -> None:
    async def work(run: Run) -> LlmspellError:
        with pytest.raises(ProviderError) as caught:
            await ask(run)
        return caught.value

    cassette = await record(work, ScriptedModel(Fail(429)))
    error, replayer, _ = await replay(work, cassette)
    assert (error.kind, error.retryable, error.component) == ("rate_limited", True, "provider:scripted")
    assert replayer.failure is None


async def test_a_tool_that_raised_raises_again_without_running() -> None:
    spy = Spy(ValueError("no such row"))

    async def work(run: Run) -> None:
        with pytest.raises(ToolFailed, match=r"tool 'spy' failed: ValueError: no such row"):
            await call(run, spy)

    cassette = await record(work)
    await replay(work, cassette)
    assert len(spy.calls) == 1


async def test_a_request_that_was_not_recorded_is_an_error_with_a_diff() -> None:
    cassette = await record(asking("what is the weather in Paris?"), ScriptedModel(Text("fine")))
    with pytest.raises(ReplayMiss) as caught:
        await replay(asking("what is the weather in Rome?"), cassette)
    assert caught.value.kind == "conflict"
    assert caught.value.message.splitlines() == [
        "llm 'scripted/m' at run/llm asks what was not recorded there; the nearest is exchange 1:",
        "  messages[1].content",
        '    - recorded: "what is the weather in Paris?"',
        '    + asked:    "what is the weather in Rome?"',
    ]


async def test_a_call_of_a_tool_that_was_never_called_is_an_error() -> None:
    cassette = await record(asking("a"), ScriptedModel(Text("one")))
    with pytest.raises(ReplayMiss, match=r"^the recording has no call of tool 'spy' at run/tool:spy$"):
        await replay(lambda run: call(run, Spy()), cassette)


async def test_a_call_more_than_was_recorded_is_an_error_that_says_so() -> None:
    cassette = await record(asking("a"), ScriptedModel(Text("one")))
    with pytest.raises(ReplayMiss, match=r"^llm 'scripted/m' at run/llm#2 was not recorded so often; the nearest is"):
        await replay(asking("a", "a"), cassette)


async def test_a_miss_that_is_caught_still_fails_whatever_comes_next() -> None:
    cassette = await record(asking("a"), ScriptedModel(Text("one")))

    async def work(run: Run) -> None:
        with pytest.raises(ReplayMiss):
            await call(run, Spy())
        with pytest.raises(ReplayMiss, match="tool 'spy'"):
            await ask(run)

    _, replayer, _ = await replay(work, cassette)
    assert isinstance(replayer.failure, ReplayMiss)


async def test_lenient_serves_what_was_recorded_in_that_place_and_tells_the_difference() -> None:
    cassette = await record(asking("a"), ScriptedModel(Text("one")))
    answers, replayer, run = await replay(asking("b"), cassette, "lenient")
    [told] = run.log.history("replay.differs")
    assert answers == ["one"]
    assert told.data["differences"] == ["  messages[1].content", '    - recorded: "a"', '    + asked:    "b"']
    assert replayer.failure is None


async def test_lenient_is_as_strict_where_nothing_is_left() -> None:
    cassette = await record(asking("a"), ScriptedModel(Text("one")))
    with pytest.raises(ReplayMiss, match=r"asks what was not recorded there"):
        await replay(asking("b", "c"), cassette, "lenient")


async def test_what_was_recorded_and_is_not_asked_for_is_told() -> None:
    cassette = await record(asking("a", "b"), ScriptedModel(Text("one"), Text("two")))
    _, replayer, _ = await replay(asking("a"), cassette)
    assert [each.path for each in replayer.unused] == ["run/llm#2"]


async def test_calls_at_one_time_may_come_in_another_order() -> None:
    def work(*texts: str) -> Any:
        async def asked(run: Run) -> list[str]:
            made = (run.complete("scripted/m", request(text)) for text in texts)
            return [each.message.content for each in await asyncio.gather(*made)]

        return asked

    def echo(asked: ModelRequest) -> Text:
        return Text(asked.messages[-1].content.upper())

    cassette = await record(work("a", "b", "c"), ScriptedModel(echo, repeat=True))
    answers, replayer, _ = await replay(work("c", "a", "b"), cassette)
    assert (answers, replayer.unused) == (["C", "A", "B"], [])


async def test_the_same_request_twice_gets_each_answer_once_in_order() -> None:
    cassette = await record(asking("a", "a"), ScriptedModel(Text("one"), Text("two")))
    answers, _, _ = await replay(asking("a", "a"), cassette)
    assert answers == ["one", "two"]


async def test_an_answer_that_was_streamed_is_served_as_one_piece() -> None:
    async def work(run: Run) -> list[Delta]:
        heard: list[Delta] = []
        await run.complete("scripted/m", request(), on_delta=heard.append)
        return heard

    cassette = await record(work, ScriptedModel(Text("some words", chunks=4)))
    heard, _, _ = await replay(work, cassette)
    assert heard == [TextDelta("some words")]


async def test_a_stream_that_broke_gives_its_part_again_and_then_the_error() -> None:
    async def work(run: Run) -> list[Delta]:
        heard: list[Delta] = []
        with pytest.raises(ProviderError):
            await run.complete("scripted/m", request(), on_delta=heard.append)
        return heard

    cassette = await record(work, ScriptedModel(Cut(Text("some words", chunks=2), after=1, fail=Fail(500))))
    heard, _, run = await replay(work, cassette)
    assert (heard, run.partial_text) == ([TextDelta("some ")], "some ")


async def test_the_loser_of_a_race_loses_again() -> None:
    async def work(run: Run) -> str:
        slow = asyncio.create_task(run.complete("scripted/m", request("slow")))
        await asyncio.sleep(0)
        fast = await run.complete("scripted/m", request("fast"))
        assert not slow.done()
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        return fast.message.content

    cassette = await record(work, ScriptedModel(Delay(60, Text("late")), Text("first")))
    answer, replayer, _ = await replay(work, cassette)
    assert (answer, replayer.unused) == ("first", [])


async def test_an_agent_as_a_tool_runs_again_on_recorded_answers() -> None:
    tool = AgentTool(parrot())
    cassette = await record(lambda run: call(run, tool, input="hello"))
    answer, replayer, run = await replay(lambda run: call(run, tool, input="hello"), cassette)
    assert answer == "hello"
    assert (replayer.served, replayer.unused) == (0, [])
    assert run.log.history("agent.started")


async def test_what_a_served_tool_had_asked_a_model_is_not_missed() -> None:
    async def consult(arguments: Any, context: Any) -> str:
        return str((await context.complete("scripted/m", request("inside"))).message.content)

    spy = Spy(consult)
    cassette = await record(lambda run: call(run, spy), ScriptedModel(Text("deep")))
    answer, replayer, _ = await replay(lambda run: call(run, spy), cassette)
    assert (answer, replayer.served, replayer.unused) == ("deep", 1, [])


async def test_what_hooks_made_of_a_call_is_part_of_its_recorded_answer() -> None:
    class Hooks:
        @hookimpl
        def post_llm(self, call: Any, result: Any) -> Replace:
            return Replace(Completion(Message("assistant", "polished")))

    cassette = await record(asking("a"), ScriptedModel(Text("raw")), hooks=Hooks())
    answers, _, run = await replay(asking("a"), cassette)
    assert (answers, run.budget.usage.total_tokens) == (["polished"], 15)


async def test_tool_calls_of_a_model_come_back_whole() -> None:
    async def work(run: Run) -> Any:
        return (await run.complete("scripted/m", request())).message.tool_calls

    cassette = await record(work, ScriptedModel(Calls(("add", {"a": 1}), ("add", '{"a":'))))
    calls, _, _ = await replay(work, cassette)
    assert [(each.id, each.name, each.arguments) for each in calls] == [
        ("call_1", "add", '{"a": 1}'),
        ("call_2", "add", '{"a":'),
    ]


async def test_a_run_that_was_stopped_is_recorded_as_far_as_it_came() -> None:
    recorder = Recorder()
    run = open_run(ScriptedModel(Text("one"), Delay(60, Text("two"))), options=RunOptions(journal=recorder))
    await ask(run)
    waiting = asyncio.create_task(ask(run))
    await asyncio.sleep(0.01)
    run.interrupt("enough")
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await run.close()
    cassette = recorder.cassette("work", "cancelled")
    assert [each.outcome for each in cassette.exchanges] == ["answer", "unfinished"]
    with pytest.raises(ReplayMiss, match=r"the recording ends before llm 'scripted/m' at run/llm#2 was answered"):
        await replay(asking("hi", "hi"), cassette)


async def test_an_answer_that_is_no_data_is_told_when_it_is_to_be_served() -> None:
    spy = Spy({"loop": object()})
    cassette = await record(lambda run: call(run, spy))
    with pytest.raises(
        LlmspellError, match=r"the answer of tool 'spy' was not recorded, since it is no data: a object"
    ):
        await replay(lambda run: call(run, spy), cassette)


async def test_the_default_model_is_the_recorded_run_s() -> None:
    async def work(run: Run) -> str:
        return (await run.complete("", request())).message.content

    cassette = await record(work, ScriptedModel(Text("one"), name="alpha"), ScriptedModel(name="beta"))
    assert cassette.model == "alpha/model"
    replayer = Replayer(cassette)
    run = open_run(ScriptedModel(name="alpha"), ScriptedModel(name="aardvark"), options=RunOptions(journal=replayer))
    assert await work(run) == "one"


async def test_a_journal_is_for_one_run() -> None:
    for journal in (Recorder(), Replayer(await record(asking("a"), ScriptedModel(Text("one"))))):
        open_run(options=RunOptions(journal=journal))
        with pytest.raises(UsageError, match=r"one run"):
            open_run(options=RunOptions(journal=journal))
