"""The pipeline: what is checked, what is written down, and what comes out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llmspell import hookimpl
from llmspell.agent import AgentInput
from llmspell.errors import BudgetExceeded, Cancelled, LlmspellError, PermissionDenied
from llmspell.gate import OPERATION_KINDS, BudgetLimits, Operation
from llmspell.kernel import RunOptions

from ..run.kit import Saying, Spy, call, events, kinds, open_run


async def echo(operation: Operation) -> Any:
    return operation.request


def describe(result: Any) -> dict[str, Any]:
    return {"size": len(result)}


@pytest.mark.parametrize("kind", OPERATION_KINDS)
async def test_every_kind_starts_and_finishes(kind: Any) -> None:
    run = open_run()
    assert await run.gate.run(run.operation(kind, "x", "asked", run.root), echo) == "asked"
    assert kinds(run) == [f"{kind}.started", f"{kind}.finished"]


async def test_the_events_tell_what_happened_where_and_how_long() -> None:
    run = open_run()
    operation = run.operation("step", "one", "asked", run.root)
    await run.gate.run(operation, echo, describe)
    started, finished = events(run)
    assert started.data == {"name": "one", "request": "asked"}
    assert started.path == finished.path == "run/step:one"
    assert finished.data.keys() == {"name", "duration", "size"}
    assert 0 <= finished.data["duration"] < 10
    assert finished.data["size"] == 5


async def test_an_error_of_ours_comes_out_as_it_is() -> None:
    run = open_run()
    error = LlmspellError("mine", kind="conflict")

    async def fail(operation: Operation) -> None:
        raise error

    with pytest.raises(LlmspellError) as raised:
        await run.gate.run(run.operation("step", "one", None, run.root), fail)
    assert raised.value is error
    assert events(run, "step.failed")[0].data["error"] == error.to_dict()


async def test_any_other_error_names_the_operation_that_broke() -> None:
    run = open_run()

    async def fail(operation: Operation) -> None:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(LlmspellError, match=r"^step 'one' broke: ZeroDivisionError: division by zero$") as raised:
        await run.gate.run(run.operation("step", "one", None, run.root), fail)
    assert raised.value.kind == "internal"
    assert raised.value.component == "step:one"
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert kinds(run) == ["step.started", "step.failed"]


async def test_a_result_of_the_wrong_type_names_the_operation_that_gave_it() -> None:
    async def forget(request: AgentInput, context: Any) -> Any:
        return "just text"

    run = open_run()
    with pytest.raises(LlmspellError, match=r"^agent 'parrot' broke: AttributeError: 'str' object has no"):
        await run.run_agent(Saying(forget), AgentInput("hi"), run.root)
    assert kinds(run) == ["agent.started", "agent.failed"]


async def test_what_is_not_allowed_never_starts() -> None:
    tool = Spy()
    run = open_run(options=RunOptions(profile="high"))
    with pytest.raises(PermissionDenied):
        await call(run, tool)
    assert tool.calls == []
    assert kinds(run) == ["permission.denied", "tool.failed"]


async def test_what_is_not_allowed_never_reaches_a_hook_and_is_not_charged() -> None:
    class Hook:
        @hookimpl
        def pre_tool(self) -> None:
            raise AssertionError

    run = open_run(hooks=Hook(), budget=BudgetLimits(tool_calls=0))
    with pytest.raises(PermissionDenied):
        await call(run, Spy(needs=("net",)))
    with pytest.raises(BudgetExceeded):
        await call(run, Spy())
    assert run.budget.counts["tool_calls"] == 0
    assert events(run, "hook.failed") == []


async def test_nothing_starts_in_an_interrupted_run() -> None:
    run, tool = open_run(), Spy()
    run.interrupt("enough")
    with pytest.raises(Cancelled, match=r"^enough$"):
        await call(run, tool)
    assert tool.calls == []


async def test_a_hook_cannot_start_again_in_an_interrupted_run() -> None:
    class Again:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Any) -> Any:
            await proceed(call)
            call.run.interrupt("enough")
            return await proceed(call)

    tool = Spy()
    with pytest.raises(Cancelled, match=r"^enough$"):
        await call(open_run(hooks=Again()), tool)
    assert len(tool.calls) == 1


async def test_a_cancelled_operation_says_so() -> None:
    run = open_run()

    async def endless(operation: Operation) -> None:
        await asyncio.sleep(30)

    task = asyncio.create_task(run.gate.run(run.operation("step", "one", None, run.root), endless))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kinds(run) == ["step.started", "step.failed"]
    assert events(run)[1].data["error"]["kind"] == "cancelled"


async def test_a_cancellation_that_nobody_asked_for_is_the_components_bug() -> None:
    async def careless(arguments: Any, context: Any) -> None:
        inner = asyncio.create_task(asyncio.sleep(30))
        inner.cancel()
        await inner

    run = open_run()
    with pytest.raises(LlmspellError, match=r"^tool 'spy' broke: CancelledError: "):
        await call(run, Spy(careless))
    assert kinds(run) == ["tool.started", "tool.failed"]


def test_an_operation_shows_its_arguments_and_component() -> None:
    run = open_run()
    tool = run.operation("tool", "add", {"a": 1}, run.root, ("fs.read",))
    model = run.operation("llm", "x/y", "asked", tool)
    assert (tool.arguments, tool.component, tool.depth, tool.needs) == ({"a": 1}, "tool:add", 1, ("fs.read",))
    assert (model.arguments, model.component, model.depth) == (None, "llm:x/y", 2)
    assert model.path == "run/tool:add/llm"
    assert "run=" not in repr(tool)


def test_operations_of_one_name_are_numbered() -> None:
    run = open_run()
    paths = [run.operation("tool", "add", {}, run.root).path for _ in range(3)]
    assert paths == ["run/tool:add", "run/tool:add#2", "run/tool:add#3"]


def test_an_operation_without_a_parent_is_the_run_itself() -> None:
    run = open_run()
    operation = run.operation("script", "hello.lua", None, None)
    assert (operation.path, operation.depth) == ("run", 0)
