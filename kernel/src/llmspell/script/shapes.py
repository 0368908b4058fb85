"""The shapes of what scripts get: which keys of a value are the script API's own.

A language that writes names in another way maps these keys, and no others: what stands under a key without a shape
(`output`, `arguments`, `data`, `details`) is the user's, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

import attrs


class UsageShape(TypedDict, total=False):
    """Tokens."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    total_tokens: int


class ToolCallShape(TypedDict, total=False):
    """A tool call in a message; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class MessageShape(TypedDict, total=False):
    """A message of a conversation."""

    role: str
    content: str
    tool_calls: list[ToolCallShape]
    tool_call_id: str


class ReplyShape(TypedDict, total=False):
    """A result of an agent, a tool or a workflow."""

    text: str
    output: Any
    stop_reason: str
    usage: UsageShape
    cost: float
    messages: list[MessageShape]
    calls: list[dict[str, Any]]
    error: dict[str, Any]
    agent: str


class CompletionShape(TypedDict, total=False):
    """A model's answer."""

    text: str
    tool_calls: list[ToolCallShape]
    finish_reason: str
    usage: UsageShape
    model: str
    cost: float


class RequestShape(TypedDict, total=False):
    """A request to a model, as hooks see it."""

    model: str
    messages: list[MessageShape]
    tools: Any
    tool_choice: str
    response_format: dict[str, Any]
    temperature: float
    max_tokens: int
    stop: list[str]
    seed: int
    timeout: float
    extra: dict[str, Any]


class HookCallShape(TypedDict, total=False):
    """An operation, as hooks see it."""

    kind: str
    name: str
    path: str
    attempt: int
    arguments: Any
    request: RequestShape
    input: str


class EndShape(CompletionShape, ReplyShape, total=False):
    """What a stream ends with: a reply of an agent, or a model's answer."""


def names(annotation: Any) -> dict[str, Any] | None:
    """The keys of a value of this type, each with the keys below it or True; None when it has no keys of the API.

    Args:
        annotation: a shape, an attrs class of options, or a type that holds one.
    """
    origin = get_origin(annotation)
    if origin in (Union, UnionType, list, tuple, Sequence):
        found = (names(part) for part in get_args(annotation))
        return next((each for each in found if each), None)
    if origin in (dict, Mapping) or not isinstance(annotation, type):
        return None
    if is_typeddict(annotation) or attrs.has(annotation):
        return {key: names(hint) or True for key, hint in get_type_hints(annotation).items()}
    return None
