"""`on_error` and `on_event` hooks hear what happened, and change nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llmspell import guard, hookimpl, observer
from llmspell.errors import LlmspellError, PermissionDenied, ToolFailed
from llmspell.events import Event
from llmspell.gate import Operation

from ..run.kit import Spy, call, events, kinds, open_run

BROKEN = Spy(ValueError("no"))


async def test_on_error_hears_of_every_failure() -> None:
    heard: list[tuple[str, str]] = []

    class Listening:
        @hookimpl
        def on_error(self, call: Operation, error: LlmspellError) -> None:
            heard.append((call.path, error.kind))

    run = open_run(hooks=Listening())
    with pytest.raises(ToolFailed):
        await call(run, BROKEN)
    with pytest.raises(PermissionDenied):
        await call(run, Spy(needs=("net",)))
    assert heard == [("run/tool:spy", "tool_failed"), ("run/tool:spy#2", "permission")]


async def test_on_error_may_be_async_and_take_only_what_it_needs() -> None:
    heard: list[LlmspellError] = []

    class Listening:
        @hookimpl
        async def on_error(self, error: LlmspellError) -> None:
            await asyncio.sleep(0)
            heard.append(error)

    with pytest.raises(ToolFailed) as raised:
        await call(open_run(hooks=Listening()), BROKEN)
    assert heard == [raised.value]


async def test_on_error_is_not_told_of_a_success_or_a_cancellation() -> None:
    heard: list[Any] = []

    class Listening:
        @hookimpl
        def on_error(self, call: Operation) -> None:
            heard.append(call)

    run = open_run(hooks=Listening())
    await call(run, Spy())

    async def endless(arguments: Any, context: Any) -> None:
        await asyncio.sleep(30)

    task = asyncio.create_task(call(run, Spy(endless)))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == []


@pytest.mark.parametrize("slow", [False, True])
async def test_a_failing_on_error_is_told_and_switched_off(slow: bool) -> None:
    calls: list[int] = []

    class Failing:
        @hookimpl
        @observer(timeout=0.02)
        async def on_error(self) -> None:
            calls.append(1)
            if slow:
                await asyncio.sleep(30)
            raise KeyError("listener")

    run = open_run(hooks=Failing())
    run.hook_failures = 2
    for _ in range(4):
        with pytest.raises(ToolFailed):
            await call(run, BROKEN)
    sentence = "it took longer than 0.02 seconds" if slow else "KeyError: 'listener'"
    assert [event.data for event in events(run, "hook.failed")] == [
        {"hook": "test.on_error", "guard": False, "error": sentence, "failures": count} for count in (1, 2)
    ]
    assert kinds(run, "hook.disabled") == ["hook.disabled"]
    assert len(calls) == 2


async def test_a_success_of_on_error_starts_its_count_again() -> None:
    turns = iter([True, False] * 3)

    class Sometimes:
        @hookimpl
        def on_error(self) -> None:
            if next(turns):
                raise KeyError("listener")

    run = open_run(hooks=Sometimes())
    run.hook_failures = 2
    for _ in range(6):
        with pytest.raises(ToolFailed):
            await call(run, BROKEN)
    assert kinds(run, "hook.disabled") == []


async def test_on_event_hears_every_event_in_order() -> None:
    heard: list[Event] = []

    class Listening:
        @hookimpl
        def on_event(self, event: Event) -> None:
            heard.append(event)

    run = open_run(hooks=Listening())
    await call(run, Spy())
    assert heard == events(run)
    assert [event.seq for event in heard] == [1, 2]


async def test_a_failing_on_event_is_told_and_switched_off() -> None:
    calls: list[str] = []

    class Failing:
        @hookimpl
        def on_event(self, event: Event) -> None:
            calls.append(event.kind)
            raise KeyError("listener")

    run = open_run(hooks=Failing())
    run.hook_failures = 3
    for _ in range(3):
        assert await call(run, Spy("answer")) == "answer"
    assert calls == ["tool.started", "tool.finished", "tool.started"]
    assert [event.data["failures"] for event in events(run, "hook.failed")] == [1, 2, 3]
    assert kinds(run, "hook.disabled") == ["hook.disabled"]
    assert [event.seq for event in run.log] == list(range(1, len(run.log) + 1))


async def test_an_on_event_may_take_nothing_and_recover() -> None:
    turns = iter([True, False] * 3)

    class Sometimes:
        @hookimpl
        def on_event(self) -> None:
            if next(turns):
                raise KeyError("listener")

    run = open_run(hooks=Sometimes())
    run.hook_failures = 2
    for _ in range(3):
        await call(run, Spy())
    assert kinds(run, "hook.disabled") == []
    assert len(events(run, "hook.failed")) == 3


async def test_the_events_of_one_failing_listener_reach_another() -> None:
    heard: list[str] = []

    class Pair:
        @hookimpl
        def on_event(self, event: Event) -> None:
            heard.append(event.kind)

    class Failing:
        @hookimpl
        def on_event(self, event: Event) -> None:
            raise KeyError("listener")

    from ..run.kit import make_kernel

    kernel = make_kernel()
    kernel.plugins.manager.register(Failing())
    kernel.plugins.manager.register(Pair())
    run = kernel.open_run()
    run.log.append("one", "run", {})
    assert heard == ["one", "hook.failed"]


async def test_a_guard_mark_on_a_listener_means_nothing() -> None:
    class Marked:
        @hookimpl
        @guard
        def on_error(self) -> None:
            raise KeyError("listener")

    run = open_run(hooks=Marked())
    with pytest.raises(ToolFailed):
        await call(run, BROKEN)
    assert events(run, "hook.failed")[0].data["guard"] is False
