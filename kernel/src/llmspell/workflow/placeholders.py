"""Places for values in the texts and the data of a workflow, compiled once.

{{input}}  {{input.topic}}                 what the workflow was given
{{steps.facts.output.list.1}}              what an earlier step gave, or a part of it; lists count from 1
{{steps.facts.text}}                       the same as words; there are also `status` and `error`
{{item}}  {{item.name}}  {{index}}         in a loop or a map: the item, and the number of the round, from 1
{{previous.draft.text}}                    in a loop: a step of the round before; nothing in the first round
{{input.tone | default("friendly")}}       and what to put where there is nothing

A text that is one such place, and nothing else, gives the value itself: a list stays a list. In other texts words go
in as they are, nothing as an empty text, and everything else as JSON. Other braces mean nothing and stay as they are,
and what was put in is never looked at again. A place that can never have a value is an error when the workflow is made;
one that has none when it is needed is an error then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell.result import StepRecord
from llmspell.tool import as_text
from llmspell.workflow.frame import Frame

Render = Callable[[Frame], Any]

_PLACE = re.compile(r"\{\{\s*(?P<root>input|steps|item|index|previous)(?=[\s.|}])(?P<rest>[^{}]*)\}\}")
_REST = re.compile(r'(?P<path>(?:\.[\w-]+)*)\s*(?:\|\s*default\(\s*(?P<default>"(?:[^"\\]|\\.)*")\s*\)\s*)?')
_FIELDS = ("output", "text", "status", "error")
_MISSING: Any = object()


@attrs.frozen
class Visible:
    """What places may name.

    Attributes:
        steps: the steps that have been done by then.
        later: the steps that have not, and why: `comes later`, or `runs at the same time`.
        item: whether there are items.
        rounds: whether there are rounds.
        previous: the steps of the round before; None where there is none.
        inputs: the only names that the input can have; None where they are not known.
    """

    steps: tuple[str, ...] = ()
    later: Mapping[str, str] = attrs.field(factory=dict)
    item: bool = False
    rounds: bool = False
    previous: tuple[str, ...] | None = None
    inputs: tuple[str, ...] | None = None


def compiled(value: Any, visible: Visible, where: str) -> Render:
    """What gives a value with its places filled.

    Args:
        value: JSON-like; texts in it may have places. What it gives is the caller's own.
        visible: what places may name.
        where: whose value it is, for errors: `step 'facts'`.

    Raises:
        UsageError: a place can never have a value.
    """
    if isinstance(value, str):
        return _text(value, visible, where)
    if isinstance(value, Mapping):
        fields = [(key, compiled(item, visible, where)) for key, item in value.items()]
        return lambda frame: {key: render(frame) for key, render in fields}
    if isinstance(value, list | tuple):
        items = [compiled(item, visible, where) for item in value]
        return lambda frame: [render(frame) for render in items]
    return lambda _: value


def worded(value: Any) -> str:
    """A value as it stands in a text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JavaScript's numbers do not tell 1 from 1.0
    return as_text(value)


def _text(text: str, visible: Visible, where: str) -> Render:
    parts: list[str | Render] = []
    end = 0
    for place in _PLACE.finditer(text):
        if place.start() > end:
            parts.append(text[end : place.start()])
        parts.append(_place(place, visible, where))
        end = place.end()
    if end < len(text):
        parts.append(text[end:])
    if not parts or parts == [text]:
        return lambda _: text
    if len(parts) == 1 and callable(parts[0]):
        return parts[0]
    return partial(_joined, parts)


def _joined(parts: list[str | Render], frame: Frame) -> str:
    return "".join(part if isinstance(part, str) else worded(part(frame)) for part in parts)


def _place(place: re.Match[str], visible: Visible, where: str) -> Render:
    written, root = place[0], place["root"]
    rest = _REST.fullmatch(place["rest"])
    if rest is None:
        raise UsageError(
            f"{where}: {written:.100} is not a place for a value", hint='write {{a.b}}, or {{a.b | default("...")}}'
        )
    path = tuple(rest["path"].split(".")[1:])
    problem = _problem(root, path, visible)
    if problem:
        raise UsageError(f"{where}: {written}: {problem[0]}", hint=problem[1])
    default = _MISSING if rest["default"] is None else _default(rest["default"], where)
    return partial(_filled, _finder(root, path), default, written, where)


def _default(quoted: str, where: str) -> str:
    try:
        text: str = json.loads(quoted, strict=False)
    except ValueError as cause:
        raise UsageError(f"{where}: default({quoted}) is not text: write \\\\ for a backslash") from cause
    return text


def _filled(find: Render, default: Any, written: str, where: str, frame: Frame) -> Any:
    found = find(frame)
    if default is not _MISSING and (found is _MISSING or found is None):
        return default
    if found is _MISSING:
        raise UsageError(
            f"{where}: {written} has no value",
            hint=f'give it one, or write {written.rstrip("} ")} | default("...")}}}}',
        )
    return found


def _finder(root: str, path: tuple[str, ...]) -> Render:
    match root:
        case "index":
            return lambda frame: frame.index
        case "steps":
            return partial(_of_step, path)
        case "previous":
            return partial(_of_previous, path)
        case "item":
            return lambda frame: _inside(frame.item, path)
    return lambda frame: _inside(frame.input, path)


def _of_step(path: tuple[str, ...], frame: Frame) -> Any:
    return _field(frame.steps[path[0]], path)


def _of_previous(path: tuple[str, ...], frame: Frame) -> Any:
    record = frame.previous.get(path[0])
    return None if record is None else _field(record, path)


def _field(record: StepRecord, path: tuple[str, ...]) -> Any:
    return _inside(getattr(record, path[1]), path[2:])


def _inside(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if isinstance(value, Mapping):
            value = value.get(key, _MISSING)
        elif isinstance(value, list | tuple) and key.isdecimal() and 0 < int(key) <= len(value):
            value = value[int(key) - 1]
        else:
            return _MISSING
    return value


def _problem(root: str, path: tuple[str, ...], visible: Visible) -> tuple[str, str] | None:
    """Why a place can never have a value, and what to do about it."""
    match root:
        case "item" if not visible.item:
            return "there are no items here", "it is for a map, or a loop over a list"
        case "index" if not visible.rounds:
            return "there are no rounds here", "it is for loops and maps"
        case "index" if path:
            return "a number has no parts", "write {{index}}"
        case "previous" if visible.previous is None:
            return "there is no round before this one", "it is for the steps and conditions of a loop"
        case "previous":
            return _unknown_step(path, visible.previous or (), {}) or _wrong_field(root, path)
        case "steps":
            return _unknown_step(path, visible.steps, visible.later) or _wrong_field(root, path)
        case "input" if path and visible.inputs is not None and path[0] not in visible.inputs:
            return f"input_schema has no {path[0]!r}", did_you_mean(path[0], visible.inputs)
    return None


def _unknown_step(path: tuple[str, ...], known: tuple[str, ...], later: Mapping[str, str]) -> tuple[str, str] | None:
    if not path:
        return "it names no step", "write {{steps.NAME.output}} or {{steps.NAME.text}}"
    name = path[0]
    if name in known:
        return None
    if name in later:
        return f"the step {name!r} {later[name]}", ""
    hint = did_you_mean(name, known) or "a workflow sees its own steps only; pass other values in with `input`"
    return f"there is no step {name!r} before it", hint


def _wrong_field(root: str, path: tuple[str, ...]) -> tuple[str, str] | None:
    if len(path) > 1 and path[1] in _FIELDS:
        return None
    return f"say what of the step: {', '.join(_FIELDS)}", f"write {{{{{root}.{path[0]}.output}}}}"
