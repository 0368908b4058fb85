"""How the steps of each type of workflow are done: which, when, how often, and what comes of it all.

A flow is made ready once and may run several times at once: all that belongs to one run is in its `Progress`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.context import Context
from llmspell.result import StepRecord
from llmspell.tool import as_text
from llmspell.workflow.at_once import at_once
from llmspell.workflow.conditions import condition
from llmspell.workflow.definition import Conditional, Parallel, Step
from llmspell.workflow.frame import Frame
from llmspell.workflow.placeholders import Visible
from llmspell.workflow.progress import Progress, last
from llmspell.workflow.step import ReadyStep

if TYPE_CHECKING:
    from llmspell.run import Run
    from llmspell.state import RunState


class Flow(ABC):
    """A workflow's steps, made ready.

    Attributes:
        steps: all of them, in the order of the definition.
    """

    steps: Sequence[ReadyStep]

    @abstractmethod
    async def run(self, given: Any, progress: Progress) -> Frame:
        """Do the steps; the frame is what the workflow's own output may name.

        Raises:
            Stopped: a step failed, and the workflow with it.
            BudgetExceeded: there were to be more rounds than there may be.
            LlmspellError: what belongs to no single step went wrong.
        """

    def gives(self, progress: Progress) -> tuple[Any, str]:
        """The output and the words, of all that was done so far."""
        return last(progress.records())


def ready(steps: Sequence[Step], names: Sequence[str], first: int, run: Run, visible: Visible) -> list[ReadyStep]:
    """Steps that are done one after another, each of which sees those before it; `first` is the first one's place."""
    found = []
    for number, (step, name) in enumerate(zip(steps, names, strict=True)):
        later = dict.fromkeys(names[number:], "comes later")
        found.append(ReadyStep(step, name, first + number, run, seeing(visible, names[:number], later)))
    return found


def seeing(visible: Visible, steps: Sequence[str], later: dict[str, str]) -> Visible:
    """What places may name where these steps have been done, and others have not, for the reason given."""
    return attrs.evolve(visible, steps=tuple(steps), later={**visible.later, **later})


async def in_turn(steps: Sequence[ReadyStep], frame: Frame, progress: Progress, state: RunState | None = None) -> None:
    """Do steps one after another."""
    for step in steps:
        await step.run(frame, progress, state)


class SequentialFlow(Flow):
    """One after another."""

    def __init__(self, steps: Sequence[Step], names: Sequence[str], run: Run, visible: Visible) -> None:
        self.steps = ready(steps, names, 0, run, visible)

    async def run(self, given: Any, progress: Progress) -> Frame:
        """As the contract says; one after another."""
        frame = Frame(given)
        await in_turn(self.steps, frame, progress)
        return frame


class ParallelFlow(Flow):
    """All at once, each with a branch of the state, which are merged when all have ended."""

    def __init__(self, definition: Parallel, names: Sequence[str], run: Run, visible: Visible) -> None:
        at_the_side = dict.fromkeys(names, "runs at the same time")
        self.steps = [
            ReadyStep(step, name, place, run, seeing(visible, (), at_the_side))
            for place, (step, name) in enumerate(zip(definition.steps, names, strict=True))
        ]
        self._limit = definition.max_concurrency

    async def run(self, given: Any, progress: Progress) -> Frame:
        """As the contract says; all at once."""
        frame = Frame(given)
        state = progress.operation.run.states.of(progress.operation)
        branches = [state.branch(step.where) for step in self.steps]
        records = await at_once(
            self._limit,
            [partial(step.run, frame, progress, branch) for step, branch in zip(self.steps, branches, strict=True)],
        )
        whole = [branch for branch, record in zip(branches, records, strict=True) if record.status == "completed"]
        await state.merge(whole)  # what a failed step has written is forgotten
        return frame

    def gives(self, progress: Progress) -> tuple[Any, str]:
        """An object with what each step gave; the words are the same as JSON."""
        found = {record.name: record.output for record in progress.of_round(0)}
        output = {step.name: found.get(step.name) for step in self.steps}
        return output, as_text(output)


class ConditionalFlow(Flow):
    """The first branch whose condition holds."""

    def __init__(self, definition: Conditional, names: Sequence[Sequence[str]], run: Run, visible: Visible) -> None:
        self._branches = []
        first = 0
        all_names = [name for part in names for name in part]
        elsewhere = seeing(visible, (), dict.fromkeys(all_names, "belongs to another branch"))
        for number, (branch, part) in enumerate(zip(definition.branches, names, strict=False), 1):
            holds = condition(branch.condition, visible, f"branch {number}")
            self._branches.append((holds, ready(branch.steps, part, first, run, elsewhere)))
            first += len(part)
        self._otherwise = ready(definition.otherwise, names[-1], first, run, elsewhere)
        self.steps = [*(step for _, steps in self._branches for step in steps), *self._otherwise]

    async def run(self, given: Any, progress: Progress) -> Frame:
        """As the contract says; those of one branch."""
        frame = Frame(given)
        above = progress.operation
        taken = self._otherwise
        for holds, steps in self._branches:
            if await holds(frame, Context(above.run, above)):
                taken = steps
                break
        for step in self.steps:
            if step not in taken:
                progress.keep(step.place, StepRecord(step.name, step.kind, "skipped", attempts=0))
        await in_turn(taken, frame, progress)
        return frame
