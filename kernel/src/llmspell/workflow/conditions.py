"""Conditions: a text that is true or not, a comparison, or a function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.workflow.definition import Condition
from llmspell.workflow.frame import Frame, StepContext
from llmspell.workflow.functions import calling
from llmspell.workflow.placeholders import Visible, compiled

Holds = Callable[[Frame, Context], Awaitable[bool]]
"""Whether a condition holds."""

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}


def condition(given: str | Condition | Callable[..., Any], visible: Visible, where: str) -> Holds:
    """What finds out whether a condition holds.

    Raises:
        UsageError: a place in it can never have a value.
    """
    if isinstance(given, str):
        return _truth(given, visible, where)
    if isinstance(given, Condition):
        return _comparison(given, visible, where)
    return _asked(given, where)


def _truth(text: str, visible: Visible, where: str) -> Holds:
    render = compiled(text, visible, where)

    async def holds(frame: Frame, _: Context) -> bool:
        return bool(render(frame))

    return holds


def _comparison(given: Condition, visible: Visible, where: str) -> Holds:
    value, to = compiled(given.value, visible, where), compiled(given.to, visible, where)
    compare = _compare(given.op, where)

    async def holds(frame: Frame, _: Context) -> bool:
        return compare(value(frame), to(frame))

    return holds


def _asked(function: Callable[..., Any], where: str) -> Holds:
    call = calling(function, where)

    async def holds(frame: Frame, context: Context) -> bool:
        return bool(await call(StepContext.of(frame, context)))

    return holds


def _compare(op: str, where: str) -> Callable[[Any, Any], bool]:
    match op:
        case "==":
            return _equal
        case "!=":
            return lambda value, to: not _equal(value, to)
        case "in":
            return lambda value, to: _within(value, to, where)
        case "contains":
            return lambda value, to: _within(to, value, where)
    order = _ORDERS[op]

    def compare(value: Any, to: Any) -> bool:
        if not (_number(value) and _number(to)) and not (isinstance(value, str) and isinstance(to, str)):
            raise UsageError(f"{where}: {value!r} {op} {to!r} does not compare two numbers or two texts")
        return order(value, to)

    return compare


def _equal(value: Any, to: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    if isinstance(value, bool) or isinstance(to, bool):
        return value is to
    if isinstance(value, list | tuple) and isinstance(to, list | tuple):
        return len(value) == len(to) and all(map(_equal, value, to))
    if isinstance(value, Mapping) and isinstance(to, Mapping):
        return value.keys() == to.keys() and all(_equal(item, to[key]) for key, item in value.items())
    return bool(value == to)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(value: Any, whole: Any, where: str) -> bool:
    if isinstance(whole, str) and isinstance(value, str):
        return value in whole
    if isinstance(whole, list | tuple):
        return any(_equal(value, item) for item in whole)
    raise UsageError(f"{where}: {whole!r} is neither a list nor a text that could hold {value!r}")
