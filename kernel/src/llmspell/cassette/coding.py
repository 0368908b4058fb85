"""Requests, answers and errors as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell import errors
from llmspell.cassette.exchange import ExchangeKind
from llmspell.errors import LlmspellError
from llmspell.export import plain
from llmspell.message import Completion, Message, ModelRequest, ToolCall, Usage
from llmspell.result import HandoffRequest
from llmspell.values import dumps, loads

Json = Any  # what json.loads gives


def request_data(kind: ExchangeKind, request: Any) -> Json:
    """What was asked, as JSON: a tool's arguments, or a model's request without what changes no answer."""
    return _model_request(request) if kind == "llm" else value_data(request)


def _model_request(request: ModelRequest) -> Json:
    """The fields that are not as usual; the model is the exchange's name, and no timeout changes an answer."""
    fields = (field for field in attrs.fields(ModelRequest) if field.name not in ("model", "timeout"))
    found = {field.name: plain(getattr(request, field.name)) for field in fields}
    messages = [{key: item for key, item in each.items() if item not in ("", [])} for each in found.pop("messages")]
    return {"messages": messages, **{key: item for key, item in found.items() if item not in (None, [], {})}}


def answer_data(kind: ExchangeKind, answer: Any) -> Json:
    """What came back, as JSON.

    Raises:
        TypeError, ValueError: a tool answered what is no data.
    """
    return plain(answer) if kind == "llm" else value_data(answer)


def answer_of(kind: ExchangeKind, data: Json) -> Any:
    """What `answer_data` was made of.

    Raises:
        TypeError, ValueError, KeyError: it was made of something else.
    """
    return _completion(data) if kind == "llm" else data_value(data)


def _completion(data: Mapping[str, Any]) -> Completion:
    message = data["message"]
    calls = tuple(ToolCall(**call) for call in message["tool_calls"])
    return Completion(
        Message(message["role"], message["content"], calls, message["tool_call_id"]),
        data["finish_reason"],
        usage_of(data["usage"]),
        data["model"],
        data["cost"],
    )


def usage_of(data: Mapping[str, int] | None) -> Usage:
    """Token counts by name as `Usage`."""
    return Usage(**{name: count for name, count in (data or {}).items() if name != "total_tokens"})


_HANDOFF = "$handoff"  # no value has such a key: `llmspell.values` writes another dollar before a script's own


def value_data(value: Any) -> Json:
    """A script's value as JSON; bytes and infinities are marked, as `llmspell.values` writes them.

    A tool's wish that another agent goes on is marked as well.

    Raises:
        TypeError, ValueError: it is no data.
    """
    if isinstance(value, HandoffRequest):
        return {_HANDOFF: json.loads(dumps(attrs.asdict(value, recurse=False)))}
    return json.loads(dumps(value))


def data_value(data: Json) -> Any:
    """What `value_data` was made of."""
    if isinstance(data, Mapping) and data.keys() == {_HANDOFF}:
        return HandoffRequest(**loads(json.dumps(data[_HANDOFF])))
    return loads(json.dumps(data))


# What the class of an error decides: the exit code, and who must act. All others come back by their kind alone.
_CLASSES = {
    each.__name__: each
    for each in (
        errors.UsageError,
        errors.PermissionDenied,
        errors.Vetoed,
        errors.ProviderError,
        errors.ToolFailed,
        errors.ScriptFailed,
    )
}


def error_data(error: LlmspellError) -> dict[str, Json]:
    """An error as JSON."""
    return {"class": type(error).__name__, **plain(error)}


def error_of(data: Mapping[str, Json]) -> LlmspellError:
    """The error that `error_data` was made of, or one of the same kind."""
    made = _CLASSES.get(data["class"], LlmspellError)
    fields = {name: item for name, item in data.items() if name not in ("class", "message")}
    return made(data["message"], **fields)
