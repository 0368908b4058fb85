"""JMESPath over JSON data, bounded in work.

The library's own interpreter can be made to build exponentially large results from an expression of a few
hundred characters. This one pays for every value that it visits, makes or hands to a function, and stops when
the fuel is used up. What holds: an expression has at most `MAX_LENGTH` characters and `MAX_DEPTH` levels; the
data, the results in between and what functions are given sum up to at most `FUEL` units, where a unit is a
value or 32 characters of text; the deadline is looked at for every visited value, so a query goes past it by
at most one call of one function on bounded data.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

import jmespath  # type: ignore[import-untyped]  # it ships no types
from jmespath.exceptions import JMESPathError, ParseError  # type: ignore[import-untyped]  # as above
from jmespath.visitor import TreeInterpreter  # type: ignore[import-untyped]  # as above

from llmspell.errors import TimedOut, UsageError

MAX_LENGTH = 1_000
MAX_DEPTH = 64
FUEL = 1_000_000
_TEXT_UNIT = 32


def query(expression: str, data: Any, *, seconds: float = 2.0) -> Any:  # Any: JSON in, JSON out
    """What `expression` finds in `data`.

    Raises:
        UsageError: the expression is wrong, does not fit the data, or would do too much work.
        TimedOut: it took longer than `seconds`.
    """
    if len(expression) > MAX_LENGTH:
        raise UsageError(f"the query has {len(expression)} characters, and at most {MAX_LENGTH} are read")
    interpreter = _Bounded(seconds)
    try:
        parsed = jmespath.compile(expression).parsed
        interpreter.pay(data)
        return interpreter.visit(parsed, data)
    except RecursionError:
        raise UsageError(f"the query {_shown(expression)} or its data is nested too deeply") from None
    except ParseError as error:
        raise UsageError(f"the query {_shown(expression)} is wrong: {_reason(error)}") from None
    except (JMESPathError, TypeError, ValueError, AttributeError) as error:
        # The library lets Python's own errors through where data has a type that it did not expect.
        raise UsageError(f"the query {_shown(expression)} does not fit the data: {error}") from None


class _Bounded(TreeInterpreter):  # type: ignore[misc]  # as above
    """The library's interpreter, with fuel and a deadline."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._deadline = monotonic() + seconds
        self._fuel = FUEL
        self._depth = 0

    def visit(self, node: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        self._spend(1)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        found = super().visit(node, *args, **kwargs)
        self._depth -= 1
        if isinstance(found, list | dict):
            self._spend(len(found))
        return found

    def visit_multi_select_list(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._paid(super().visit_multi_select_list(node, value))

    def visit_multi_select_dict(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._paid(super().visit_multi_select_dict(node, value))

    def visit_function_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        arguments = [self.visit(child, value) for child in node["children"]]
        for argument in arguments:
            self.pay(argument)
        if node["value"] == "join" and len(arguments) == 2 and isinstance(arguments[1], list):
            self._spend(len(str(arguments[0])) * len(arguments[1]) // _TEXT_UNIT)
        return self._paid(self._functions.call_function(node["value"], arguments))

    def visit_comparator(self, node: Mapping[str, Any], value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        self.pay(left)
        self.pay(right)
        sides = [{"type": "literal", "value": side, "children": []} for side in (left, right)]
        return super().visit_comparator({**node, "children": sides}, value)

    def _paid(self, value: Any) -> Any:
        self.pay(value)
        return value

    def pay(self, value: Any) -> None:
        """Spend what a value weighs with all that is in it; a value that is in it twice weighs twice."""
        stack = [value]
        while stack:
            top = stack.pop()
            self._spend(1 + (len(top) // _TEXT_UNIT if isinstance(top, str) else 0))
            if isinstance(top, dict):
                stack.extend(top.values())
            elif isinstance(top, list):
                stack.extend(top)

    def _spend(self, units: int) -> None:
        self._fuel -= units
        if self._fuel < 0:
            raise UsageError(f"the query would touch more than {FUEL} values", hint="ask for less, or of less data")
        if monotonic() > self._deadline:
            raise TimedOut("the query", self._seconds)


def _reason(error: ParseError) -> str:
    """One line, without the library's drawing of the place."""
    first = str(error).splitlines()[0].strip().rstrip(":")
    place = getattr(error, "lex_position", None)  # a function called with too few values has none
    return first if place is None else f"{first} (character {place + 1})"


def _shown(expression: str) -> str:
    return repr(expression if len(expression) <= 80 else f"{expression[:79]}…")
