"""Workflows for tests: real runs, functions in place of models, and a short way to run one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from kernel.tests.run.kit import open_run

from llmspell.result import Result, StepRecord
from llmspell.run import Run
from llmspell.workflow import Definition, Fallback, Sequential, Step, StepContext, Workflow, WorkflowInput

Function = Callable[[StepContext], Awaitable[Any]]


def gives(value: Any) -> Function:
    """A function that gives a value."""

    async def function(context: StepContext) -> Any:
        return value

    return function


def fails(error: Exception, times: int = 1_000_000) -> Function:
    """A function that raises so many times, and then gives `done`."""
    left = times

    async def function(context: StepContext) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise error
        return "done"

    return function


def echo(place: str, name: str = "echo") -> Step:
    """A step that gives what stands in a place: the value of a fallback."""
    return Step(name=name, run=fails(ValueError("never mind")), on_error="fallback", fallback=Fallback(value=place))


async def run_flow(definition: Definition, given: Any = None, run: Run | None = None) -> Result:
    run = run or open_run()
    flow = Workflow(definition, run)
    return await run.run_agent(flow, WorkflowInput("", value=given))


async def value_of(place: str, given: Any = None, *before: Step) -> Any:
    """What comes of a place that the output of a workflow has."""
    steps = before or (Step(name="first", run=gives(None)),)
    return (await run_flow(Sequential("w", output=place, steps=steps), given)).output


def record(result: Result, name: str) -> StepRecord:
    [found] = [step for step in result.steps if step.name == name]
    return found


def statuses(result: Result) -> dict[str, str]:
    return {step.name: step.status for step in result.steps}
