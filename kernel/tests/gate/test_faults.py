"""Hooks that fail, are late or misbehave: the operation runs exactly once, and its result stands."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from llmspell import guard, hookimpl, observer
from llmspell.errors import LlmspellError, ToolFailed, Vetoed
from llmspell.gate import Operation
from llmspell.hookspecs import Proceed, Veto

from ..run.kit import Spy, call, events, kinds, open_run
from .faulty import (
    SHORT,
    Around,
    Guard,
    blocks_after,
    blocks_before,
    blocks_instead,
    hides_its_lateness,
    raises_after,
    raises_before,
    raises_between,
    sleeps_after,
    sleeps_before,
)

LATE = f"it took longer than {SHORT:g} seconds"
FAULTS = [
    (raises_before, "KeyError: 'before'"),
    (raises_after, "KeyError: 'after'"),
    (sleeps_before, LATE),
    (sleeps_after, LATE),
    (blocks_before, LATE),
    (blocks_after, LATE),
    (blocks_instead, LATE),
    (hides_its_lateness, LATE),
]


@pytest.mark.parametrize(("fault", "sentence"), FAULTS)
async def test_a_failing_observer_changes_nothing(fault: Any, sentence: str) -> None:
    tool = Spy("answer")
    run = open_run(hooks=Around(fault))
    assert await call(run, tool) == "answer"
    assert len(tool.calls) == 1
    [failed] = events(run, "hook.failed")
    assert failed.data == {"hook": "test.around_tool", "guard": False, "error": sentence, "failures": 1}
    assert failed.path == "run/tool:spy"
    assert kinds(run)[-1] == "tool.finished"


@pytest.mark.parametrize(("fault", "sentence"), FAULTS)
async def test_a_failing_guard_stops_the_operation(fault: Any, sentence: str) -> None:
    tool = Spy("answer")
    run = open_run(hooks=Guard(fault))
    with pytest.raises(Vetoed) as raised:
        await call(run, tool)
    assert str(raised.value) == (f"tool 'spy' was stopped because the guard test.around_tool failed: {sentence}")
    assert raised.value.details == {"hook": "test.around_tool"}
    assert raised.value.__cause__ is not None
    assert len(tool.calls) <= 1
    assert kinds(run) == ["tool.started", "hook.failed", "tool.failed"]


@pytest.mark.parametrize("fault", [raises_before, sleeps_before, blocks_before])
async def test_a_guard_that_fails_before_keeps_the_operation_from_running(fault: Any) -> None:
    tool = Spy()
    with pytest.raises(Vetoed):
        await call(open_run(hooks=Guard(fault)), tool)
    assert tool.calls == []


@pytest.mark.parametrize("kind", [Around, Guard])
async def test_the_operations_own_failure_is_not_the_hooks(kind: type[Around]) -> None:
    async def watch(call: Operation, proceed: Proceed) -> Any:
        return await proceed(call)

    run = open_run(hooks=kind(watch))
    with pytest.raises(ToolFailed, match="tool 'spy' failed: ValueError: own"):
        await call(run, Spy(ValueError("own")))
    assert kinds(run) == ["tool.started", "tool.failed"]


async def test_after_a_failing_observer_the_operations_failure_stands() -> None:
    tool = Spy(ValueError("own"))
    run = open_run(hooks=Around(raises_between))
    with pytest.raises(ToolFailed, match="own"):
        await call(run, tool)
    assert len(tool.calls) == 1
    assert kinds(run, "hook.*") == ["hook.failed"]


@pytest.mark.parametrize("kind", [Around, Guard])
async def test_the_operations_time_is_not_the_hooks(kind: type[Around]) -> None:
    async def watch(call: Operation, proceed: Proceed) -> Any:
        await proceed(call)
        return await proceed(call)

    async def slow(arguments: Any, context: Any) -> str:
        await asyncio.sleep(SHORT * 3)
        return "slow"

    run = open_run(hooks=kind(watch))
    assert await call(run, Spy(slow)) == "slow"
    assert kinds(run, "hook.*") == []


async def test_the_time_after_the_operation_counts_on_from_the_time_before() -> None:
    async def both_sides(call: Operation, proceed: Proceed) -> Any:
        await asyncio.sleep(SHORT * 0.7)
        result = await proceed(call)
        await asyncio.sleep(SHORT * 0.7)
        return result

    run = open_run(hooks=Around(both_sides))
    assert await call(run, Spy("answer")) == "answer"
    assert [event.data["error"] for event in events(run, "hook.failed")] == [LATE]


async def test_forked_calls_stop_the_clock_together() -> None:
    async def fork(call: Operation, proceed: Proceed) -> Any:
        return await asyncio.gather(proceed(call), proceed(call))

    async def uneven(arguments: Any, context: Any) -> int:
        attempt: int = context.operation.attempt
        await asyncio.sleep(SHORT * 3 if attempt == 1 else 0.001)
        return attempt

    run = open_run(hooks=Around(fork))
    assert await call(run, Spy(uneven)) == [1, 2]
    assert kinds(run, "hook.*") == []


async def test_an_operation_that_a_failing_hook_left_going_is_not_run_again() -> None:
    async def fork_and_fail(call: Operation, proceed: Proceed) -> Any:
        async def fail() -> None:
            await asyncio.sleep(0)
            raise KeyError("fork")

        await asyncio.gather(proceed(call), fail())

    async def slow(arguments: Any, context: Any) -> str:
        await asyncio.sleep(SHORT * 2)
        return "slow"

    tool = Spy(slow)
    run = open_run(hooks=Around(fork_and_fail))
    assert await call(run, tool) == "slow"
    assert len(tool.calls) == 1
    assert [event.data["error"] for event in events(run, "hook.failed")] == ["KeyError: 'fork'"]


async def test_an_operation_that_a_failing_hook_cancelled_is_run_again() -> None:
    async def impatient(call: Operation, proceed: Proceed) -> Any:
        async with asyncio.timeout(0.001):
            return await proceed(call)

    async def slow_at_first(arguments: Any, context: Any) -> int:
        attempt: int = context.operation.attempt
        if attempt == 1:
            await asyncio.sleep(30)
        return attempt

    run = open_run(hooks=Around(impatient))
    assert await call(run, Spy(slow_at_first)) == 2
    [failed] = events(run, "hook.failed")
    assert failed.data["error"] == "TimeoutError: "


async def test_a_hook_may_put_a_time_limit_on_the_operation() -> None:
    async def limit(call: Operation, proceed: Proceed) -> Any:
        try:
            async with asyncio.timeout(0.01):
                return await proceed(call)
        except TimeoutError:
            return "gave up"

    async def slow(arguments: Any, context: Any) -> None:
        await asyncio.sleep(30)

    run = open_run(hooks=Around(limit))
    assert await call(run, Spy(slow)) == "gave up"
    assert kinds(run, "hook.*") == []


async def test_a_hook_cannot_proceed_after_it_has_ended() -> None:
    kept: list[Any] = []

    async def keep(call: Operation, proceed: Proceed) -> Any:
        kept.append((call, proceed))
        return await proceed(call)

    tool = Spy()
    await call(open_run(hooks=Around(keep)), tool)
    [(operation, proceed)] = kept
    with pytest.raises(RuntimeError, match=r"^the hook test.around_tool proceeded after it had ended$"):
        await proceed(operation)
    assert len(tool.calls) == 1


async def test_an_operation_may_outlast_its_hook() -> None:
    tasks: list[asyncio.Task[Any]] = []

    async def start_and_answer(call: Operation, proceed: Proceed) -> Any:
        async def background() -> Any:
            return await proceed(call)

        tasks.append(asyncio.create_task(background()))
        await asyncio.sleep(0)
        return "at once"

    async def slow(arguments: Any, context: Any) -> str:
        await asyncio.sleep(0.01)
        return "later"

    assert await call(open_run(hooks=Around(start_and_answer)), Spy(slow)) == "at once"
    assert await tasks[0] == "later"


async def test_a_hook_may_veto_by_raising() -> None:
    async def refuse(call: Operation, proceed: Proceed) -> Any:
        raise Vetoed("by hand")

    tool = Spy()
    run = open_run(hooks=Around(refuse))
    with pytest.raises(Vetoed, match=r"^by hand$"):
        await call(run, tool)
    assert tool.calls == []
    assert kinds(run, "hook.*") == []


async def test_an_error_of_ours_from_an_observer_is_its_failure() -> None:
    async def refuse(call: Operation, proceed: Proceed) -> Any:
        raise LlmspellError("I do not like it")

    run = open_run(hooks=Around(refuse))
    assert await call(run, Spy("answer")) == "answer"
    assert events(run, "hook.failed")[0].data["error"] == "I do not like it"


async def test_an_observer_that_fails_inside_another_leaves_both_results_whole() -> None:
    class Two:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            return ["outer", await proceed(call)]

        @hookimpl
        def pre_tool(self, call: Operation) -> None:
            raise KeyError("inner")

    tool = Spy("answer")
    assert await call(open_run(hooks=Two()), tool) == ["outer", "answer"]
    assert len(tool.calls) == 1


@pytest.mark.parametrize("guarded", [False, True])
async def test_pre_and_post_hooks_are_fenced_too(guarded: bool) -> None:
    mark = guard if guarded else observer

    class Failing:
        @hookimpl
        @mark
        def pre_tool(self) -> None:
            raise KeyError("pre")

        @hookimpl
        @mark
        def post_tool(self) -> None:
            raise KeyError("post")

    tool = Spy("answer")
    run = open_run(hooks=Failing())
    if guarded:
        with pytest.raises(Vetoed, match=r"the guard test.pre_tool failed: KeyError: 'pre'"):
            await call(run, tool)
        assert tool.calls == []
    else:
        assert await call(run, tool) == "answer"
        failed = [event.data["hook"] for event in events(run, "hook.failed")]
        assert failed == ["test.pre_tool", "test.post_tool"]


async def test_a_late_veto_still_vetoes() -> None:
    class Slow:
        @hookimpl
        @observer(timeout=0.01)
        def pre_tool(self) -> Veto:
            time.sleep(0.05)
            return Veto("late, but certain")

    with pytest.raises(Vetoed, match="late, but certain"):
        await call(open_run(hooks=Slow()), Spy())
