"""What pre-, post- and around-hooks can do to an operation."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llmspell import hookimpl
from llmspell.agent import AgentInput
from llmspell.errors import BudgetExceeded, ToolFailed, UsageError, Vetoed
from llmspell.gate import BudgetLimits, Operation
from llmspell.hookspecs import Modify, Proceed, Replace, Veto
from llmspell.message import Completion, Message
from llmspell.result import Result
from llmspell.run import Run

from ..run.kit import Spy, ask, call, events, kinds, open_run, parrot, request, scripted


class Before:
    """A pre-hook for tools, models and agents that always gives one verdict."""

    def __init__(self, verdict: Any) -> None:
        self.verdict = verdict
        self.calls: list[Operation] = []

    @hookimpl
    def pre_tool(self, call: Operation) -> Any:
        self.calls.append(call)
        return self.verdict

    @hookimpl
    def pre_llm(self, call: Operation) -> Any:
        self.calls.append(call)
        return self.verdict

    @hookimpl
    async def pre_agent(self, call: Operation) -> Any:
        self.calls.append(call)
        return self.verdict


class After:
    """A post-hook for tools, models and agents that always gives one verdict."""

    def __init__(self, verdict: Any) -> None:
        self.verdict = verdict
        self.results: list[Any] = []

    @hookimpl
    def post_tool(self, call: Operation, result: Any) -> Any:
        self.results.append(result)
        return self.verdict

    @hookimpl
    async def post_llm(self, call: Operation, result: Any) -> Any:
        self.results.append(result)
        return self.verdict

    @hookimpl
    def post_agent(self, result: Any) -> Any:
        self.results.append(result)
        return self.verdict


async def run_parrot(run: Run, text: str = "hello") -> Result:
    return await run.run_agent(parrot(), AgentInput(text), run.root)


async def test_a_pre_hook_without_a_verdict_lets_the_call_pass() -> None:
    hook, tool = Before(None), Spy("answer")
    run = open_run(hooks=hook)
    assert await call(run, tool, x=1) == "answer"
    assert tool.calls == [{"x": 1}]
    [seen] = hook.calls
    assert (seen.kind, seen.name, seen.arguments, seen.path, seen.attempt) == (
        "tool",
        "spy",
        {"x": 1},
        "run/tool:spy",
        1,
    )


async def test_a_pre_hook_changes_some_arguments_of_a_tool() -> None:
    tool = Spy()
    run = open_run(hooks=Before(Modify({"arguments": {"x": 2}})))
    await call(run, tool, x=1, y=1)
    assert tool.calls == [{"x": 2, "y": 1}]


async def test_changed_arguments_are_checked_against_the_schema() -> None:
    tool = Spy()
    tool.parameters = {"type": "object", "properties": {"x": {"type": "integer"}}}
    run = open_run(hooks=Before(Modify({"arguments": {"x": "two"}})))
    with pytest.raises(UsageError, match="tool:spy got wrong arguments"):
        await call(run, tool, x=1)
    assert tool.calls == []


async def test_a_pre_hook_answers_in_the_place_of_a_tool() -> None:
    tool = Spy()
    run = open_run(hooks=Before(Replace(None)))
    assert await call(run, tool) is None
    assert tool.calls == []
    assert kinds(run) == ["tool.started", "tool.finished"]


async def test_a_pre_hook_vetoes_a_tool() -> None:
    tool = Spy()
    run = open_run(hooks=Before(Veto("not today")))
    with pytest.raises(Vetoed, match=r"^tool 'spy' was vetoed: not today$") as raised:
        await call(run, tool)
    assert tool.calls == []
    assert raised.value.component == "tool:spy"
    assert kinds(run) == ["tool.started", "tool.failed"]


async def test_a_pre_hook_changes_the_request_of_a_model() -> None:
    model = scripted("hi")
    run = open_run(model, hooks=Before(Modify({"temperature": 0.5})))
    await ask(run)
    assert [each.temperature for each in model.requests] == [0.5]


async def test_a_pre_hook_answers_in_the_place_of_a_model() -> None:
    model = scripted()
    run = open_run(model, hooks=Before(Replace(Completion(Message("assistant", "mine")))))
    assert await ask(run) == "mine"
    assert model.requests == []


async def test_a_replaced_completion_is_streamed_too() -> None:
    run = open_run(scripted(), hooks=Before(Replace(Completion(Message("assistant", "mine")))))
    heard: list[Any] = []
    await run.complete("scripted/m", request(), run.root, heard.append)
    assert [delta.text for delta in heard] == ["mine"]


async def test_a_pre_hook_changes_the_input_of_an_agent() -> None:
    run = open_run(hooks=Before(Modify({"input": "changed"})))
    assert (await run_parrot(run)).text == "changed"


async def test_a_pre_hook_answers_in_the_place_of_an_agent() -> None:
    run = open_run(hooks=Before(Replace(Result(text="mine"))))
    assert (await run_parrot(run)).text == "mine"


async def test_a_post_hook_without_a_verdict_leaves_the_result() -> None:
    hook = After(None)
    run = open_run(hooks=hook)
    assert await call(run, Spy([1])) == [1]
    assert hook.results == [[1]]


async def test_a_post_hook_replaces_a_result() -> None:
    run = open_run(hooks=After(Replace("better")))
    assert await call(run, Spy("worse")) == "better"
    [finished] = events(run, "tool.finished")
    assert finished.data["output"] == "better"


async def test_a_post_hook_vetoes_a_result() -> None:
    tool = Spy()
    run = open_run(hooks=After(Veto("secret")))
    with pytest.raises(Vetoed, match=r"^the result of tool 'spy' was vetoed: secret$"):
        await call(run, tool)
    assert len(tool.calls) == 1


async def test_a_post_hook_replaces_a_completion() -> None:
    run = open_run(scripted("worse"), hooks=After(Replace(Completion(Message("assistant", "better")))))
    assert await ask(run) == "better"


async def test_a_post_hook_is_not_called_after_a_failure() -> None:
    hook = After(Replace("fine"))
    run = open_run(hooks=hook)
    with pytest.raises(ToolFailed):
        await call(run, Spy(ValueError("no")))
    assert hook.results == []


@pytest.mark.parametrize(
    ("hook", "sentence"),
    [
        (Before("yes"), "TypeError: a pre-hook returns None, Modify, Replace or Veto, not 'yes'"),
        (After(Modify({})), "TypeError: a post-hook returns None, Replace or Veto, not Modify(changes={})"),
        (Before(Modify({"arguments": 5})), "TypeError: 'int' object is not a mapping"),
    ],
)
async def test_a_wrong_verdict_of_an_observer_is_told_and_changes_nothing(hook: object, sentence: str) -> None:
    tool = Spy("answer")
    run = open_run(hooks=hook)
    assert await call(run, tool, x=1) == "answer"
    assert tool.calls == [{"x": 1}]
    [failed] = events(run, "hook.failed")
    assert failed.data["error"] == sentence


@pytest.mark.parametrize("hook", [Before(Replace("text")), After(Replace("text"))])
async def test_a_completion_cannot_be_replaced_by_something_else(hook: object) -> None:
    model = scripted("the model's own")
    run = open_run(model, hooks=hook)
    assert await ask(run) == "the model's own"
    assert len(model.requests) == 1
    [failed] = events(run, "hook.failed")
    assert failed.data["error"] == "TypeError: the result of a call of kind llm is a Completion, not 'text'"


async def test_a_change_of_a_field_that_a_request_lacks_names_those_it_has() -> None:
    run = open_run(scripted("hi"), hooks=Before(Modify({"temprature": 1})))
    assert await ask(run) == "hi"
    [failed] = events(run, "hook.failed")
    assert failed.data["error"] == "the request of llm 'scripted/m' has no field 'temprature'"


async def test_a_request_without_fields_cannot_be_changed() -> None:
    class Steps:
        @hookimpl
        def pre_step(self, call: Operation) -> Any:
            return Modify({"input": 1})

    run = open_run(hooks=Steps())

    async def step(operation: Operation) -> Any:
        return operation.request

    assert await run.gate.run(run.operation("step", "one", "asked", run.root), step) == "asked"
    [failed] = events(run, "hook.failed")
    assert failed.data["error"] == "step 'one' has nothing to modify"


async def test_an_around_hook_retries_and_the_attempts_count_up() -> None:
    attempts: list[int] = []

    class Retry:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            for _ in range(2):
                try:
                    return await proceed(call)
                except ToolFailed:
                    continue
            return await proceed(call)

        @hookimpl
        def pre_tool(self, call: Operation) -> None:
            attempts.append(call.attempt)

    answers = iter([ValueError("one"), ValueError("two"), "third time lucky"])

    def flaky(arguments: Any, context: Any) -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    run = open_run(hooks=Retry())
    assert await call(run, Spy(flaky)) == "third time lucky"
    assert attempts == [1, 2, 3]
    assert kinds(run) == ["tool.started", "tool.finished"]


async def test_an_around_hook_caches() -> None:
    kept: dict[str, Any] = {}

    class Cache:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            key = repr(call.arguments)
            if key not in kept:
                kept[key] = await proceed(call)
            return kept[key]

    tool = Spy("expensive")
    run = open_run(hooks=Cache())
    assert [await call(run, tool, x=1) for _ in range(3)] == ["expensive"] * 3
    assert len(tool.calls) == 1


async def test_an_around_hook_may_answer_in_the_place_of_an_error() -> None:
    class Forgiving:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            try:
                return await proceed(call)
            except ToolFailed as error:
                return f"sorry: {error.message}"

    run = open_run(hooks=Forgiving())
    assert await call(run, Spy(ValueError("no"))) == "sorry: tool 'spy' failed: ValueError: no"
    assert kinds(run) == ["tool.started", "tool.finished"]


async def test_an_around_hook_may_raise_an_earlier_error_of_the_operation() -> None:
    class FirstError:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            errors = []
            for _ in range(2):
                try:
                    return await proceed(call)
                except ToolFailed as error:
                    errors.append(error)
            raise errors[0]

    messages = iter(["first", "second"])

    def fail(arguments: Any, context: Any) -> Any:
        raise ValueError(next(messages))

    run = open_run(hooks=FirstError())
    with pytest.raises(ToolFailed, match="first"):
        await call(run, Spy(fail))
    assert kinds(run, "hook.*") == []


async def test_an_around_hook_may_be_sync_and_take_only_what_it_needs() -> None:
    class Instead:
        @hookimpl
        def around_tool(self) -> Any:
            return "instead"

    assert await call(open_run(hooks=Instead()), Spy()) == "instead"


async def test_an_around_hook_forks_a_call() -> None:
    class Fork:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            return await asyncio.gather(*(proceed(call) for _ in range(3)))

    async def slow(arguments: Any, context: Any) -> int:
        attempt: int = context.operation.attempt
        await asyncio.sleep(0.01 * (4 - attempt))
        return attempt

    run = open_run(hooks=Fork())
    assert await call(run, Spy(slow)) == [1, 2, 3]
    assert kinds(run, "hook.*") == []


async def test_each_further_attempt_is_charged() -> None:
    class Stubborn:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            while True:
                try:
                    return await proceed(call)
                except ToolFailed:
                    continue

    tool = Spy(ValueError("no"))
    run = open_run(hooks=Stubborn(), budget=BudgetLimits(tool_calls=4))
    with pytest.raises(BudgetExceeded, match="tool_calls of 4"):
        await call(run, tool)
    assert len(tool.calls) == 4
