"""A workflow as an agent: it can be run, named, given to other agents, and be a step of another workflow."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.export import step_dict
from llmspell.failures import stop_reason
from llmspell.result import COMPLETED, Result, StepRecord
from llmspell.tool import as_text
from llmspell.workflow.checks import check_definition, check_name, flat, names
from llmspell.workflow.definition import Conditional, Definition, Loop, Map, Parallel, Sequential
from llmspell.workflow.flows import ConditionalFlow, Flow, ParallelFlow, SequentialFlow
from llmspell.workflow.frame import Frame
from llmspell.workflow.placeholders import Visible, compiled
from llmspell.workflow.progress import Progress, Stopped, Unfinished
from llmspell.workflow.rounds import LoopFlow, MapFlow

if TYPE_CHECKING:
    from llmspell.run import Run


@attrs.frozen
class WorkflowInput(AgentInput):
    """What a workflow is given: `value` is its input as it is, `text` the same as words."""

    value: Any = None


class Workflow(BaseAgent):
    """A workflow that is ready to run, any number of times, also at once.

    Args:
        definition: what it is made of.
        run: where the tools, agents and workflows that it names are found.
        name: its name; the definition's own unless given.

    Raises:
        UsageError: the definition cannot work: it names what there is not, or comes later.
        UnknownPlugin: a tool or an agent type is not installed.
    """

    kind = "workflow"

    def __init__(self, definition: Definition, run: Run, *, name: str = "") -> None:
        self.definition = definition
        self.name = name or definition.name
        self.description = getattr(definition, "description", "")
        check_name(self.name)
        try:
            self._make(definition, run)
        except LlmspellError as error:
            raise self._told(error) from error

    def _make(self, definition: Any, run: Run) -> None:  # Any: a Flow, whose fields all of them have
        check_definition(definition)
        found = names(definition)
        visible = Visible(inputs=_known_inputs(definition.input_schema))
        self._flow = _flow(definition, found, run, visible)
        self._steps = [(step.name, step.kind) for step in self._flow.steps]
        seen = attrs.evolve(visible, steps=() if isinstance(definition, Map) else tuple(flat(found)))
        self._output = None if definition.output is None else compiled(definition.output, seen, "output")
        self._validator = None
        self.input_schema = definition.input_schema
        if definition.input_schema is not None:
            from llmspell.schema import Validator

            self._validator = Validator(definition.input_schema, f"workflow:{self.name}")

    def _told(self, error: LlmspellError, step: str = "", details: Mapping[str, Any] | None = None) -> LlmspellError:
        """An error that says where it happened; its class, kind and place in a script stay."""
        told = copy.copy(error)
        where = f"step {step!r} of workflow {self.name!r}" if step else f"workflow {self.name!r}"
        message = error.message.removeprefix(f"step {step!r}: ") if step else error.message
        told.message = f"{where}: {message}"
        told.args = (told.message,)
        told.component = error.component or f"workflow:{self.name}"
        told.details = {**error.details, **(details or {})}
        return told

    async def run(self, request: AgentInput, context: Context) -> Result:
        """What came of it; a limit that was reached is a `stop_reason`, and what was done until then is kept.

        Raises:
            LlmspellError: a step failed, and nothing said to go on. `details` has its name, `step`, and what came of
                all `steps` as plain data.
        """
        given = request.value if isinstance(request, WorkflowInput) else request.text
        if self._validator is not None:
            self._validator.check(given)
        progress = Progress(context.operation, request.on_event)
        try:
            frame = await self._flow.run(given, progress)
            output, text = self._finished(frame, progress)
        except Stopped as stopped:
            return self._ended(progress, stopped.error, stopped.step)
        except LlmspellError as error:
            return self._ended(progress, error)
        return self._result(progress, output, text)

    def _ended(self, progress: Progress, error: LlmspellError, step: str = "") -> Result:
        """The result, if a limit was reached.

        Raises:
            LlmspellError: something failed.
        """
        if isinstance(error, Unfinished):
            return self._partial(progress, error.result.stop_reason, error)
        if error.kind == "budget":
            return self._partial(progress, stop_reason(error), error)
        steps = [step_dict(record) for record in self._records(progress)]
        raise self._told(error, step, {"step": step, "steps": steps} if step else {"steps": steps}) from error

    def _finished(self, frame: Frame, progress: Progress) -> tuple[Any, str]:
        """The output and the words, once all is done."""
        if self._output is None:
            return self._flow.gives(progress)
        for record in self._records(progress):
            frame.steps.setdefault(record.name, record)  # a branch that was not taken gives nothing
        output = self._output(frame)
        return output, as_text(output)

    def _partial(self, progress: Progress, reason: str, error: LlmspellError) -> Result:
        output, text = self._flow.gives(progress)
        return self._result(progress, output, text, reason, error.to_dict())

    def _result(
        self, progress: Progress, output: Any, text: str, reason: str = COMPLETED, error: dict[str, Any] | None = None
    ) -> Result:
        return Result(
            text,
            output,
            reason,
            progress.usage,
            progress.cost,
            error=error,
            agent=self.name,
            steps=self._records(progress),
        )

    def _records(self, progress: Progress) -> tuple[StepRecord, ...]:
        return progress.records(self._steps)


def _flow(definition: Definition, found: list[list[str]], run: Run, visible: Visible) -> Flow:
    match definition:
        case Parallel():
            return ParallelFlow(definition, found[0], run, visible)
        case Conditional():
            return ConditionalFlow(definition, found, run, visible)
        case Loop():
            return LoopFlow(definition, found[0], run, visible)
        case Map():
            return MapFlow(definition, found[0], run, visible)
        case Sequential():
            return SequentialFlow(definition.steps, found[0], run, visible)
    raise UsageError(f"{type(definition).__name__} is no type of workflow")


def _known_inputs(schema: Any) -> tuple[str, ...] | None:
    """The only names that an input of this schema can have; None where there may be others."""
    if schema is None or schema.get("additionalProperties") is not False or "patternProperties" in schema:
        return None
    return tuple(schema.get("properties", {}))
