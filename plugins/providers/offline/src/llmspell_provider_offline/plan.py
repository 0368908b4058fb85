"""Which tool is called next, and with which arguments: by rules that the README states, never by guessing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from llmspell.message import ToolSpec
from llmspell_provider_offline import spelled
from llmspell_provider_offline.extract import words
from llmspell_provider_offline.turn import Turn

_FILE_NAMES = {"path", "file", "filename", "file_name", "file_path"}
_ARITHMETIC_NAMES = {"expression", "formula", "calculation"}
_TEXT_NAMES = {"text", "content", "contents", "body", "document"}
_TRANSFER = "transfer_to_"
_OF_ANY_TRANSFER = set(words("Hand the conversation over to the agent."))
_REQUEST_NAMES = {"input", "prompt", "task", "question", "query", "request", "message"}


@attrs.frozen
class Call:
    """A tool and its arguments; `plain` says that they fit by their names, so that no other tool is meant."""

    name: str
    arguments: dict[str, Any]
    plain: bool = True


@attrs.frozen
class Missing:
    """A tool cannot be called: the request does not spell out this argument."""

    name: str
    argument: str


def next_call(turn: Turn, tools: Sequence[ToolSpec]) -> Call | None:
    """The call that the request asks for and that was not made yet; None when it is time to answer.

    A tool that is named is called, in the order in which they are named. When none is named, the tool whose
    arguments are all there by their names is called, and else the only one whose arguments are there at all.
    When that is done, the conversation may be handed over.
    """
    named = mentioned(turn.request, tools)
    if named:
        return next((call for call in _fitting(turn, named, True) if call.name not in turn.called), None)
    fitting = list(_fitting(turn, tools, False))
    chosen = [call for call in fitting if call.plain] or (fitting if len(fitting) == 1 else [])
    return next((call for call in chosen if call.name not in turn.called), None) or _transfer(turn, tools)


def _transfer(turn: Turn, tools: Sequence[ToolSpec]) -> Call | None:
    """A handoff to the agent whose description shares more words with the request than that of any other, once."""
    if any(name.startswith(_TRANSFER) for name in turn.called):
        return None
    asked = set(words(turn.request)) - _OF_ANY_TRANSFER
    shared = {tool.name: len(asked & set(words(tool.description))) for tool in tools if tool.name.startswith(_TRANSFER)}
    most = max(shared.values(), default=0)
    found = _only([name for name, count in shared.items() if count == most > 0])
    return None if found is None else Call(found, {})


def mentioned(text: str, tools: Sequence[ToolSpec]) -> list[ToolSpec]:
    """The tools whose names appear as words, in the order of their first appearance."""
    found = []
    for tool in tools:
        pattern = r"(?<!\w)" + re.escape(tool.name).replace("_", "[_ -]") + r"(?!\w)"
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            found.append((match.start(), tool))
    return [tool for _, tool in sorted(found, key=lambda pair: pair[0])]


def _fitting(turn: Turn, tools: Sequence[ToolSpec], named: bool) -> Iterator[Call]:
    for tool in tools:
        call = fill(tool, turn, named=named)
        if isinstance(call, Call):
            yield call


def fill(tool: ToolSpec, turn: Turn, *, named: bool) -> Call | Missing:
    """A call of `tool` with its required arguments, or the first of them that the request does not give."""
    properties: Mapping[str, Any] = tool.parameters.get("properties", {})
    required: Sequence[str] = tool.parameters.get("required", ())
    if not required:
        return Call(tool.name, {}) if named else Missing(tool.name, "")
    given = _by_name(properties, required, turn, named)
    plain = len(given) == len(required)
    given.update(_in_order([name for name in required if name not in given], properties, turn))
    for name in required:
        if name not in given:
            return Missing(tool.name, name)
    return Call(tool.name, {name: given[name] for name in required}, plain)


def _by_name(properties: Mapping[str, Any], required: Sequence[str], turn: Turn, named: bool) -> dict[str, Any]:
    """The arguments that are found by what they are called."""
    given = {}
    for name in required:
        value = _one_by_name(name, properties.get(name, {}), turn, named)
        if value is not None:
            given[name] = value
    return given


def _one_by_name(name: str, rule: Mapping[str, Any], turn: Turn, named: bool) -> Any:
    if "enum" in rule:
        return _only([word for word in rule["enum"] if spelled.says(turn.request, str(word))])
    if not rule and named and turn.good:
        return turn.good[-1].value
    if rule.get("type") != "string":
        return None
    found: str | None = None
    if name in _FILE_NAMES:
        found = next(iter(spelled.files(turn.request)), None)
    elif name in _ARITHMETIC_NAMES:
        found = spelled.arithmetic(turn.request, turn.last_number(), asked_for=named)
    elif name in _TEXT_NAMES and named:
        found = turn.last_text()
    elif name in _REQUEST_NAMES and named and not spelled.quoted(turn.request):
        found = turn.asked
    return found


def _only(found: Sequence[Any]) -> Any:
    return found[0] if len(found) == 1 else None


def _in_order(names: Sequence[str], properties: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    """Quoted strings and numbers, given in order where there are exactly as many as are needed."""
    kinds = {name: properties.get(name, {}).get("type") for name in names if name not in _ARITHMETIC_NAMES}
    strings = [name for name, kind in kinds.items() if kind == "string"]
    numbers = [name for name, kind in kinds.items() if kind in ("number", "integer")]
    given: dict[str, Any] = {}
    quoted = spelled.quoted(turn.request)
    if len(quoted) == len(strings):
        given.update(zip(strings, quoted, strict=True))
    written = spelled.numbers(turn.request)
    last = turn.last_number()
    if not written and last is not None:
        written = [last]
    if len(written) == len(numbers):
        given.update(zip(numbers, written, strict=True))
    return given
