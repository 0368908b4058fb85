"""The steps of a workflow as scripts write them, and the kernel's definitions that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, TypedDict

import attrs

from llmspell.script.agent import AgentHandle
from llmspell.script.check import Function
from llmspell.script.handoff import refuse_mark
from llmspell.script.shapes import Called, FailureShape
from llmspell.script.tool import ToolHandle
from llmspell.script.workflow_handle import WorkflowHandle

if TYPE_CHECKING:
    from llmspell.result import StepRecord
    from llmspell.workflow import Fallback, Step, StepContext


class DoneStepShape(TypedDict):
    """What came of an earlier step."""

    status: str
    output: NotRequired[Any]
    text: str
    error: NotRequired[FailureShape]


class StepContextShape(TypedDict):
    """What a step's function knows.

    `input` is the workflow's, `steps` are those before it by name; `item` and `index` are a loop's or a map's, counted
    from 1, and `previous` the steps of the round before. `state` is what the state of the run holds, by key; write it
    with `State.set`.
    """

    input: Any
    steps: dict[str, DoneStepShape]
    item: Any
    index: int
    previous: dict[str, DoneStepShape]
    state: dict[str, Any]


StepFunction = Annotated[Function, Called(context=StepContextShape, gives=Any)]


@attrs.frozen
class ConditionOptions:
    """A comparison: `value op to`. `in` asks whether the value is one of a list, or a part of a text."""

    value: Any
    op: Literal["==", "!=", ">", ">=", "<", "<=", "in", "contains"] = "=="
    to: Any = None


AnyCondition = str | ConditionOptions | StepFunction
"""A text whose value counts as true unless it is empty, zero, false or nothing; a comparison; or a function."""


@attrs.frozen
class RetryOptions:
    """How often a step is tried in all, and how many seconds are waited: `backoff`, then twice as many, at most 60.

    `errors` says which failures are worth it: those that are `retryable`, or `any`.
    """

    attempts: int = 3
    backoff: float = 0.5
    errors: Literal["retryable", "any"] = "retryable"


@attrs.frozen
class StepAgentOptions:
    """An agent that is made for a step; the keys mean what they mean in `Agent.create`."""

    type: str = "llm"
    model: str = ""
    system: str = ""
    tools: tuple[str | ToolHandle, ...] = ()
    output_schema: Mapping[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    max_turns: int = 16
    timeout: float | None = None
    options: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class ActionOptions:
    """One thing to do: exactly one of `tool`, `agent`, `workflow`, `prompt` and `run`.

    A `tool` is called with `arguments`. An `agent`, by name, by handle or by what it is made of, and a `workflow` get
    `input`, or what the workflow around them got. A `prompt` is a model's, with `model`, `system`, `temperature` and
    `max_tokens`. The function `run` gets a table with `input`, `steps`, `item`, `index`, `previous` and `state`, and
    gives the output. Texts and data may have places such as `{{input.topic}}` and `{{steps.facts.text}}`.
    """

    tool: str | ToolHandle | None = None
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    agent: str | AgentHandle | StepAgentOptions | None = None
    workflow: str | WorkflowHandle | Mapping[str, Any] | None = None
    prompt: str | None = None
    run: StepFunction | None = None
    input: Any = None
    model: str = ""
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None


@attrs.frozen
class FallbackOptions(ActionOptions):
    """What stands in for a step that failed: a `value`, or something else to do, as in a step."""

    value: Any = None


@attrs.frozen
class StepOptions(ActionOptions):
    """One step: what it does, and what happens around it.

    Without a `name` it is `step-1` and so on. `condition` says whether it is done. `timeout` is seconds for each
    attempt. `on_error` is `fail`, `continue` (go on without an output) or `fallback`, with the `fallback` that stands
    in for it. `output_schema` is a JSON Schema that the output must fit; a prompt's answer is then asked for as JSON.
    """

    name: str = ""
    condition: AnyCondition | None = None
    retry: RetryOptions | None = None
    timeout: float | None = None
    on_error: Literal["fail", "continue", "fallback"] = "fail"
    fallback: FallbackOptions | None = None
    output_schema: Mapping[str, Any] | None = None


@attrs.frozen
class BranchOptions:
    """Steps that are done if a condition holds."""

    condition: AnyCondition
    steps: tuple[StepOptions, ...] = ()


class _ScriptFunction:
    """A function of the script, as the kernel calls the functions of steps."""

    def __init__(self, function: Function) -> None:
        self._function = function

    async def __call__(self, context: StepContext) -> Any:
        operation = context.context.operation
        answer = await self._function(_seen(context), parent=operation)
        refuse_mark(answer, f"the function of {operation.component}")
        return answer


def to_steps(given: Sequence[StepOptions]) -> tuple[Step, ...]:
    """The kernel's steps."""
    from llmspell.workflow import Retry, Step

    found = []
    for options in given:
        fields = _action(options)
        fields["condition"] = to_condition(options.condition)
        fields["retry"] = None if options.retry is None else Retry(**attrs.asdict(options.retry))
        fields["fallback"] = None if options.fallback is None else _fallback(options.fallback)
        found.append(Step(**fields))
    return tuple(found)


def to_condition(given: str | ConditionOptions | Function | None) -> Any:
    """The kernel's condition."""
    from llmspell.workflow import Condition

    if isinstance(given, ConditionOptions):
        return Condition(given.value, given.op, given.to)
    return _ScriptFunction(given) if isinstance(given, Function) else given


def _fallback(options: FallbackOptions) -> Fallback:
    from llmspell.workflow import Fallback

    return Fallback(**_action(options))


def _action(options: ActionOptions) -> dict[str, Any]:
    """The fields of the kernel's class of the same name, with what handles and functions stand for."""
    from llmspell.workflow import StepAgent
    from llmspell.workflow.data import from_data

    fields = attrs.asdict(options, recurse=False)
    for key, value in fields.items():
        match value:
            case ToolHandle():
                fields[key] = value.tool
            case WorkflowHandle() if key == "workflow":
                fields[key] = value.agent.definition
            case AgentHandle():
                fields[key] = value.agent
            case StepAgentOptions():
                tools = tuple(tool if isinstance(tool, str) else tool.tool for tool in value.tools)
                fields[key] = StepAgent(**{**attrs.asdict(value, recurse=False), "tools": tools})
            case Function():
                fields[key] = _ScriptFunction(value)
            case dict() if key == "workflow":
                fields[key] = from_data(value)
    return fields


def _seen(context: StepContext) -> dict[str, Any]:
    """What a function of the script is called with; what there is not is left out."""
    state = context.context.run.states.of(context.context.operation)
    shown = {
        "input": context.input,
        "steps": {name: _done(record) for name, record in context.steps.items()},
        "item": context.item,
        "index": context.index,
        "previous": {name: _done(record) for name, record in context.previous.items()},
        "state": {key: state.get_now(key) for key in state.list_now()},
    }
    return {key: value for key, value in shown.items() if value is not None}


def _done(record: StepRecord) -> dict[str, Any]:
    shown = {"status": record.status, "output": record.output, "text": record.text, "error": record.error}
    return {key: value for key, value in shown.items() if value is not None}
