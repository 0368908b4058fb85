"""What the conversation asks for now: the last thing a user said, and what tools have answered since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import attrs

from llmspell.message import Message

_SHORT = 200
_HANDED_OVER = "The conversation was handed over to "
_REQUEST = 10_000


@attrs.frozen
class ToolResult:
    """What a tool answered; `passed_on` says that a later call was given the text."""

    name: str
    arguments: str
    text: str
    passed_on: bool = False

    @property
    def failed(self) -> bool:
        """Whether it is an error, as the agent loop writes one."""
        return self.text.startswith("Error (")

    @property
    def value(self) -> Any:  # Any: a tool answers any JSON
        """The answer as data; its text when it is not JSON."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return self.text

    @property
    def number(self) -> float | None:
        """The number that it is, or that it has when it is an object with exactly one."""
        value = self.value
        values = value.values() if isinstance(value, dict) else [value]
        numbers = [item for item in values if isinstance(item, int | float) and not isinstance(item, bool)]
        return numbers[0] if len(numbers) == 1 else None

    @property
    def is_short(self) -> bool:
        """Whether it can be stated in a line."""
        return len(self.text) <= _SHORT and "\n" not in self.text.strip()


@attrs.frozen
class Turn:
    """The last user message (`asked`), what users said and tools answered before, and the results since.

    Calls that handed the conversation over gave nothing; `handed_over` has the names of their tools.
    """

    asked: str
    before: str
    results: tuple[ToolResult, ...]
    handed_over: tuple[str, ...] = ()

    @property
    def request(self) -> str:
        """As much of what was asked as the rules for tools look at."""
        return self.asked[:_REQUEST]

    @property
    def called(self) -> set[str]:
        """The names of the tools that were called."""
        return {result.name for result in self.results}.union(self.handed_over)

    @property
    def good(self) -> tuple[ToolResult, ...]:
        """The results that are no errors."""
        return tuple(result for result in self.results if not result.failed)

    def last_number(self) -> float | None:
        """The number that a tool answered last."""
        numbers = [result.number for result in self.good if result.number is not None]
        return numbers[-1] if numbers else None

    def last_text(self) -> str | None:
        """The text that a tool answered last."""
        texts = [result.text for result in self.good if isinstance(result.value, str)]
        return texts[-1] if texts else None


def read_turn(messages: Sequence[Message]) -> Turn:
    """The turn that `messages` end in."""
    start = max((at for at, message in enumerate(messages) if message.role == "user"), default=-1)
    before = [message.content for message in messages[: max(start, 0)] if message.role in ("user", "tool")]
    before = [said for said in before if not said.startswith(_HANDED_OVER)]
    calls = {call.id: call for message in messages for call in message.tool_calls}
    results = []
    for message in messages[start + 1 :]:
        if message.role == "tool" and message.tool_call_id in calls:
            call = calls[message.tool_call_id]
            results.append(ToolResult(call.name, call.arguments, message.content))
    asked = messages[start].content if start >= 0 else ""
    handed_over = tuple(result.name for result in results if result.text.startswith(_HANDED_OVER))
    results = [result for result in results if not result.text.startswith(_HANDED_OVER)]
    return Turn(asked, "\n".join(before), tuple(map(_marked(results), results)), handed_over)


def _marked(results: Sequence[ToolResult]) -> Any:
    given = [_strings(result.arguments) for result in results]

    def mark(result: ToolResult) -> ToolResult:
        return attrs.evolve(result, passed_on=any(result.text in strings for strings in given))

    return mark


def _strings(arguments: str) -> list[str]:
    try:
        values = json.loads(arguments)
    except ValueError:
        return []
    return [value for value in values.values() if isinstance(value, str)] if isinstance(values, dict) else []
