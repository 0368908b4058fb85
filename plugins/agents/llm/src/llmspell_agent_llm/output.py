"""Structured output, three ways: the server's own, a tool that takes the answer, or a prompt that asks for JSON.

All three work together with tools. Text is only read as JSON where the model was asked for nothing but JSON.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell.message import Message, ToolCall, ToolSpec
from llmspell.provider import Capabilities
from llmspell.schema import Validator

FINAL_ANSWER = "final_answer"


@attrs.frozen
class Answer:
    """What a model's message means: an answer that fits, or a problem and the messages that ask for a better one."""

    value: Any = None
    ready: bool = False
    problem: str = ""
    reply: tuple[Message, ...] = ()


class Output(ABC):
    """One way to get an answer that fits a schema."""

    tools: tuple[ToolSpec, ...] = ()
    response_format: Mapping[str, Any] | None = None
    instruction: str = ""

    def __init__(self, schema: Mapping[str, Any], component: str) -> None:
        self._validator = Validator(schema, component)

    @abstractmethod
    def read(self, message: Message) -> Answer | None:
        """What the message means; None when it only calls other tools."""

    def _checked(self, text: str, call: ToolCall | None, key: str = "") -> Answer:
        try:
            value = json.loads(text)
            value = value[key] if key else value
            self._validator.check(value)
        except (ValueError, RecursionError) as cause:
            return self._wrong(f"it is not JSON ({cause})", call)
        except (KeyError, TypeError):
            return self._wrong(f"it has no {key!r}", call)
        except UsageError as error:
            return self._wrong(error.message, call)
        return Answer(value=value, ready=True)

    def _wrong(self, problem: str, call: ToolCall | None) -> Answer:
        text = f"The answer does not fit the schema: {problem}. Correct it."
        reply = Message("tool", text, (), call.id) if call else Message("user", text)
        return Answer(problem=problem, reply=(reply,))


class NativeOutput(Output):
    """The server makes the answer fit."""

    def __init__(self, schema: Mapping[str, Any], component: str) -> None:
        super().__init__(schema, component)
        self.response_format = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": dict(schema)},
        }

    def read(self, message: Message) -> Answer | None:
        """The text is the answer."""
        return None if message.tool_calls else self._checked(message.content, None)


class ToolOutput(Output):
    """The model calls a tool with its answer; a schema that is no object is wrapped in one."""

    def __init__(self, schema: Mapping[str, Any], component: str) -> None:
        super().__init__(schema, component)
        self._key = "" if schema.get("type") == "object" else "answer"
        parameters = dict(schema) if not self._key else _wrapped(schema, self._key)
        self.tools = (ToolSpec(FINAL_ANSWER, "Give the final answer. Call this alone, at the end.", parameters),)

    def read(self, message: Message) -> Answer | None:
        """The arguments of the tool are the answer."""
        for call in message.tool_calls:
            if call.name == FINAL_ANSWER and len(message.tool_calls) == 1:
                return self._checked(call.arguments, call, self._key)
            if call.name == FINAL_ANSWER:
                return self._early(message)
        if message.tool_calls:
            return None
        problem = f"it must be given by calling {FINAL_ANSWER}"
        return self._wrong(problem, None)

    def _early(self, message: Message) -> Answer:
        problem = f"{FINAL_ANSWER} was called together with other tools"
        text = f"Nothing was run: {problem}. Call the other tools first, and {FINAL_ANSWER} alone."
        return Answer(problem=problem, reply=tuple(Message("tool", text, (), call.id) for call in message.tool_calls))


class PromptedOutput(Output):
    """The prompt asks for JSON and nothing else."""

    def __init__(self, schema: Mapping[str, Any], component: str) -> None:
        super().__init__(schema, component)
        self.instruction = (
            "Give your final answer as JSON that fits this schema, with nothing before or after it:\n"
            + json.dumps(schema, sort_keys=True)
        )

    def read(self, message: Message) -> Answer | None:
        """The text is the answer; a Markdown fence around the whole of it is taken off."""
        if message.tool_calls:
            return None
        text = message.content.strip()
        if text.startswith("```") and text.endswith("```"):
            text = text.removesuffix("```").partition("\n")[2]
        return self._checked(text, None)


def choose_output(schema: Mapping[str, Any], capabilities: Capabilities, component: str) -> Output:
    """The best way that a model has."""
    if capabilities.response_format:
        return NativeOutput(schema, component)
    if capabilities.tools:
        return ToolOutput(schema, component)
    return PromptedOutput(schema, component)


def _wrapped(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key: dict(schema)},
        "required": [key],
        "additionalProperties": False,
    }
