"""Turning what the kernel holds into JSON-like data, for `--json`, event export and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import LlmspellError
from llmspell.message import Completion, Message, Usage
from llmspell.messages import Messages
from llmspell.result import Result, StepRecord


def plain(value: Any) -> Any:
    """`value` as None, bool, int, float, str, list and dict; what is none of these becomes its `repr`."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | Messages):
        return [plain(item) for item in value]
    if isinstance(value, Usage):
        return usage_dict(value)
    if isinstance(value, LlmspellError):
        return plain(value.to_dict())
    if attrs.has(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    return repr(value)


def usage_dict(usage: Usage) -> dict[str, int]:
    """The token counts by name, the total included."""
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "total_tokens": usage.total_tokens,
    }


def result_dict(result: Result) -> dict[str, Any]:
    """A result as a script and `--json` see it; absent parts are left out, so that they read as nil or undefined."""
    shown = {
        "text": result.text,
        "stop_reason": result.stop_reason,
        "usage": usage_dict(result.usage),
        "agent": result.agent,
        "messages": [message_dict(message) for message in result.messages],
        "calls": [{key: item for key, item in plain(call).items() if item is not None} for call in result.calls],
        "steps": [step_dict(step) for step in result.steps] or None,
        "output": result.output,
        "cost": result.cost,
        "error": result.error,
    }
    return {key: value for key, value in shown.items() if value is not None}


def step_dict(step: StepRecord) -> dict[str, Any]:
    """What came of a step as scripts and programs see it, without what is not there."""
    shown = {**plain(step), "output": step.output, "steps": [step_dict(inner) for inner in step.steps] or None}
    return {key: value for key, value in shown.items() if value is not None}


def completion_data(completion: Completion) -> dict[str, Any]:
    """What the event at the end of a model call says."""
    return {
        "usage": usage_dict(completion.usage),
        "cost": completion.cost,
        "finish_reason": completion.finish_reason,
        "message": completion.message,
    }


def result_data(result: Result) -> dict[str, Any]:
    """What the event at the end of an agent's work says."""
    return {"stop_reason": result.stop_reason, "text": result.text, "usage": usage_dict(result.usage)}


def message_dict(message: Message) -> dict[str, Any]:
    """A message as scripts see it; empty parts are left out, but for the content."""
    return {key: value for key, value in plain(message).items() if value not in ("", [])} | {"content": message.content}
