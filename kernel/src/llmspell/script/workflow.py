"""The global `Workflow`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError
from llmspell.script.agent import new_name
from llmspell.script.declare import Global, method
from llmspell.script.steps import AnyCondition, BranchOptions, StepOptions, to_condition, to_steps
from llmspell.script.workflow_handle import WorkflowHandle

if TYPE_CHECKING:
    from llmspell.script.session import Session
    from llmspell.workflow import Definition


@attrs.frozen
class FlowOptions:
    """What every workflow may have.

    Without a `name` it gets one (`workflow-1`, ...). `output` is what comes of it, with places such as
    `{{steps.facts.output}}`; without it, what the type gives. `input_schema` is a JSON Schema that the input must fit.
    """

    name: str = ""
    description: str = ""
    output: Any = None
    input_schema: Mapping[str, Any] | None = None


@attrs.frozen
class SequentialOptions(FlowOptions):
    """A workflow of `steps`, one after another."""

    steps: tuple[StepOptions, ...] = ()


@attrs.frozen
class ParallelOptions(FlowOptions):
    """A workflow of `steps` that are done at once, at most `max_concurrency` of them."""

    steps: tuple[StepOptions, ...] = ()
    max_concurrency: int = 8


@attrs.frozen
class ConditionalOptions(FlowOptions):
    """A workflow that does the steps of the first of its `branches` whose condition holds, or those of `otherwise`."""

    branches: tuple[BranchOptions, ...] = ()
    otherwise: tuple[StepOptions, ...] = ()


@attrs.frozen
class LoopOptions(FlowOptions):
    """A workflow that does its `steps` again and again.

    As many `times`, or once for each item of the list `over`; as long as `repeat_while` holds before a round, and until
    `repeat_until` holds after one. To want more than `max_iterations` ends it as `budget.iterations`.
    """

    steps: tuple[StepOptions, ...] = ()
    times: int | str | None = None
    over: str | tuple[Any, ...] | None = None
    repeat_while: AnyCondition | None = None
    repeat_until: AnyCondition | None = None
    max_iterations: int = 100


@attrs.frozen
class MapWorkflowOptions(FlowOptions):
    """A workflow that does its `steps` for each item of the list `over`, `max_concurrency` items at once."""

    steps: tuple[StepOptions, ...] = ()
    over: str | tuple[Any, ...] | None = None
    max_concurrency: int = 8
    max_iterations: int = 1000


class Workflow(Global):
    """Agents whose steps are fixed: tools, agents, prompts, functions and other workflows; data flows through them."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._numbers = count(1)  # of workflows without a name

    @method
    def sequential(self, options: SequentialOptions) -> WorkflowHandle:
        """Steps one after another; its output is what the last one gave."""
        return self._made("Sequential", options)

    @method
    def parallel(self, options: ParallelOptions) -> WorkflowHandle:
        """Steps at once; its output has what each gave, by name. What they write to the state is merged at the end."""
        return self._made("Parallel", options)

    @method
    def conditional(self, options: ConditionalOptions) -> WorkflowHandle:
        """The steps of one branch; its output is what the last of them gave."""
        return self._made("Conditional", options)

    @method
    def loop(self, options: LoopOptions) -> WorkflowHandle:
        """Steps in rounds; its output is what the last step gave in the last round."""
        return self._made("Loop", options)

    @method
    def map_(self, options: MapWorkflowOptions) -> WorkflowHandle:
        """Steps for each item of a list, several at once; its output is a list of what the last step gave for each."""
        return self._made("Map", options)

    @method
    def load(self, text: str) -> WorkflowHandle:
        """The workflow that a text in YAML or JSON describes, as `dump` writes it."""
        from llmspell.workflow.data import load

        return self._handle(load(text))

    @method
    def get(self, name: str) -> WorkflowHandle:
        """The workflow of this name that this run made."""
        from llmspell.workflow import Workflow as Flow

        found = self.session.run.agents.get(name)
        if not isinstance(found, Flow):
            raise UsageError(
                f"no workflow named {name!r} was made; workflows: {', '.join(self.list_()) or 'none'}",
                kind="unknown_agent",
            )
        return WorkflowHandle(self.session, found)

    @method
    def list_(self) -> list[str]:
        """The names of the run's workflows, sorted."""
        return sorted(name for name, agent in self.session.run.agents.items() if agent.kind == "workflow")

    def _made(self, kind: str, options: Any) -> WorkflowHandle:  # Any: each kind has options of its own
        from llmspell import workflow

        fields = attrs.asdict(options, recurse=False)
        for key, value in fields.items():
            if key in ("steps", "otherwise"):
                fields[key] = to_steps(value)
            elif key == "branches":
                fields[key] = tuple(
                    workflow.Branch(to_condition(each.condition), to_steps(each.steps)) for each in value
                )
            elif key in ("repeat_while", "repeat_until"):
                fields[key] = to_condition(value)
        return self._handle(getattr(workflow, kind)(**fields))

    def _handle(self, definition: Definition) -> WorkflowHandle:
        from llmspell.workflow import Workflow as Flow

        run = self.session.run
        name = new_name(run, definition.name, "workflow", self._numbers)
        flow = Flow(definition, run, name=name)
        run.agents[name] = flow
        run.log.append("workflow.defined", self.session.parent.path, {"name": name, "definition": definition})
        return WorkflowHandle(self.session, flow)
