"""Requests and answers as OpenAI's chat completions write them.

A server's answer is read with suspicion: whatever does not have the expected form raises `Malformed`. What
compatible servers are known to get wrong without harm is mended: a missing call id, arguments as an object,
text in parts, `stop` as the finish reason of an answer with calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from llmspell.errors import UsageError
from llmspell.message import Completion, FinishReason, Message, ModelRequest, ToolCall, Usage

_FINISH: Mapping[str, FinishReason] = {
    "stop": "stop",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
}
_SHOWN = 80
_BOM = b"\xef\xbb\xbf"
_NAMED_CHOICES = frozenset({"auto", "none", "required"})

Json = dict[str, Any]  # Any: JSON


class Malformed(ValueError):
    """An answer does not have the form of a chat completion.

    `sentence` goes on after `the server answered`; its `{}` stands for `found`, which may hold anything,
    secrets included: only `told` shows it.
    """

    def __init__(self, sentence: str, found: object = None) -> None:
        self.sentence = sentence
        self.found = found
        super().__init__(sentence)

    def told(self, scrub: Callable[[str], str]) -> str:
        """The sentence with the beginning of what was found; `scrub` takes secrets out before it is cut."""
        found = self.found.decode("utf-8", "replace") if isinstance(self.found, bytes) else self.found
        if isinstance(found, str):
            return self.sentence.format(repr(scrub(found)[:_SHOWN]))
        return self.sentence.format(scrub(repr(found))[:_SHOWN])


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


_ENCODER = json.JSONEncoder(allow_nan=False, default=_plain, separators=(",", ":"))


def request_body(request: ModelRequest, *, stream: bool, max_tokens_key: str) -> bytes:
    """The JSON of one request; `max_tokens_key` is the server's name for the bound on the answer.

    Raises:
        UsageError: the request holds something that JSON cannot say.
    """
    body: Json = {"model": request.model, "messages": [_message(message) for message in request.messages]}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            }
            for tool in request.tools
        ]
    if request.tool_choice is not None:
        body["tool_choice"] = _tool_choice(request.tool_choice)
    if request.max_tokens is not None:
        body[max_tokens_key] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop)
    for key in ("response_format", "temperature", "seed"):
        value = getattr(request, key)
        if value is not None:
            body[key] = value
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    body |= request.extra
    try:
        return _ENCODER.encode(body).encode()
    except (TypeError, ValueError) as error:
        raise UsageError(f"the request to {request.model!r} cannot be written as JSON: {error}") from error


def _message(message: Message) -> Json:
    if message.tool_calls:
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
        return {"role": message.role, "content": message.content or None, "tool_calls": calls}
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content}
    return {"role": message.role, "content": message.content}


def _tool_choice(choice: str) -> str | Json:
    if choice in _NAMED_CHOICES:
        return choice
    return {"type": "function", "function": {"name": choice}}


def decode(text: str | bytes) -> Any:
    """The JSON in `text`.

    Raises:
        Malformed: there is none, or it is broken or too deep.
    """
    try:
        return json.loads(text.removeprefix(_BOM) if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as error:
        raise Malformed("with malformed JSON: {}", text) from error


def completion(data: Any, asked: str) -> Completion:
    """The answer in `data`, decoded JSON; `asked` is the model's name where the server does not say it.

    Raises:
        Malformed: `data` is no chat completion.
    """
    answer = as_object(data, "the answer")
    choice = _first_choice(answer)
    message = as_object(choice.get("message"), "`message`")
    taken: set[str] = set()
    calls = tuple(_call(call, taken) for call in as_list(message.get("tool_calls"), "`tool_calls`"))
    refusal = as_text(message.get("refusal"))
    return Completion(
        Message("assistant", as_text(message.get("content")) + refusal, calls),
        finish_reason(choice.get("finish_reason"), calls=bool(calls), refused=bool(refusal)),
        usage(answer.get("usage")),
        as_text(answer.get("model")) or asked,
    )


def _first_choice(answer: Json) -> Json:
    choices = as_list(answer.get("choices"), "`choices`")
    if not choices:
        raise Malformed("without any choice")
    return as_object(choices[0], "a choice")


def _call(data: Any, taken: set[str]) -> ToolCall:
    call = as_object(data, "a tool call")
    function = as_object(call.get("function"), "a tool call's `function`")
    name = as_text(function.get("name"))
    if not name:
        raise Malformed("with a tool call that has no name")
    return ToolCall(unique_id(as_text(call.get("id")), taken), name, arguments(function.get("arguments")))


def model_names(data: Any) -> tuple[str, ...]:
    """The names in a list of models.

    Raises:
        Malformed: `data` is no list of models.
    """
    listed = as_list(as_object(data, "the answer").get("data"), "`data`")
    return tuple(as_text(as_object(model, "a model").get("id")) for model in listed)


def finish_reason(said: Any, *, calls: bool, refused: bool) -> FinishReason:
    """The finish reason in our words; an unknown one counts as `stop`."""
    if refused:
        return "content_filter"
    known = _FINISH.get(said, "stop") if isinstance(said, str) else "stop"
    return "tool_calls" if calls and known == "stop" else known


def usage(data: Any) -> Usage:
    """The token counts; what a server leaves out is 0."""
    counts = data if isinstance(data, dict) else {}
    return Usage(
        _count(counts, "prompt_tokens"),
        _count(counts, "completion_tokens"),
        _count(counts.get("prompt_tokens_details"), "cached_tokens"),
        _count(counts.get("completion_tokens_details"), "reasoning_tokens"),
    )


def _count(counts: Any, key: str) -> int:
    value = counts.get(key) if isinstance(counts, dict) else None
    return value if isinstance(value, int) and value >= 0 else 0


def arguments(data: Any) -> str:
    """A call's arguments, verbatim where the server sends text as it should."""
    if isinstance(data, str):
        return data
    if data is None:
        return ""
    return json.dumps(data)


def unique_id(said: str, taken: set[str]) -> str:
    """The id of a call, added to `taken`: a new one where the server gave none, or one that is taken.

    A tool's answer names the call by its id, so each call of an answer needs its own.
    """
    call_id = said if said and said not in taken else f"call_{uuid4().hex[:16]}"
    taken.add(call_id)
    return call_id


def as_text(data: Any) -> str:
    """Text that may be missing, or come in parts.

    Raises:
        Malformed: it is something else.
    """
    if data is None or isinstance(data, str):
        return data or ""
    if isinstance(data, list):
        return "".join(as_text(as_object(part, "a part of the text").get("text")) for part in data)
    raise Malformed("with {} where text belongs", data)


def as_object(data: Any, what: str) -> Json:
    """`data`, which must be an object."""
    if not isinstance(data, dict):
        raise Malformed(f"with {{}}, where {what} must be an object", data)
    return data


def as_list(data: Any, what: str) -> list[Any]:
    """`data`, which must be a list, or missing."""
    if data is None:
        return []
    if not isinstance(data, list):
        raise Malformed(f"with {{}}, where {what} must be a list", data)
    return data
