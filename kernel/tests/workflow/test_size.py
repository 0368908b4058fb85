"""How large a workflow may be, and what it may be called: what is more is refused when it is made, and at once."""

from __future__ import annotations

import pytest
from kernel.tests.run.kit import open_run
from kernel.tests.workflow.kit import gives, run_flow

from llmspell.errors import UsageError
from llmspell.gate import BudgetLimits
from llmspell.run import Run
from llmspell.workflow import Definition, Fallback, Sequential, Step, Workflow
from llmspell.workflow.definition import MAX_NESTING, MAX_STEPS
from llmspell.workflow.drawing import drawn


@pytest.fixture
def run() -> Run:
    return open_run()


def nested(levels: int, *, twice: bool = False) -> Definition:
    """Workflows inside one another."""
    flow: Definition = Sequential("w", steps=(Step(run=gives("deep")),))
    for _ in range(levels - 1):
        flow = Sequential("w", steps=(Step(workflow=flow),) * (2 if twice else 1))
    return flow


async def test_workflows_run_as_deep_inside_one_another_as_they_may_be() -> None:
    run = open_run(budget=BudgetLimits(depth=100))
    assert (await run_flow(nested(MAX_NESTING), run=run)).output == "deep"


async def test_the_budget_of_depth_ends_deep_ones_and_says_so() -> None:
    result = await run_flow(nested(MAX_NESTING))
    assert (result.stop_reason, result.output) == ("budget.depth", None)


@pytest.mark.parametrize("levels", [MAX_NESTING + 1, 500])
def test_more_workflows_inside_one_another_are_refused(run: Run, levels: int) -> None:
    with pytest.raises(UsageError, match=r"^workflow 'w': workflows stand inside one another more than 16 deep$"):
        Workflow(nested(levels), run)


def test_a_fallback_is_inside_too(run: Run) -> None:
    flow: Definition = Sequential("w", steps=(Step(run=gives(1)),))
    for _ in range(MAX_NESTING):
        step = Step(run=gives(1), on_error="fallback", fallback=Fallback(workflow=flow))
        flow = Sequential("w", steps=(step,))
    with pytest.raises(UsageError, match="more than 16 deep"):
        Workflow(flow, run)


def test_very_many_steps_are_refused(run: Run) -> None:
    Workflow(Sequential("w", steps=(Step(run=gives(1)),) * MAX_STEPS), run)
    with pytest.raises(
        UsageError, match=r"^workflow 'w': it has more than 1000 steps, with those of the wor"
    ) as raised:
        Workflow(Sequential("w", steps=(Step(run=gives(1)),) * (MAX_STEPS + 1)), run)
    assert raised.value.hint == "do the same steps for each of many items with a map or a loop"


def test_a_workflow_that_holds_itself_many_times_over_is_refused(run: Run) -> None:
    """A dozen levels with each one twice are 4096 workflows to make ready."""
    with pytest.raises(UsageError, match="it has more than 1000 steps"):
        Workflow(nested(12, twice=True), run)
    with pytest.raises(UsageError, match="it has more than 1000 steps"):
        drawn([nested(12, twice=True)])


@pytest.mark.parametrize("name", ["a/b", "a\nb", "\x1b[2J", "a" * 129])
def test_a_name_that_would_break_paths_and_lines_is_refused(run: Run, name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be the name of a workflow$") as raised:
        Workflow(Sequential(name, steps=(Step(run=gives(1)),)), run)
    assert raised.value.hint == "use up to 128 printable characters, without /"


def test_a_name_may_have_words_in_any_language(run: Run) -> None:
    Workflow(Sequential("Prüfung der Verträge", steps=(Step(run=gives(1)),)), run)
