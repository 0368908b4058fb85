"""What litellm answers, as completions and deltas.

litellm reports success for streams that end early and for bodies that hold nothing; here neither passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import attrs

from llmspell.message import (
    Completion,
    Delta,
    FinishDelta,
    FinishReason,
    Message,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from llmspell_provider_litellm import prices

_FINISH: Mapping[str, FinishReason] = {
    "stop": "stop",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "content_filter": "content_filter",
}


class Incomplete(Exception):  # what the answer is
    """The answer is none, or not all of it."""


class Nothing(Incomplete):
    """The answer holds neither text nor calls nor counted tokens."""


class Cut(Incomplete):
    """The stream ended without a finish reason."""


@attrs.frozen
class Asked:
    """Who was asked: litellm, and the model by its own and its full name."""

    litellm: Any  # Any: a module without types
    model: str
    full_name: str


def completion(response: Any, asked: Asked) -> Completion:
    """A whole answer.

    Raises:
        Nothing: there is nothing in it.
    """
    usage = _usage(getattr(response, "usage", None))
    choice = next(iter(response.choices or ()), None)
    message = getattr(choice, "message", None)
    text = getattr(message, "content", None) or ""
    calls = tuple(map(_call, getattr(message, "tool_calls", None) or ()))
    if choice is None or not (text or calls or usage.total_tokens):
        raise Nothing
    return Completion(
        Message("assistant", text, calls),
        _finish_reason(choice.finish_reason, calls=bool(calls)),
        usage,
        response.model or asked.model,
        prices.cost(asked.litellm, asked.full_name, usage, getattr(response, "usage", None)),
    )


def _call(call: Any) -> ToolCall:
    return ToolCall(call.id or _new_id(), call.function.name or "", call.function.arguments or "")


class StreamReader:
    """Reads the chunks of one stream, litellm's `CustomStreamWrapper`."""

    def __init__(self, stream: Any, asked: Asked) -> None:
        self._stream = stream
        self._asked = asked
        self._named: set[int] = set()
        self._text = False
        self._model = asked.model
        self._counted: Any = None

    def read(self, chunk: Any) -> Iterator[Delta]:
        """The deltas of one chunk."""
        self._model = chunk.model or self._model
        self._counted = getattr(chunk, "usage", None) or self._counted
        for choice in chunk.choices[:1]:
            text = getattr(choice.delta, "content", None)
            if text:
                self._text = True
                yield TextDelta(text)
            for fragment in getattr(choice.delta, "tool_calls", None) or ():
                yield self._fragment(fragment)

    def finish(self) -> FinishDelta:
        """The last delta.

        Raises:
            Nothing: nothing came.
            Cut: something came, but not to its end.
        """
        # litellm's chunks end in "stop" whatever happened; these two hold what the server said.
        said = self._stream.received_finish_reason or self._stream.intermittent_finish_reason
        # Where the server counted nothing, litellm guesses with a tokenizer of its own.
        was_counted = any(getattr(chunk, "usage", None) for chunk in self._stream.chunks)
        counted = self._counted if was_counted else None
        usage = _usage(counted)
        if not (self._text or self._named or (said and usage.total_tokens)):
            raise Nothing
        if not said:
            raise Cut
        asked = self._asked
        return FinishDelta(
            _finish_reason(said, calls=bool(self._named)),
            usage,
            self._model,
            prices.cost(asked.litellm, asked.full_name, usage, counted),
        )

    def _fragment(self, fragment: Any) -> ToolCallDelta:
        text = fragment.function.arguments or ""
        if fragment.index in self._named:
            return ToolCallDelta(fragment.index, arguments=text)
        self._named.add(fragment.index)
        return ToolCallDelta(fragment.index, fragment.id or _new_id(), fragment.function.name or "", text)


def _finish_reason(said: Any, *, calls: bool) -> FinishReason:
    known = _FINISH.get(said, "stop") if isinstance(said, str) else "stop"
    return "tool_calls" if calls and known == "stop" else known


def _usage(counted: Any) -> Usage:
    return Usage(
        _count(counted, "prompt_tokens"),
        _count(counted, "completion_tokens"),
        _count(getattr(counted, "prompt_tokens_details", None), "cached_tokens"),
        _count(getattr(counted, "completion_tokens_details", None), "reasoning_tokens"),
    )


def _count(holder: Any, name: str) -> int:
    return getattr(holder, name, None) or 0


def _new_id() -> str:
    return f"call_{uuid4().hex[:16]}"
