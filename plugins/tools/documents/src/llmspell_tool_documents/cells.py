"""Addresses of cells: `B7`, `A1:D20`, `A:C`, `2:10`."""

from __future__ import annotations

import re

import attrs

from llmspell.errors import UsageError

MOST_ROWS = 1_048_576  # of a sheet in Excel
MOST_COLUMNS = 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,6})?(?::\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,6})?)?")
_REFERENCE = re.compile(
    r""" "(?:[^"]|"")*" | '(?:[^']|'')*'!   # text, and the quoted name of a sheet
    | (?<![\w.$]) (\$?) ([A-Z]{1,3}) (\$?) ([1-9][0-9]{0,6}) (?![\w.(]) """,
    re.VERBOSE,
)


@attrs.frozen
class Range:
    """Rows and columns, counted from 1, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_name(self.left)}{self.top}:{column_name(self.right)}{self.bottom}"


WHOLE = Range(1, 1, MOST_ROWS, MOST_COLUMNS)


def parse_range(text: str) -> Range:
    """The range that is written.

    Raises:
        UsageError: it is none.
    """
    found = _RANGE.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise _no_range(text)
    first, last = found.group(1, 2), found.group(3, 4)
    if ":" not in text:
        last = first if all(first) else last
    if [bool(part) for part in first] != [bool(part) for part in last]:
        raise _no_range(text)
    top, bottom = (int(first[1]), int(last[1])) if first[1] else (1, MOST_ROWS)
    left, right = (column_number(first[0]), column_number(last[0])) if first[0] else (1, MOST_COLUMNS)
    if top > bottom or left > right or bottom > MOST_ROWS or right > MOST_COLUMNS:
        raise _no_range(text)
    return Range(top, left, bottom, right)


def _no_range(text: str) -> UsageError:
    return UsageError(f"{text[:40]!r} is no range of cells", hint="write one like A1:D20, A:C, 2:10 or B7")


def parse_cell(text: str) -> tuple[int, int] | None:
    """The row and the column of a cell's address; None for what is none."""
    found = _CELL.fullmatch(text)
    if not found:
        return None
    row, column = int(found[2]), column_number(found[1])
    return (row, column) if row <= MOST_ROWS and column <= MOST_COLUMNS else None


def column_number(name: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_name(number: int) -> str:
    """A for 1, AA for 27."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula as it stands so many rows below and columns right of where it was written.

    What leads out of the sheet becomes `#REF!`, as in Excel.
    """

    def moved(found: re.Match[str]) -> str:
        if found[2] is None:  # text, or the name of a sheet
            return found[0]
        column = column_number(found[2]) + (0 if found[1] else columns)
        row = int(found[4]) + (0 if found[3] else rows)
        if not (1 <= column <= MOST_COLUMNS and 1 <= row <= MOST_ROWS):
            return "#REF!"
        return f"{found[1]}{column_name(column)}{found[3]}{row}"

    return _REFERENCE.sub(moved, formula)
