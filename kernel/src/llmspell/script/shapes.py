"""The shapes of what scripts get: which keys of a value are the script API's own.

A language that writes names in another way maps these keys, and no others: what stands under a key without a shape
(`output`, `arguments`, `data`, `details`) is the user's, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    TypedDict,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import attrs

from llmspell.message import FinishReason


class UsageShape(TypedDict):
    """Tokens."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    total_tokens: int


class ToolCallShape(TypedDict):
    """A tool call in a message; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class MessageShape(TypedDict):
    """A message of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: NotRequired[list[ToolCallShape]]
    tool_call_id: NotRequired[str]


class FailureShape(TypedDict):
    """What went wrong: a `kind` to decide by, a `message` to read, and in `hint` what to do about it."""

    kind: str
    message: str
    component: str
    retryable: bool
    hint: str
    details: dict[str, Any]


class CallShape(TypedDict):
    """A tool call that an agent made, with what the tool gave or why it failed; `duration` is seconds."""

    id: str
    name: str
    arguments: NotRequired[Any]
    output: NotRequired[Any]
    error: NotRequired[FailureShape]
    duration: float


class StepShape(TypedDict):
    """What came of a step of a workflow; `duration` is seconds, `round` counts from 1 in loops and maps.

    `status` is `completed`, `failed`, `skipped` (its condition was false), `cancelled` or `pending` (never begun). One
    that is a workflow itself has `steps` of its own.
    """

    name: str
    kind: str
    status: Literal["completed", "failed", "skipped", "cancelled", "pending"]
    output: NotRequired[Any]
    text: str
    error: NotRequired[FailureShape]
    duration: float
    attempts: int
    round: int
    steps: NotRequired[list[Any]]


class ReplyShape(TypedDict):
    """A result of an agent, a tool or a workflow; only the `stop_reason` `completed` is success, `cost` is USD."""

    text: str
    output: NotRequired[Any]
    stop_reason: str
    usage: UsageShape
    cost: NotRequired[float]
    messages: list[MessageShape]
    calls: list[CallShape]
    steps: NotRequired[list[StepShape]]
    error: NotRequired[FailureShape]
    agent: str


class CompletionShape(TypedDict):
    """A model's answer; `cost` is USD, and missing where nobody knows it."""

    text: str
    tool_calls: list[ToolCallShape]
    finish_reason: FinishReason
    usage: UsageShape
    model: str
    cost: NotRequired[float]


class RequestShape(TypedDict):
    """A request to a model, as hooks see it; what is not set is not there."""

    model: str
    messages: list[MessageShape]
    tools: NotRequired[Any]
    tool_choice: NotRequired[str]
    response_format: NotRequired[dict[str, Any]]
    temperature: NotRequired[float]
    max_tokens: NotRequired[int]
    stop: NotRequired[list[str]]
    seed: NotRequired[int]
    timeout: float
    extra: NotRequired[dict[str, Any]]


class HookCallShape(TypedDict):
    """An operation, as hooks see it.

    With the `arguments` of a tool, the `request` to a model, or the `input` of an agent, a workflow or a step.
    """

    kind: str
    name: str
    path: str
    attempt: int
    arguments: Any
    request: RequestShape
    input: Any


class ModifyShape(TypedDict):
    """A hook's answer before an operation: what to change of it."""

    modify: dict[str, Any]


class ReplaceShape(TypedDict):
    """A hook's answer: the result to go on with."""

    replace: Any


class VetoShape(TypedDict):
    """A hook's answer: the reason why the caller gets an error."""

    veto: str


class EventShape(TypedDict):
    """An event of the run's log; `time` is ISO 8601, in UTC."""

    seq: int
    time: str
    run: str
    path: str
    kind: str
    data: dict[str, Any]


class TextEventShape(TypedDict):
    """More of an answer's text."""

    type: Literal["text"]
    text: str


class ToolCallEventShape(TypedDict):
    """An agent is about to call a tool."""

    type: Literal["tool_call"]
    id: str
    name: str
    arguments: Any


class ToolResultEventShape(TypedDict):
    """A tool gave an output, or failed."""

    type: Literal["tool_result"]
    id: str
    name: str
    output: NotRequired[Any]
    error: NotRequired[FailureShape]


class HandoffEventShape(TypedDict):
    """Another agent has the conversation from now on."""

    type: Literal["handoff"]
    agent: str


StreamEventShape = TextEventShape | ToolCallEventShape | ToolResultEventShape | HandoffEventShape
HookAnswerShape = ModifyShape | ReplaceShape | VetoShape


class ToolSpecShape(TypedDict):
    """A tool, as models are told of it; `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


class FoundToolShape(TypedDict):
    """A tool as `Tool.search` finds it; `description` is its first sentence, `needs` the permissions it uses."""

    name: str
    description: str
    category: str
    tags: list[str]
    needs: list[str]


class SpellShape(TypedDict):
    """The constants of the global `Spell`; `model` is the default `provider/model`.

    `arguments` are those that the spell is called with where it is a tool; else there are none.
    """

    name: str
    path: str
    profile: str
    model: str
    arguments: dict[str, Any]


class JsonShape(TypedDict):
    """The constant of the global `Json`: null, in languages that have none."""

    null: None


@attrs.frozen(init=False)
class Called:
    """How a function of a script is called: `Annotated[Function, Called(call=HookCallShape, gives=str)]`.

    Args:
        gives: what it returns; None means that nobody looks.
        rest: whether it gets the further arguments of the method that takes it.
        takes: its arguments, by the names that the documentation has for them.
    """

    takes: tuple[tuple[str, Any], ...]
    gives: Any
    rest: bool

    def __init__(self, *, gives: Any = None, rest: bool = False, **takes: Any) -> None:
        self.__attrs_init__(tuple(takes.items()), gives, rest)


def called(annotation: Any) -> Called | None:
    """How a function with this annotation is called; None when it is no function, or does not say."""
    return next((each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, Called)), None)


CONSTANTS: Mapping[str, type] = {"Json": JsonShape, "Spell": SpellShape}
"""The shapes of the values that stand beside the functions of a global, by its name."""

End = TypeVar("End", ReplyShape, CompletionShape)
"""What a stream ends with: a reply of an agent, or a model's answer."""

Told = TypeVar("Told", TextEventShape, StreamEventShape)
"""What a stream tells on the way: a model's is text only."""


@cache
def names(annotation: Any) -> Any:
    """The keys of a value of this type, each with the keys below it or True; None when it has no keys of the API.

    Those of a script function are a list: the keys of each of its arguments.

    Args:
        annotation: a shape, an attrs class of options, an annotated function, or a type that holds one.
    """
    origin = get_origin(annotation)
    if function := called(annotation):
        return [names(taken) for _, taken in function.takes]
    if isinstance(annotation, TypeVar):
        return _together(annotation.__constraints__)
    if origin is NotRequired:
        return names(get_args(annotation)[0])
    if origin in (Union, UnionType, list, tuple, Sequence):
        return _together(get_args(annotation))
    if origin in (dict, Mapping) or not isinstance(annotation, type):
        return None
    if is_typeddict(annotation) or attrs.has(annotation):
        hints = get_type_hints(annotation, include_extras=True)  # functions say how they are called in an extra
        return {key: names(hint) or True for key, hint in hints.items()}
    return None


def _together(alternatives: Sequence[Any]) -> Any:
    """The keys that any of the alternatives has."""
    found = [each for each in map(names, alternatives) if each]
    if all(isinstance(each, dict) for each in found):
        return {key: below for each in found for key, below in each.items()} or None
    return found[0]
