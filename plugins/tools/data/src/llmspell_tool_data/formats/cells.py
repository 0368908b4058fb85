"""What the cells of a column are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

# No more digits than a double keeps, and no zeros in front: those are names, not numbers.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_TRUTH = {"true": True, "false": False}


def type_of(cells: Iterable[str]) -> str:
    """The type that all cells have which are not empty: `integer`, `number`, `boolean`, `text` or `empty`."""
    found = "empty"
    for cell in cells:
        text = cell.strip()
        if not text:
            continue
        kind = _kind(text)
        if found == "empty":
            found = kind
        elif found != kind:
            found = "number" if {found, kind} == {"integer", "number"} else "text"
        if found == "text":
            break
    return found


def _kind(text: str) -> str:
    if _INTEGER.fullmatch(text):
        return "integer"
    if _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return "number"
    return "boolean" if text.lower() in _TRUTH else "text"


def _number(cell: str) -> int | float:
    return int(cell) if _INTEGER.fullmatch(cell.strip()) else float(cell)


CONVERSIONS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": _number,
    "boolean": lambda cell: _TRUTH[cell.strip().lower()],
    "text": str,
    "empty": str,
}
