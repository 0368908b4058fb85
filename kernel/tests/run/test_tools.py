"""Calling a tool through a run: off the event loop, within its time, and whatever it raises."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from llmspell.context import Context
from llmspell.errors import LlmspellError, ProviderError, TimedOut, ToolFailed, UsageError
from llmspell.kernel import RunOptions
from llmspell.testing import ScriptedModel, Text
from llmspell.tool import Tool, as_text

from .kit import ANYTHING, Spy, call, events, kinds, open_run, parrot, request


class Sync(Tool):
    """A sync tool, in a thread unless `quick`."""

    name = "sync"
    description = "Does what it is told."
    parameters = ANYTHING

    def __init__(self, function: Callable[[dict[str, Any], Context], Any], *, quick: bool = False) -> None:
        self._function = function
        self.quick = quick

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        return self._function(arguments, context)


async def test_a_tool_answers_and_the_events_show_it() -> None:
    run = open_run()
    assert await call(run, Spy({"n": 1}), x=2) == {"n": 1}
    started, finished = events(run)
    assert started.data == {"name": "spy", "request": {"x": 2}}
    assert finished.data["output"] == {"n": 1}


async def test_wrong_arguments_are_told_before_anything_starts() -> None:
    tool = Spy()
    tool.parameters = {"type": "object", "required": ["x"]}
    run = open_run()
    with pytest.raises(UsageError, match="tool:spy got wrong arguments"):
        await call(run, tool)
    assert len(run.log) == 0
    assert tool.calls == []


@pytest.mark.parametrize("quick", [False, True])
async def test_a_sync_tool_runs_in_a_thread_unless_it_is_quick(quick: bool) -> None:
    threads: list[threading.Thread] = []

    def note(arguments: Any, context: Any) -> str:
        threads.append(threading.current_thread())
        return "noted"

    assert await call(open_run(), Sync(note, quick=quick)) == "noted"
    assert (threads[0] is threading.main_thread()) is quick


async def test_a_sync_tool_may_return_something_to_await() -> None:
    async def later() -> str:
        return "later"

    assert await call(open_run(), Sync(lambda arguments, context: later())) == "later"


async def test_a_slow_sync_tool_holds_up_nothing_else() -> None:
    def slow(arguments: Any, context: Any) -> None:
        time.sleep(0.3)

    run = open_run()
    slow_call = asyncio.create_task(call(run, Sync(slow)))
    await asyncio.sleep(0.01)
    assert await call(run, Spy("quick")) == "quick"
    assert not slow_call.done()
    await slow_call


@pytest.mark.parametrize("error", [ValueError("no"), OSError("no"), AssertionError("no"), TimeoutError("no")])
@pytest.mark.parametrize("quick", [None, False, True])
async def test_whatever_a_tool_raises_is_its_failure(error: Exception, quick: bool | None) -> None:
    def fail(arguments: Any, context: Any) -> None:
        raise error

    tool = Spy(error, name="sync") if quick is None else Sync(fail, quick=quick)
    run = open_run()
    with pytest.raises(ToolFailed, match=f"^tool 'sync' failed: {type(error).__name__}: no$") as raised:
        await call(run, tool)
    assert raised.value.__cause__ is error
    assert raised.value.component == "tool:sync"
    assert kinds(run) == ["tool.started", "tool.failed"]


@pytest.mark.parametrize("quick", [False, True])
async def test_a_tool_that_runs_out_of_an_iterator_fails_at_once(quick: bool) -> None:
    def exhausted(arguments: Any, context: Any) -> Any:
        return next(iter([]))

    with pytest.raises(ToolFailed, match="StopIteration"):
        await asyncio.wait_for(call(open_run(), Sync(exhausted, quick=quick)), 5)


async def test_a_tools_own_error_of_ours_is_kept_and_gets_its_component() -> None:
    error = ProviderError("upstream", kind="network", retryable=True)
    with pytest.raises(ProviderError) as raised:
        await call(open_run(), Spy(error))
    assert raised.value is error
    assert error.component == "tool:spy"
    other = LlmspellError("mine", component="tool:other")
    with pytest.raises(LlmspellError):
        await call(open_run(), Spy(other))
    assert other.component == "tool:other"


@pytest.mark.parametrize("sync", [False, True])
async def test_a_tool_that_takes_too_long_is_stopped(sync: bool) -> None:
    release = threading.Event()

    async def endless(arguments: Any, context: Any) -> None:
        await asyncio.sleep(30)

    tool = Sync(lambda arguments, context: release.wait(30)) if sync else Spy(endless, name="sync")
    tool.timeout = 0.05
    with pytest.raises(TimedOut, match=r"^tool 'sync' took longer than 0\.05 seconds$") as raised:
        await call(open_run(), tool)
    assert raised.value.component == "tool:sync"
    release.set()


async def test_a_sync_tool_tells_events_from_its_thread_in_order() -> None:
    def count(arguments: Any, context: Context) -> str:
        for number in range(500):
            context.event("mine.progress", {"n": number})
        return "counted"

    run = open_run()
    subscription = run.log.subscribe("mine.*", limit=10_000)
    heard_in: set[threading.Thread] = set()
    run.log.observe(lambda _: heard_in.add(threading.current_thread()))
    await asyncio.gather(*(call(run, Sync(count)) for _ in range(4)))
    assert [event.seq for event in run.log] == list(range(1, len(run.log) + 1))
    for path in {event.path for event in run.log}:
        own = [event for event in run.log if event.path == path]
        assert [event.data["n"] for event in own[1:-1]] == list(range(500))
        assert (own[0].kind, own[-1].kind) == ("tool.started", "tool.finished")
    run.log.close()
    assert len([event async for event in subscription]) == 2000
    assert heard_in == {threading.current_thread()}


async def test_an_event_from_a_thread_wakes_its_reader() -> None:
    release = threading.Event()

    def tell_and_wait(arguments: Any, context: Context) -> None:
        context.event("mine.progress", {})
        release.wait(30)

    run = open_run()
    subscription = run.log.subscribe("mine.*")
    running = asyncio.create_task(call(run, Sync(tell_and_wait)))
    event = await asyncio.wait_for(subscription.next(), 10)
    assert event is not None
    release.set()
    await running


async def test_a_tool_may_use_models_tools_agents_and_files_below_itself() -> None:
    from llmspell.agent import AgentInput

    async def busy(arguments: Any, context: Context) -> str:
        context.event("mine.note", {"a": 1})
        assert context.capabilities("scripted/m").tools
        assert context.files.roots == (context.run.project,)
        told = await context.complete("scripted/m", request())
        tool = context.find_tool("helper")
        helped = await context.call_tool(tool, {})
        reply = await context.run_agent(parrot(), AgentInput("hi"))
        return f"{told.message.content} {helped} {reply.text}"

    run = open_run(ScriptedModel(Text("said")))
    run.tools.add(Spy("helped", name="helper"))
    assert run.find_tool("helper").name == "helper"
    assert await call(run, Spy(busy)) == "said helped hi"
    assert {event.path for event in run.log} == {
        "run/tool:spy",
        "run/tool:spy/llm",
        "run/tool:spy/tool:helper",
        "run/tool:spy/agent:parrot",
    }


def test_a_tool_shows_itself_to_a_model() -> None:
    spec = Spy().spec()
    assert (spec.name, spec.description, spec.parameters) == ("spy", "Tells what it was asked.", ANYTHING)


@pytest.mark.parametrize(
    ("output", "text"),
    [("words", "words"), (None, ""), ({"é": [1]}, '{"é": [1]}'), ({"x": {1}}, '{"x": "{1}"}'), (False, "false")],
)
def test_a_model_reads_an_answer_as_text(output: Any, text: str) -> None:
    assert as_text(output) == text


async def test_an_event_of_a_thread_with_a_loop_of_its_own_comes_on_the_runs_loop() -> None:
    heard: list[threading.Thread] = []

    def work(arguments: Any, context: Context) -> str:
        async def inner() -> None:
            context.event("mine.note", {})

        asyncio.run(inner())
        return "done"

    run = open_run(options=RunOptions(observers=(lambda event: heard.append(threading.current_thread()),)))
    await call(run, Sync(work))
    assert set(heard) == {threading.current_thread()}
