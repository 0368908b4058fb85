"""A workflow as boxes inside boxes, for whoever draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from llmspell.workflow.checks import names
from llmspell.workflow.definition import (
    Condition,
    Conditional,
    Definition,
    Loop,
    Map,
    Parallel,
    Step,
    StepAgent,
    parts,
)

_LONGEST = 48  # characters of a line in a drawing


@attrs.frozen
class Box:
    """A step: lines of words, and the workflow that it is, if it is one."""

    lines: tuple[str, ...]
    inner: Outline | None = None


@attrs.frozen
class Column:
    """Steps that are done one after another; `label` says when, where that depends."""

    boxes: tuple[Box, ...]
    label: str = ""


@attrs.frozen
class Outline:
    """A workflow: its title, and columns that stand side by side because they are done at once, or one of them only.

    `again` tells how often what is in it is done; empty for once.
    """

    title: str
    columns: tuple[Column, ...]
    again: str = ""


def outline(definition: Definition, name: str = "") -> Outline:
    """The boxes of a workflow.

    Raises:
        UsageError: its steps have names that do not go together.
    """
    named = [
        [_box(step, name) for step, name in zip(steps, found, strict=True)]
        for steps, found in zip(parts(definition), names(definition), strict=True)
    ]
    title = f"{definition.name or name or 'workflow'} ({definition.type})"
    if isinstance(definition, Conditional):
        labels = [f"if {_condition(branch.condition)}" for branch in definition.branches]
        columns = [
            Column(tuple(boxes), label) for boxes, label in zip(named, [*labels, "otherwise"], strict=True) if boxes
        ]
        return Outline(title, tuple(columns))
    if isinstance(definition, Parallel):
        return Outline(title, tuple(Column((box,)) for box in named[0]))
    return Outline(title, (Column(tuple(named[0])),), _again(definition))


def _again(definition: Definition) -> str:
    if isinstance(definition, Map):
        return _short(f"for each of {_words(definition.over)}")
    if not isinstance(definition, Loop):
        return ""
    said = {
        "for each of": None if definition.over is None else _words(definition.over),
        "times:": definition.times,
        "while": None if definition.repeat_while is None else _condition(definition.repeat_while),
        "until": None if definition.repeat_until is None else _condition(definition.repeat_until),
    }
    told = ", ".join(f"{word} {value}" for word, value in said.items() if value is not None)
    return _short(f"{told}, at most {definition.max_iterations} rounds")


def _box(step: Step, name: str) -> Box:
    what = [f"{step.kind} {_target(step)}".strip()]
    if step.condition is not None:
        what.append(f"if {_condition(step.condition)}")
    if step.retry is not None:
        what.append(f"at most {step.retry.attempts} attempts")
    if step.on_error != "fail":
        what.append(f"on error: {step.on_error}")
    inner = outline(step.workflow, name) if isinstance(step.workflow, Definition) else None
    return Box((name, *map(_short, what)), inner)


def _target(step: Step) -> str:
    """What a step names."""
    value: Any = getattr(step, step.keys[0]) if step.keys else ""
    if isinstance(value, StepAgent):
        return value.type
    if isinstance(value, str):
        return value if step.kind != "prompt" else ""
    return str(getattr(value, "name", ""))


def _condition(condition: Any) -> str:
    if isinstance(condition, str):
        return _short(condition)
    if isinstance(condition, Condition):
        return _short(f"{_words(condition.value)} {condition.op} {_words(condition.to)}")
    return "a function says so"


def _words(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{len(value)} items"
    return str(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
