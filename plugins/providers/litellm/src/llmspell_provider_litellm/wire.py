"""A request as the keyword arguments of `litellm.acompletion`."""

from __future__ import annotations

from typing import Any

from llmspell.message import Message, ModelRequest

Json = dict[str, Any]  # Any: JSON

# Per read, and constant: litellm keeps one set of connections for each value. The call's deadline is ours.
_READ_SECONDS = 600.0
_NAMED_CHOICES = frozenset({"auto", "none", "required"})
# What litellm translates for each service. Everything else in `extra` goes to the server as it is; were it
# passed as an argument, a spell could reach litellm's own ones, such as `api_base` and `mock_response`.
_TRANSLATED = frozenset(
    "audio frequency_penalty logit_bias logprobs max_completion_tokens modalities parallel_tool_calls "  # noqa: SIM905 words read better than quotes
    "prediction presence_penalty prompt_cache_key reasoning_effort safety_identifier service_tier store "
    "thinking top_logprobs top_p user verbosity web_search_options".split()
)


def arguments(request: ModelRequest, model: str, *, stream: bool) -> Json:
    """The arguments that say what is asked; `model` is the full name."""
    found: Json = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "timeout": max(_READ_SECONDS, request.timeout),
        "max_retries": 0,  # the provider itself tries again, and says so
        "num_retries": 0,
        "drop_params": False,
        "stream": stream,
        **_options(request),
    }
    if stream:
        found["stream_options"] = {"include_usage": True}
    if request.tools:
        found["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in request.tools
        ]
    return found


def _options(request: ModelRequest) -> Json:
    options = {
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "seed": request.seed,
        "stop": list(request.stop) or None,
        "response_format": dict(request.response_format) if request.response_format is not None else None,
        "tool_choice": _tool_choice(request.tool_choice),
        **{name: value for name, value in request.extra.items() if name in _TRANSLATED},
    }
    found = {name: value for name, value in options.items() if value is not None}
    as_it_is = {name: value for name, value in request.extra.items() if name not in _TRANSLATED}
    return {**found, "extra_body": as_it_is} if as_it_is else found


def _message(message: Message) -> Json:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content}
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.tool_calls
    ]
    return {"role": message.role, "content": message.content or None, "tool_calls": calls}


def _tool_choice(choice: str | None) -> str | Json | None:
    if choice is None or choice in _NAMED_CHOICES:
        return choice
    return {"type": "function", "function": {"name": choice}}
