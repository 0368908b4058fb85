"""The server's side of OpenAI's chat completions: requests read, answers written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from llmspell.message import (
    Completion,
    Delta,
    FinishDelta,
    Message,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolSpec,
    Usage,
)
from llmspell.testing.steps import Calls, Fail, Pause, Text

Json = dict[str, Any]  # Any: JSON

DONE = b"data: [DONE]\n\n"


def parse_request(body: Mapping[str, Any]) -> ModelRequest:
    """What a provider was asked, without `timeout` and `extra`: functions choose a step by it."""
    choice = body.get("tool_choice")
    return ModelRequest(
        model=body.get("model", ""),
        messages=tuple(_parse_message(message) for message in body.get("messages", ())),
        tools=tuple(_parse_tool(tool["function"]) for tool in body.get("tools", ())),
        tool_choice=choice["function"]["name"] if isinstance(choice, dict) else choice,
        response_format=body.get("response_format"),
        temperature=body.get("temperature"),
        max_tokens=body.get("max_completion_tokens", body.get("max_tokens")),
        stop=tuple(body.get("stop") or ()),
        seed=body.get("seed"),
    )


def _parse_tool(function: Json) -> ToolSpec:
    return ToolSpec(function["name"], function.get("description", ""), function.get("parameters", {}))


def _parse_message(message: Json) -> Message:
    calls = message.get("tool_calls") or ()
    return Message(
        message["role"],
        message.get("content") or "",
        tuple(ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in calls),
        message.get("tool_call_id", ""),
    )


def completion_body(completion: Completion) -> Json:
    """The whole answer as one JSON object."""
    message: Json = {"role": "assistant", "content": completion.message.content or None}
    if completion.message.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in completion.message.tool_calls
        ]
    choice = {"index": 0, "message": message, "finish_reason": completion.finish_reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": completion.model,
        "choices": [choice],
        "usage": usage_body(completion.usage),
    }


def events(delta: Delta, model: str, *, include_usage: bool) -> Iterator[bytes]:
    """The server-sent events of one piece of an answer; the last piece brings the usage and the end mark."""
    if not isinstance(delta, FinishDelta):
        yield event(_chunk(model, [_choice(_delta_body(delta), None)]))
        return
    yield event(_chunk(model, [_choice({}, delta.finish_reason)]))
    if include_usage:
        yield event({**_chunk(model, []), "usage": usage_body(delta.usage)})
    yield DONE


def stream_bytes(step: Text | Calls, model: str, *, include_usage: bool = True) -> bytes:
    """The whole answer as a stream of events: what a client gets to see when nothing goes wrong."""
    deltas = (beat for beat in step.beats(model) if not isinstance(beat, Pause | Fail))
    return b"".join(chunk for delta in deltas for chunk in events(delta, model, include_usage=include_usage))


def event(data: Json) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def usage_body(usage: Usage) -> Json:
    """Token counts under OpenAI's names."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def error_body(fail: Fail) -> Json:
    """A failure as OpenAI writes it."""
    message = fail.error("provider:scripted").message
    return {"error": {"message": message, "type": "scripted_error", "param": None, "code": None}}


def _delta_body(delta: Delta) -> Json:
    if isinstance(delta, TextDelta):
        return {"content": delta.text}
    assert not isinstance(delta, FinishDelta)
    call: Json = {"index": delta.index, "function": {"arguments": delta.arguments}}
    if delta.id:
        call |= {"id": delta.id, "type": "function"}
        call["function"]["name"] = delta.name
    return {"tool_calls": [call]}


def _choice(delta: Json, finish_reason: str | None) -> Json:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def _chunk(model: str, choices: list[Json]) -> Json:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": model,
        "choices": choices,
    }
