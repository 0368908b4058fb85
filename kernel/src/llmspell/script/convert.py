"""Messages, requests and answers of models, between the kernel's classes and what scripts see."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell.export import plain, usage_dict
from llmspell.message import Completion, Message, ModelRequest, TextDelta, ToolCall, Usage
from llmspell.result import COMPLETED, Result


@attrs.frozen
class ToolCallOptions:
    """A tool call in a message; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


@attrs.frozen
class MessageOptions:
    """A message of a conversation, as `reply.messages` has them."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    tool_calls: tuple[ToolCallOptions, ...] = ()
    tool_call_id: str = ""


def to_messages(given: Sequence[MessageOptions]) -> tuple[Message, ...]:
    """The kernel's messages."""
    return tuple(
        Message(
            message.role,
            message.content,
            tuple(ToolCall(call.id, call.name, call.arguments) for call in message.tool_calls),
            message.tool_call_id,
        )
        for message in given
    )


def completion_dict(completion: Completion) -> dict[str, Any]:
    """A model's answer as scripts see it."""
    shown = {
        "text": completion.message.content,
        "tool_calls": plain(completion.message.tool_calls),
        "finish_reason": completion.finish_reason,
        "usage": usage_dict(completion.usage),
        "model": completion.model,
    }
    return shown if completion.cost is None else {**shown, "cost": completion.cost}


def request_dict(request: ModelRequest) -> dict[str, Any]:
    """A request as script hooks see it; what is not set is left out."""
    return {key: value for key, value in plain(request).items() if value not in (None, [], {})}


def text_event(delta: Any) -> dict[str, Any] | None:
    """A stream event for a delta of text; None for other deltas."""
    return {"type": "text", "text": delta.text} if isinstance(delta, TextDelta) else None


def to_completion(replacement: Any) -> Completion:
    """A hook's replacement of a model's answer: text, or an object with `text`.

    Raises:
        UsageError: it is neither.
    """
    match replacement:
        case str():
            return Completion(Message("assistant", replacement), cost=0.0)
        case {"text": str() as text}:
            return Completion(Message("assistant", text), cost=0.0)
    raise UsageError("a model's answer is replaced by text, or by a table with `text`")


_REPLY = attrs.fields_dict(Result).keys() - {"handoff"}
_COUNTS = attrs.fields_dict(Usage).keys()
_SHAPES = {"stop_reason": str | None, "usage": Mapping | None, "cost": float | int | None, "error": Mapping | None}
_STOPS = (COMPLETED, "cancelled", "refused", "interrupted", "error")


def to_result(replacement: Any, agent: str) -> Result:
    """A hook's or a script function's answer in an agent's place: text, or a table with `text` or `output`.

    Another agent's reply is such a table; one that stopped early, or cost something, still does.

    Raises:
        UsageError: it has more than a reply has, which would be lost.
    """
    match replacement:
        case None:
            return Result(agent=agent, cost=0.0)
        case str():
            return Result(text=replacement, agent=agent, cost=0.0)
        case Mapping() if {"text", "output"} & replacement.keys():
            return _reply(replacement, agent)
    return Result(output=replacement, agent=agent, cost=0.0)


def _reply(given: Mapping[str, Any], agent: str) -> Result:
    reply = {_snake(key): item for key, item in given.items()}
    for key in sorted(reply.keys() - _REPLY):
        raise UsageError(
            f"agent {agent!r} answered with text or output, and with {key!r}, which no reply has",
            hint="put data into output",
        )
    for key, shape in _SHAPES.items():
        if not isinstance(reply.get(key), shape):
            raise UsageError(f"agent {agent!r} answered with a wrong {key}: {reply[key]!r}")
    reason = reply.get("stop_reason", COMPLETED)
    if reason not in _STOPS and not reason.startswith("budget."):
        raise UsageError(f"agent {agent!r} answered with the stop_reason {reason!r}", hint=did_you_mean(reason, _STOPS))
    return Result(
        str(reply.get("text", "")),
        reply.get("output"),
        reason,
        _usage(reply.get("usage") or {}),
        reply.get("cost") if "usage" in reply else 0.0,
        error=reply.get("error"),
        agent=agent,
    )


def _usage(given: Mapping[str, Any]) -> Usage:
    counts = {_snake(name): count for name, count in given.items()}
    total = counts.pop("total_tokens", 0)
    if counts.keys() - _COUNTS or any(type(count) is not int or count < 0 for count in (total, *counts.values())):
        raise UsageError(f"usage has whole numbers of {', '.join(_COUNTS)}, not {dict(given)!r}")
    return Usage(**counts)


def _snake(key: str) -> str:
    """The kernel's name of a key of a reply, which a function's result has as its language writes it."""
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key)


def in_place_of(result: Result, replacement: Result) -> Result:
    """Another answer to the same question: what was used stays used, and what was said before it stays said."""
    messages = result.messages
    if messages and messages[-1].role == "assistant":
        messages = (*messages[:-1], Message("assistant", replacement.text))
    return attrs.evolve(
        replacement, usage=result.usage, cost=result.cost, calls=result.calls, messages=messages, steps=result.steps
    )
