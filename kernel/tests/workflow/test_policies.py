"""What happens around a step: conditions, retries, timeouts, failures, fallbacks, schemas."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from kernel.tests.run.kit import Spy, events, open_run, parrot, scripted
from kernel.tests.workflow.kit import echo, fails, gives, record, run_flow, statuses

from llmspell.errors import BudgetExceeded, LlmspellError, TimedOut, UsageError
from llmspell.gate import Operation
from llmspell.hookspecs import hookimpl
from llmspell.result import Result
from llmspell.verdicts import Modify, Replace, Veto
from llmspell.workflow import Condition, Fallback, Retry, Sequential, Step, StepContext

QUICK = Retry(attempts=3, backoff=0.001)
LATER = LlmspellError("try later", kind="network", retryable=True)


@pytest.mark.parametrize(
    ("condition", "done"),
    [
        ("{{input.yes}}", True),
        ("{{input.no}}", False),
        ("{{input.empty}}", False),
        ("x", True),
        (Condition("{{input.n}}", ">=", 3), True),
        (Condition("{{input.n}}", ">", 3), False),
        (Condition("{{input.n}}", "==", 3.0), True),
        (Condition("{{input.yes}}", "==", 1), False),
        (Condition("{{input.word}}", "in", ["a", "b"]), True),
        (Condition("{{input.word}}", "!=", "{{input.word}}"), False),
        (Condition("abc", "contains", "{{input.word}}"), True),
    ],
)
async def test_a_step_is_done_if_its_condition_holds(condition: str | Condition, done: bool) -> None:
    given = {"yes": True, "no": False, "empty": [], "n": 3, "word": "a"}
    steps = (Step(name="a", run=gives(1), condition=condition), echo("[{{steps.a.text}}]"))
    result = await run_flow(Sequential("w", steps=steps), given)
    assert statuses(result)["a"] == ("completed" if done else "skipped")
    assert result.output == ("[1]" if done else "[]")


async def test_a_condition_may_be_a_function_and_a_step_that_is_skipped_says_so() -> None:
    async def never(context: StepContext) -> bool:
        return bool(context.input == "x")

    run = open_run()
    result = await run_flow(Sequential("w", steps=(Step(name="a", run=gives(1), condition=never),)), "y", run)
    assert (result.stop_reason, result.output, record(result, "a").attempts) == ("completed", None, 0)
    assert [event.path for event in events(run, "step.*")] == ["run/workflow:w/step:a"]
    assert events(run, "step.*")[0].kind == "step.skipped"


async def test_a_comparison_of_what_cannot_be_compared_fails_the_step() -> None:
    step = Step(name="a", run=gives(1), condition=Condition("{{input}}", ">", 3))
    with pytest.raises(
        UsageError, match=r"^step 'a' of workflow 'w': 'x' > 3 does not compare two numbers or two texts$"
    ):
        await run_flow(Sequential("w", steps=(step,)), "x")


async def test_a_retryable_failure_is_tried_again_and_told() -> None:
    run = open_run()
    result = await run_flow(Sequential("w", steps=(Step(name="a", run=fails(LATER, 2), retry=QUICK),)), None, run)
    assert (result.output, record(result, "a").attempts) == ("done", 3)
    told = [(event.data["attempt"], event.data["of"], event.data["wait"]) for event in events(run, "step.retry")]
    assert told == [(2, 3, 0.001), (3, 3, 0.002)]


async def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    busy = LlmspellError("busy", kind="rate_limited", retryable=True, details={"retry_after": 0.02})
    run = open_run()
    await run_flow(Sequential("w", steps=(Step(name="a", run=fails(busy, 1), retry=QUICK),)), None, run)
    assert [event.data["wait"] for event in events(run, "step.retry")] == [0.02]


async def test_a_failure_that_would_come_again_is_not_tried_again_unless_told() -> None:
    broken = ValueError("ouch")
    with pytest.raises(LlmspellError, match="ouch") as raised:
        await run_flow(Sequential("w", steps=(Step(name="a", run=fails(broken, 1), retry=QUICK),)))
    assert raised.value.details["steps"][0]["attempts"] == 1
    anyway = Retry(attempts=2, backoff=0, errors="any")
    result = await run_flow(Sequential("w", steps=(Step(name="a", run=fails(broken, 1), retry=anyway),)))
    assert result.output == "done"


async def test_attempts_come_to_an_end() -> None:
    with pytest.raises(LlmspellError, match="try later") as raised:
        await run_flow(Sequential("w", steps=(Step(name="a", run=fails(LATER), retry=QUICK),)))
    assert raised.value.details["steps"][0]["attempts"] == 3


async def _slow(_: StepContext) -> None:
    await asyncio.sleep(30)


async def test_a_step_that_takes_too_long_fails_and_may_be_tried_again() -> None:
    step = Step(name="a", run=_slow, timeout=0.01, retry=Retry(attempts=2, backoff=0))
    with pytest.raises(TimedOut, match=r"^step 'a' of workflow 'w': step 'a' took longer than 0.01 seconds$") as raised:
        await run_flow(Sequential("w", steps=(step,)))
    assert raised.value.details["steps"][0]["attempts"] == 2


async def test_continue_really_continues() -> None:
    steps = (
        Step(name="a", run=fails(ValueError("ouch")), on_error="continue"),
        echo("{{steps.a.status}}: {{steps.a.error.message}} [{{steps.a.text}}]", "b"),
    )
    result = await run_flow(Sequential("w", steps=steps))
    assert (result.stop_reason, statuses(result)) == ("completed", {"a": "failed", "b": "completed"})
    assert result.output == "failed: the function of step 'a' failed: ValueError: ouch []"
    assert record(result, "a").error is not None


async def test_a_fallback_value_stands_in_and_the_error_stays_visible() -> None:
    fallback = Fallback(value={"from": "{{input}}"})
    step = Step(name="a", run=fails(ValueError("ouch")), on_error="fallback", fallback=fallback)
    found = record(await run_flow(Sequential("w", steps=(step,)), "x"), "a")
    assert (found.status, found.output) == ("completed", {"from": "x"})
    assert found.error is not None
    assert "ouch" in found.error["message"]


async def test_a_fallback_may_be_something_else_to_do() -> None:
    run = open_run()
    run.agents["parrot"] = parrot()
    fallback = Fallback(agent="parrot", input="instead")
    step = Step(name="a", run=fails(ValueError("ouch")), on_error="fallback", fallback=fallback)
    assert (await run_flow(Sequential("w", steps=(step,)), None, run)).output == "instead"
    assert [event.path for event in events(run, "step.started")] == ["run/workflow:w/step:a", "run/workflow:w/step:a#2"]


async def test_a_fallback_that_fails_too_fails_the_step() -> None:
    step = Step(
        name="a", run=fails(ValueError("one")), on_error="fallback", fallback=Fallback(run=fails(ValueError("two")))
    )
    with pytest.raises(LlmspellError, match=r"the function of the fallback of step 'a' failed: ValueError: two$"):
        await run_flow(Sequential("w", steps=(step,)))


async def test_a_fallback_without_its_policy_is_refused_and_the_other_way_round() -> None:
    for step in (Step(run=gives(1), fallback=Fallback(value=1)), Step(run=gives(1), on_error="fallback")):
        with pytest.raises(UsageError, match=r"on_error 'fallback' and a fallback belong together"):
            await run_flow(Sequential("w", steps=(step,)))


async def test_an_output_that_does_not_fit_fails_the_step() -> None:
    step = Step(name="a", run=gives({"n": "x"}), output_schema={"properties": {"n": {"type": "integer"}}})
    expected = (
        r"^step 'a' of workflow 'w': the output of step 'a' does not fit its output_schema: \$.n: expected integer"
    )
    with pytest.raises(LlmspellError, match=expected):
        await run_flow(Sequential("w", steps=(step,)))


async def test_a_prompt_with_a_schema_is_asked_for_json_and_tried_again_when_it_is_none() -> None:
    run = open_run(scripted("no", '```json\n{"n": 1}\n```'))
    step = Step(prompt="x", model="scripted/m", output_schema={"type": "object"}, retry=QUICK)
    result = await run_flow(Sequential("w", steps=(step,)), None, run)
    assert result.output == {"n": 1}


async def test_hooks_stand_around_every_step_and_every_workflow() -> None:
    seen: list[Any] = []

    class Hooks:
        @hookimpl
        def pre_workflow(self, call: Operation) -> Modify:
            seen.append((call.kind, call.name))
            return Modify({"value": {"x": "changed"}})

        @hookimpl
        def pre_step(self, call: Operation) -> Any:
            seen.append((call.name, call.request.input))
            return {"b": Replace(Result(output="mine")), "c": Modify({"input": {"x": 2}})}.get(call.name)

        @hookimpl
        def post_workflow(self, call: Operation, result: Result) -> None:
            seen.append(result.output)

    run = open_run(hooks=Hooks())
    run.tools.add(Spy(lambda arguments, _: arguments, name="spy"))
    steps = (
        Step(name="a", tool="spy", arguments={"x": "{{input.x}}"}),
        Step(name="b", run=gives("theirs")),
        Step(name="c", tool="spy", arguments={"x": 1}),
    )
    result = await run_flow(Sequential("w", steps=steps), {"x": "given"}, run)
    assert [step.output for step in result.steps] == [{"x": "changed"}, "mine", {"x": 2}]
    assert seen == [("workflow", "w"), ("a", {"x": "changed"}), ("b", None), ("c", {"x": 1}), {"x": 2}]


async def test_a_step_that_a_hook_vetoes_has_failed() -> None:
    class Hooks:
        @hookimpl
        def pre_step(self, call: Operation) -> Veto:
            return Veto("not today")

    run = open_run(hooks=Hooks())
    result = await run_flow(Sequential("w", steps=(Step(name="a", run=gives(1), on_error="continue"),)), None, run)
    error = record(result, "a").error
    assert error is not None
    assert (error["kind"], statuses(result)) == ("vetoed", {"a": "failed"})


@pytest.mark.parametrize(
    "policy",
    [
        {"on_error": "continue"},
        {"on_error": "fallback", "fallback": Fallback(value=1)},
        {"retry": Retry(attempts=3, backoff=0, errors="any")},
    ],
)
async def test_a_limit_of_the_run_ends_it_whatever_the_step_says(policy: dict[str, Any]) -> None:
    step = Step(name="a", run=fails(BudgetExceeded("tokens", 5, unit="tokens"), 1), **policy)
    result = await run_flow(Sequential("w", steps=(step, Step(name="b", run=gives(1)))))
    assert (result.stop_reason, statuses(result)) == ("budget.tokens", {"a": "failed", "b": "pending"})
    assert record(result, "a").attempts == 1


async def test_a_cancelled_run_ends_whatever_the_step_says() -> None:
    run = open_run()

    async def stop(_: StepContext) -> None:
        run.interrupt("enough")

    steps = (Step(name="a", run=stop), Step(name="b", run=gives(1), on_error="continue"))
    with pytest.raises(LlmspellError, match="enough") as raised:
        await run_flow(Sequential("w", steps=steps), None, run)
    assert raised.value.kind == "cancelled"
