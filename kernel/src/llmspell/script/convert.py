"""Messages, requests and answers of models, between the kernel's classes and what scripts see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from llmspell.errors import UsageError
from llmspell.export import plain, usage_dict
from llmspell.message import Completion, Message, ModelRequest, TextDelta, ToolCall
from llmspell.result import Result


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


def to_result(replacement: Any, agent: str) -> Result:
    """A hook's or a script function's answer in an agent's place: text, or a table with `text` or `output`."""
    match replacement:
        case None:
            return Result(agent=agent, cost=0.0)
        case str():
            return Result(text=replacement, agent=agent, cost=0.0)
        case Mapping() if {"text", "output"} & replacement.keys():
            text = replacement.get("text", "")
            return Result(text=str(text), output=replacement.get("output"), agent=agent, cost=0.0)
    return Result(output=replacement, agent=agent, cost=0.0)
