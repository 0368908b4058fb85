"""What goes to a model and what comes back: messages, tool calls, usage, requests, completions, deltas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "tool_calls", "length", "content_filter"]


@attrs.frozen
class ToolCall:
    """One call that a model asked for. `arguments` is the JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str


@attrs.frozen
class Message:
    """One turn of a conversation; `tool_call_id` links a `tool` message to its call."""

    role: Role
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@attrs.frozen
class Usage:
    """Tokens of one or more model calls.

    `cached_tokens` are included in `input_tokens`, `reasoning_tokens` in `output_tokens`.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Input plus output."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


@attrs.frozen
class ToolSpec:
    """A tool as a model sees it; `parameters` is a JSON Schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@attrs.frozen
class ModelRequest:
    """One request to a model.

    `model` is the name as the provider knows it, without the `provider/` prefix. `timeout` is seconds for the
    whole call, streams included. `response_format` is OpenAI's object (`{"type": "json_schema", ...}`).
    `extra` goes to the server as it is.
    """

    model: str
    messages: Sequence[Message]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: str | None = None
    response_format: Mapping[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    timeout: float = 120.0
    extra: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Completion:
    """A model's whole answer. `cost` is USD; None means that the price is unknown, never that it is free."""

    message: Message
    finish_reason: FinishReason = "stop"
    usage: Usage = Usage()
    model: str = ""
    cost: float | None = None


@attrs.frozen
class TextDelta:
    """More of the answer's text."""

    text: str


@attrs.frozen
class ToolCallDelta:
    """More of one tool call; the first delta of an `index` carries `id` and `name`."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@attrs.frozen
class FinishDelta:
    """The last delta of every stream; a stream that ends without one is incomplete."""

    finish_reason: FinishReason
    usage: Usage = Usage()
    model: str = ""
    cost: float | None = None


Delta = TextDelta | ToolCallDelta | FinishDelta
