"""An llmspell workflow of steps that do nothing: `workflows.py KIND`; see `benchmarks.steps`.

In `sequential` and `parallel`, one `Run` has all of them; in `run`, which is sequential too, each has its own.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import steps

from llmspell.config import load
from llmspell.kernel import Kernel
from llmspell.workflow import Definition, Parallel, Sequential, Step, StepContext, Workflow, WorkflowInput


def _adds_to(name: str | None) -> Step:
    """A step that adds one to what the step of this name gave."""

    async def add(context: StepContext) -> int:
        before: int = context.steps[name].output if name else context.input
        return before + 1

    return Step(run=add)


def _in_turn() -> Definition:
    names = [None, *(f"step-{number}" for number in range(1, steps.STEPS))]
    return Sequential("w", steps=tuple(map(_adds_to, names)))


def _at_once() -> Definition:
    return Parallel("w", steps=tuple(_adds_to(None) for _ in range(steps.STEPS)), max_concurrency=steps.STEPS)


def _make_kernel() -> Kernel:
    return Kernel(load(Path.cwd(), {}, ["budget.steps=1000000000"]), environ={})


async def _sequential() -> steps.Once:
    run = _make_kernel().open_run()
    flow = Workflow(_in_turn(), run)

    async def once() -> int:
        return int((await run.run_agent(flow, WorkflowInput("0", value=0))).output)

    return once


async def _sequential_in_a_run() -> steps.Once:
    kernel = _make_kernel()
    flow = Workflow(_in_turn(), kernel.open_run())

    async def once() -> int:
        run = kernel.open_run()
        found = await run.run_agent(flow, WorkflowInput("0", value=0))
        await run.close()
        return int(found.output)

    return once


async def _parallel() -> steps.Once:
    run = _make_kernel().open_run()
    flow = Workflow(_at_once(), run)

    async def once() -> int:
        return sum((await run.run_agent(flow, WorkflowInput("0", value=0))).output.values())

    return once


if __name__ == "__main__":
    steps.main(sequential=_sequential, run=_sequential_in_a_run, parallel=_parallel)
