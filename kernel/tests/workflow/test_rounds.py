"""Loops and maps: how many rounds, what each sees, and what happens at the limit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from kernel.tests.run.kit import open_run
from kernel.tests.workflow.kit import echo, fails, gives, run_flow, statuses

from llmspell.errors import LlmspellError, UsageError
from llmspell.gate import BudgetLimits
from llmspell.workflow import Condition, Loop, Map, Sequential, Step, StepContext


async def _number(context: StepContext) -> int:
    return context.index


COUNT = Step(name="count", run=_number)


@pytest.mark.parametrize("times", [3, "{{input.n}}", "3"])
async def test_a_loop_goes_round_as_often_as_it_is_told(times: Any) -> None:
    result = await run_flow(Loop("w", steps=(COUNT,), times=times), {"n": 3.0})
    assert (result.output, [(step.name, step.round) for step in result.steps]) == (
        3,
        [("count", 1), ("count", 2), ("count", 3)],
    )


async def test_a_loop_over_a_list_has_a_round_for_each_item() -> None:
    result = await run_flow(Loop("w", steps=(echo("{{index}}:{{item.n}}"),), over="{{input}}"), [{"n": 5}, {"n": 6}])
    assert [step.output for step in result.steps] == ["1:5", "2:6"]
    assert result.output == "2:6"


async def test_a_while_loop_runs_as_long_as_its_condition_holds() -> None:
    condition = Condition('{{previous.count.output | default("0")}}', "!=", 4)
    result = await run_flow(Loop("w", steps=(COUNT,), repeat_while=condition))
    assert (result.output, result.stop_reason) == (4, "completed")


async def test_a_while_loop_may_run_no_round_at_all() -> None:
    result = await run_flow(Loop("w", steps=(COUNT,), repeat_while="{{input}}"), False)
    assert (result.output, result.stop_reason, statuses(result)) == (None, "completed", {"count": "pending"})


async def test_an_until_loop_runs_until_its_condition_holds_after_a_round() -> None:
    until = Condition("{{steps.count.output}}", ">=", 3)
    assert (await run_flow(Loop("w", steps=(COUNT,), repeat_until=until))).output == 3
    assert (await run_flow(Loop("w", steps=(COUNT,), repeat_until="yes"))).output == 1


async def test_conditions_of_a_loop_may_be_functions() -> None:
    async def enough(context: StepContext) -> bool:
        return bool(context.steps["count"].output == 2)

    assert (await run_flow(Loop("w", steps=(COUNT,), repeat_until=enough))).output == 2


@pytest.mark.parametrize("endless", [{"repeat_while": "yes"}, {"repeat_until": ""}])
async def test_reaching_the_limit_of_rounds_never_looks_like_success(endless: dict[str, Any]) -> None:
    result = await run_flow(Loop("w", steps=(COUNT,), max_iterations=3, **endless))
    assert (result.stop_reason, result.output, len(result.steps)) == ("budget.iterations", 3, 3)
    assert result.error is not None
    assert result.error["message"] == "the budget iterations of 3 rounds is used up"
    assert result.error["hint"] == "raise the workflow's max_iterations"


async def test_a_loop_that_says_no_limit_has_one() -> None:
    result = await run_flow(Loop("w", steps=(COUNT,), repeat_while="yes"))
    assert (result.stop_reason, result.output) == ("budget.iterations", 100)


async def test_the_budget_of_steps_bounds_a_loop_too() -> None:
    run = open_run(budget=BudgetLimits(steps=5))
    result = await run_flow(Loop("w", steps=(COUNT,), repeat_while="yes"), None, run)
    assert (result.stop_reason, result.output) == ("budget.steps", 5)


async def test_a_longer_list_than_there_may_be_rounds_ends_at_the_limit_with_what_was_done() -> None:
    result = await run_flow(Loop("w", steps=(echo("{{item}}"),), over=(1, 2, 3), max_iterations=2))
    assert (result.stop_reason, result.output) == ("budget.iterations", 2)
    result = await run_flow(Map("w", steps=(echo("{{item}}"),), over=(1, 2, 3), max_iterations=2))
    assert (result.stop_reason, result.output) == ("budget.iterations", [1, 2, None])


async def test_a_failure_in_a_round_keeps_the_rounds_before() -> None:
    async def third(context: StepContext) -> int:
        if context.index == 3:
            raise ValueError("ouch")
        return context.index

    with pytest.raises(LlmspellError, match=r"^step 'a' of workflow 'w': .*ouch$") as raised:
        await run_flow(Loop("w", steps=(Step(name="a", run=third),), times=5))
    assert [step["status"] for step in raised.value.details["steps"]] == ["completed", "completed", "failed"]


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (Loop("w", steps=(COUNT,)), "nothing says when the loop ends"),
        (Loop("w", steps=(COUNT,), times=1, over=(1,)), "a loop has times or over, not both"),
        (Loop("w", steps=(COUNT,), times=101), "times must be between 0 and max_iterations, 100, not 101"),
        (Loop("w", steps=(COUNT,), times=1, max_iterations=0), "max_iterations must be at least 1, not 0"),
        (Loop("w", steps=(COUNT,), repeat_while="{{steps.count.text}}"), "name the round before"),
        (Loop("w", steps=(echo("{{item}}"),), times=1), "there are no items here"),
        (Map("w", steps=(COUNT,)), "over is missing"),
        (Map("w", steps=(COUNT,), over=(1,), output=1), "a map gives a list, and takes no output"),
        (Map("w", steps=(echo("{{previous.echo.text}}"),), over=(1,)), "there is no round before this one"),
    ],
)
async def test_rounds_that_make_no_sense_are_an_error_when_the_workflow_is_made(flow: Any, message: str) -> None:
    with pytest.raises(UsageError, match=f"^workflow 'w': .*{message}"):
        await run_flow(flow)


@pytest.mark.parametrize(("times", "over"), [("x", None), ("{{input}}", None), (None, "{{input}}")])
async def test_what_gives_no_number_and_no_list_is_an_error_when_it_runs(times: Any, over: Any) -> None:
    with pytest.raises(UsageError, match=r"^workflow 'w': (times must give a whole number|over must give a list)"):
        await run_flow(Loop("w", steps=(COUNT,), times=times, over=over), "text")


async def test_a_map_works_on_several_items_at_once_and_keeps_their_order() -> None:
    async def nap(context: StepContext) -> str:
        await asyncio.sleep(0.02 * (3 - context.index))
        return f"{context.index}{context.item}"

    flow = Map("w", steps=(Step(name="a", run=nap), echo("<{{steps.a.text}}>")), over="{{input.items}}")
    result = await run_flow(flow, {"items": ["x", "y", "z"]})
    assert (result.output, result.text) == (["<1x>", "<2y>", "<3z>"], '["<1x>", "<2y>", "<3z>"]')
    assert [(step.name, step.round) for step in result.steps] == [
        ("a", 1), ("echo", 1), ("a", 2), ("echo", 2), ("a", 3), ("echo", 3),
    ]  # fmt: skip


async def test_a_map_over_nothing_gives_nothing() -> None:
    result = await run_flow(Map("w", steps=(COUNT,), over=()))
    assert (result.output, result.stop_reason) == ([], "completed")


async def test_an_item_that_fails_and_goes_on_has_no_output_and_harms_no_other() -> None:
    step = Step(name="a", run=_odd, on_error="continue")
    assert (await run_flow(Map("w", steps=(step,), over=(1, 2, 3)))).output == [1, None, 3]


async def _odd(context: StepContext) -> Any:
    if context.item % 2 == 0:
        raise ValueError("even")
    return context.item


async def test_the_first_item_that_fails_ends_the_map() -> None:
    async def run(context: StepContext) -> None:
        await asyncio.sleep(3600 if context.item else 0)
        raise ValueError("ouch")

    with pytest.raises(LlmspellError, match="ouch") as raised:
        await run_flow(Map("w", steps=(Step(run=run),), over=(1, 0, 1)))
    assert sorted(step["status"] for step in raised.value.details["steps"]) == ["cancelled", "cancelled", "failed"]


async def test_writing_and_reviewing_goes_on_until_the_critic_is_content() -> None:
    async def draft(context: StepContext) -> str:
        before = context.previous.get("review")
        return "draft" + (" better" * (context.index - 1) if before is not None and before.text == "more" else "")

    async def review(context: StepContext) -> str:
        return "fine" if context.steps["draft"].text.count("better") == 2 else "more"

    flow = Loop(
        "w",
        steps=(Step(name="draft", run=draft), Step(name="review", run=review)),
        repeat_until=Condition("{{steps.review.text}}", "==", "fine"),
        output="{{steps.draft.text}} after {{steps.review.status}}",
    )
    assert (await run_flow(flow)).output == "draft better better after completed"


async def test_a_loop_inside_a_step_has_rounds_of_its_own() -> None:
    inner = Loop(steps=(COUNT,), times="{{input}}")
    flow = Sequential("w", steps=(Step(name="a", run=gives(2)), Step(workflow=inner, input="{{steps.a.output}}")))
    result = await run_flow(flow)
    assert [step.round for step in result.steps[1].steps] == [1, 2]


async def test_a_retry_in_a_loop_counts_for_its_round_only() -> None:
    from llmspell.workflow import Retry

    step = Step(name="a", run=fails(ValueError("ouch"), 1), retry=Retry(2, 0, "any"))
    result = await run_flow(Loop("w", steps=(step,), times=2))
    assert [found.attempts for found in result.steps] == [2, 1]
