"""agno workflows of steps that do nothing; telemetry off. See `benchmarks.steps`."""

# mypy: ignore-errors
# (the peers are installed in environments of their own, where the type checker does not look)

from __future__ import annotations

from agno.workflow import Parallel, Step, Workflow
from agno.workflow.types import StepInput, StepOutput
from benchmarks import steps


async def add(given: StepInput) -> StepOutput:
    """One more than the step before."""
    return StepOutput(content=int(given.previous_step_content or 0) + 1)


async def total(given: StepInput) -> StepOutput:
    """The sum of what the steps at once gave."""
    parts = given.get_step_content("all")
    return StepOutput(content=sum(map(int, parts.values())))


def make_steps() -> list[Step]:
    """The steps, in turn or at once."""
    return [Step(name=f"s{number}", executor=add) for number in range(steps.STEPS)]


async def make_sequential():
    """What runs the workflow once."""
    flow = Workflow(name="w", steps=make_steps(), telemetry=False)

    async def once() -> int:
        return (await flow.arun("0")).content

    return once


async def make_parallel():
    """What runs the workflow once, and one step more that takes the answers."""
    flow = Workflow(
        name="w", steps=[Parallel("all", *make_steps()), Step(name="total", executor=total)], telemetry=False
    )

    async def once() -> int:
        return (await flow.arun("0")).content

    return once


if __name__ == "__main__":
    steps.main(sequential=make_sequential, parallel=make_parallel)
