"""What must hold for workflows and steps before anything is looked up."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from llmspell.errors import UsageError, did_you_mean
from llmspell.workflow.definition import (
    MAX_NESTING,
    MAX_STEPS,
    Action,
    Conditional,
    Definition,
    Loop,
    Map,
    Parallel,
    Step,
    parts,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_LONGEST_NAME = 128
_MOST_ATTEMPTS = 100

LONGEST_PAUSE = 60.0
"""Seconds between two attempts of a step, at most."""


def names(definition: Definition) -> list[list[str]]:
    """The names of the steps, for each of `parts`: their own, or `step-N` by the place among all of them.

    Raises:
        UsageError: a name is none, or two steps have the same; or there are too many steps.
    """
    _check_size(definition)
    found: list[list[str]] = []
    seen: set[str] = set()
    for steps in parts(definition):
        found.append([])
        for step in steps:
            name = step.name or f"step-{len(seen) + 1}"
            if not _NAME.fullmatch(name):
                hint = "use letters, digits, - and _, 64 at most, and begin with a letter"
                raise UsageError(f"{name!r} is not a step name", hint=hint)
            if name in seen:
                raise UsageError(f"two steps are named {name!r}", hint="each step needs a name of its own")
            seen.add(name)
            found[-1].append(name)
    return found


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a workflow: it stands in paths and in errors (`UsageError`)."""
    if not name:
        raise UsageError("a workflow needs a name")
    if not name.isprintable() or "/" in name or len(name) > _LONGEST_NAME:
        hint = f"use up to {_LONGEST_NAME} printable characters, without /"
        raise UsageError(f"{name[:60]!r} cannot be the name of a workflow", hint=hint)


def _check_size(definition: Definition) -> None:
    """Refuse what takes for ever to make ready: a few workflows, each twice in the next, are very many steps."""
    level: list[Definition] = [definition]
    steps = depth = 0
    while level:
        depth += 1
        if depth > MAX_NESTING:
            raise UsageError(f"workflows stand inside one another more than {MAX_NESTING} deep")
        found = [step for each in level for part in parts(each) for step in part]
        steps += len(found)
        if steps > MAX_STEPS:
            hint = "do the same steps for each of many items with a map or a loop"
            raise UsageError(f"it has more than {MAX_STEPS} steps, with those of the workflows inside it", hint=hint)
        level = [inner for step in found for inner in _inside(step)]


def _inside(step: Step) -> list[Definition]:
    """The workflows that a step is, or may be."""
    doing: list[Action | None] = [step, step.fallback]
    return [each.workflow for each in doing if each is not None and isinstance(each.workflow, Definition)]


def check_definition(definition: Definition) -> None:
    """Refuse what cannot work (`UsageError`)."""
    if not any(parts(definition)):
        raise UsageError("it has no steps")
    if isinstance(definition, Conditional) and not definition.branches:
        raise UsageError("it has no branches", hint="give a list of { condition, steps }")
    if isinstance(definition, Parallel | Map):
        _at_least("max_concurrency", definition.max_concurrency)
    if isinstance(definition, Loop | Map):
        _at_least("max_iterations", definition.max_iterations)
    if isinstance(definition, Map) and definition.over is None:
        raise UsageError("over is missing", hint='give a list, or a place for one: "{{input.items}}"')
    if isinstance(definition, Map) and definition.output is not None:
        raise UsageError("a map gives a list, and takes no output")
    if isinstance(definition, Loop):
        _check_loop(definition)


def _check_loop(loop: Loop) -> None:
    if loop.times is not None and loop.over is not None:
        raise UsageError("a loop has times or over, not both")
    if not _given(loop.times, loop.over, loop.repeat_while, loop.repeat_until):
        raise UsageError("nothing says when the loop ends", hint="give times, over, repeat_while or repeat_until")
    if isinstance(loop.times, int) and not 0 <= loop.times <= loop.max_iterations:
        raise UsageError(f"times must be between 0 and max_iterations, {loop.max_iterations}, not {loop.times}")


def check_step(step: Step, where: str) -> None:
    """Refuse what cannot work around a step (`UsageError`)."""
    if step.timeout is not None and not 0 < step.timeout < math.inf:
        raise UsageError(f"{where}: timeout must be above 0 and finite, not {step.timeout!r}")
    if step.retry is not None and not 1 <= step.retry.attempts <= _MOST_ATTEMPTS:
        raise UsageError(f"{where}: retry.attempts must be between 1 and {_MOST_ATTEMPTS}, not {step.retry.attempts}")
    if step.retry is not None and not 0 <= step.retry.backoff <= LONGEST_PAUSE:
        raise UsageError(
            f"{where}: retry.backoff must be between 0 and {LONGEST_PAUSE:g} seconds, not {step.retry.backoff!r}"
        )
    policies = ("fail", "continue", "fallback")
    if step.on_error not in policies:
        hint = did_you_mean(step.on_error, policies)
        raise UsageError(f"{where}: on_error must be fail, continue or fallback, not {step.on_error!r}", hint=hint)
    if (step.on_error == "fallback") != (step.fallback is not None):
        hint = 'write on_error = "fallback" and fallback = { value = ... } together'
        raise UsageError(f"{where}: on_error 'fallback' and a fallback belong together", hint=hint)


def _given(*values: Any) -> bool:
    return any(value is not None for value in values)


def _at_least(name: str, value: int) -> None:
    if value < 1:
        raise UsageError(f"{name} must be at least 1, not {value}")


def flat(found: Sequence[Sequence[str]]) -> list[str]:
    """All names in the order of the definition."""
    return [name for part in found for name in part]
