"""Branches: the first whose condition holds, or otherwise."""

from __future__ import annotations

import pytest
from kernel.tests.workflow.kit import echo, gives, run_flow, statuses

from llmspell.errors import UsageError
from llmspell.workflow import Branch, Condition, Conditional, Step

SIZES = Conditional(
    "w",
    branches=(
        Branch(
            Condition("{{input}}", ">", 10), (Step(name="big", run=gives("big")), echo("{{steps.big.text}}!", "loud"))
        ),
        Branch(Condition("{{input}}", ">", 5), (Step(name="middle", run=gives("middle")),)),
    ),
    otherwise=(Step(name="small", run=gives("small")),),
)


@pytest.mark.parametrize(
    ("given", "output", "done"), [(11, "big!", "loud"), (6, "middle", "middle"), (1, "small", "small")]
)
async def test_the_first_branch_that_holds_is_taken(given: int, output: str, done: str) -> None:
    result = await run_flow(SIZES, given)
    assert (result.output, result.stop_reason) == (output, "completed")
    found = statuses(result)
    assert list(found) == ["big", "loud", "middle", "small"]
    assert found[done] == "completed"
    assert list(found.values()).count("skipped") == {"loud": 2}.get(done, 3)


async def test_no_branch_and_nothing_otherwise_gives_nothing() -> None:
    flow = Conditional("w", branches=(Branch("{{input}}", (Step(run=gives(1)),)),))
    result = await run_flow(flow, False)
    assert (result.output, result.text, result.stop_reason) == (None, "", "completed")


async def test_an_output_may_name_steps_of_branches_that_were_not_taken() -> None:
    import attrs

    flow = attrs.evolve(SIZES, output="{{steps.big.text}}{{steps.middle.text}}{{steps.small.text}}")
    assert (await run_flow(flow, 6)).output == "middle"


async def test_a_step_of_another_branch_cannot_be_named() -> None:
    flow = Conditional(
        "w", branches=(Branch("x", (Step(name="a", run=gives(1)),)),), otherwise=(echo("{{steps.a.text}}"),)
    )
    with pytest.raises(UsageError, match=r"the step 'a' belongs to another branch$"):
        await run_flow(flow)


async def test_a_condition_without_branches_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^workflow 'w': it has no branches$"):
        await run_flow(Conditional("w", otherwise=(Step(run=gives(1)),)))


async def test_a_condition_that_cannot_be_asked_fails_the_workflow() -> None:
    with pytest.raises(UsageError, match=r"^workflow 'w': branch 1: 'x' > 10 does not compare"):
        await run_flow(SIZES, "x")
