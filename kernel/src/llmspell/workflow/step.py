"""One step made ready: its names are looked up and its places compiled, and all that is wrong with it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError, UsageError
from llmspell.result import Result, StepRecord
from llmspell.workflow.actions import action
from llmspell.workflow.checks import check_step
from llmspell.workflow.conditions import condition
from llmspell.workflow.definition import Retry, Step
from llmspell.workflow.execution import Execution, output_of
from llmspell.workflow.frame import Frame
from llmspell.workflow.placeholders import Visible
from llmspell.workflow.progress import Progress

if TYPE_CHECKING:
    from llmspell.run import Run
    from llmspell.schema import Validator
    from llmspell.state import RunState

_ONCE = Retry(attempts=1)


class ReadyStep:
    """A step that can be done any number of times; holds nothing of any one time.

    Args:
        step: what it is made of.
        name: its own, or the one that it got for want of one.
        place: its place among all steps of the workflow.
        run: where tools, agents and workflows are found.
        visible: what its places may name.

    Raises:
        UsageError: something in it is wrong.
    """

    def __init__(self, step: Step, name: str, place: int, run: Run, visible: Visible) -> None:
        self.name = name
        self.kind = step.kind
        self.place = place
        self.where = f"step {name!r}"
        check_step(step, self.where)
        self.doing = action(step, run, visible, name=name, where=self.where, schema=step.output_schema)
        stand_in = f"the fallback of {self.where}"
        self.fallback = action(step.fallback, run, visible, name=name, where=stand_in) if step.fallback else None
        self.holds = None if step.condition is None else condition(step.condition, visible, self.where)
        self.retry = step.retry or _ONCE
        self.timeout = step.timeout
        self.goes_on = step.on_error == "continue"
        self._validator = None if step.output_schema is None else _validator(step.output_schema, name)

    async def run(self, frame: Frame, progress: Progress, state: RunState | None = None) -> StepRecord:
        """What came of it, kept in `progress` and in the frame too; with `state`, it works in that branch of the run's.

        Raises:
            Stopped: it failed, and the workflow with it.
        """
        return await Execution(self, frame, progress, state).run()

    def check(self, result: Result) -> None:
        """Refuse an output that does not fit (`LlmspellError`)."""
        if self._validator is None:
            return
        try:
            self._validator.check(output_of(result))
        except UsageError as error:
            problems = "; ".join(f"{each['path']}: {each['message']}" for each in error.details.get("problems", ()))
            raise LlmspellError(
                f"the output of {self.where} does not fit its output_schema: {problems or error.message}",
                kind="invalid_arguments",
                component=f"step:{self.name}",
                retryable=self.kind in ("agent", "prompt"),  # a model may do better the next time
                details=error.details,
            ) from error


def _validator(schema: Any, name: str) -> Validator:
    from llmspell.schema import Validator

    return Validator(schema, f"step:{name}")
