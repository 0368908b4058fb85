"""How much work one call may be: values, nesting, and time."""

from __future__ import annotations

from time import monotonic
from typing import Any

from llmspell.errors import TimedOut, UsageError

MAX_TEXT = 4_000_000
"""Characters of a text that is parsed as JSON or XML."""
MAX_VALUES = 500_000
"""Values in what is read or made, where 32 characters of text are one more."""
MAX_DEPTH = 64
"""Levels of nesting; a value for a script may have little more."""
_TEXT_UNIT = 32
_BETWEEN_LOOKS = 500  # units; looking at the clock costs more than most values do


class Fuel:
    """What one call may still do; whoever loops over data pays as it goes.

    Args:
        what: what is being done, as the subject of a sentence: `the query`.
        units: values that may be visited or made.
        seconds: the time that it may take.
    """

    def __init__(self, what: str, *, units: int = 5_000_000, seconds: float = 10.0) -> None:
        self._what = what
        self._units = self._left = units
        self._seconds = seconds
        self._deadline = monotonic() + seconds
        self._next_look = units

    def spend(self, units: int = 1) -> None:
        """Pay for some values.

        Raises:
            UsageError: that was more than there is.
            TimedOut: the time is over.
        """
        self._left -= units
        if self._left < self._next_look:
            self._look()

    def _look(self) -> None:
        if self._left < 0:
            raise UsageError(f"{self._what} would touch more than {self._units} values", hint="give it less data")
        if monotonic() > self._deadline:
            raise TimedOut(self._what, self._seconds)
        self._next_look = max(self._left - _BETWEEN_LOOKS, 0)


def check_size(value: Any, what: str) -> None:  # Any: JSON
    """Return if a value is of a size that every tool can work on; what is in it twice counts twice.

    Raises:
        UsageError: it has more than `MAX_VALUES` values, or nests deeper than `MAX_DEPTH` levels.
    """
    left = MAX_VALUES
    stack = [(value, 0)]
    while stack:
        top, depth = stack.pop()
        left -= 1 + (len(top) // _TEXT_UNIT if isinstance(top, str) else 0)
        if depth > MAX_DEPTH:
            raise UsageError(f"{what} nests deeper than {MAX_DEPTH} levels", hint="pass a part of it")
        if left - len(stack) < 0:
            raise UsageError(f"{what} has more than {MAX_VALUES} values", hint="pass a part of it")
        if isinstance(top, dict | list):
            inner = top.values() if isinstance(top, dict) else top
            stack.extend((each, depth + 1) for each in inner)


def shown(value: Any, most: int = 60) -> str:
    """A value in a message, cut to so many characters."""
    text = repr(value[: most + 1] if isinstance(value, str) else value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
