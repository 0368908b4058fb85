"""What a caller gives as a sheet, checked and brought into one form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, NotRequired, TypedDict

import attrs

from llmspell.errors import UsageError
from llmspell_tool_documents.cells import MOST_COLUMNS, MOST_ROWS, column_name

MOST_CELLS = 500_000
_LONGEST_TEXT = 32_767  # characters of a cell in Excel
_LONGEST_NAME = 31
_EXACT = 10**15  # Excel keeps 15 digits
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?")
_FIRST_DAY = datetime(1900, 3, 1)  # before it Excel counts a day that there never was


class SheetData(TypedDict):
    """One sheet of an Excel file.

    Attributes:
        name: shown on its tab.
        rows: lists of values, or objects whose keys become the header.
        header: the names of the columns, above the rows; for objects also which keys are wanted, and in what order.
        widths: of the columns, in characters; those without one are as wide as their content.
    """

    name: Annotated[str, {"minLength": 1, "maxLength": _LONGEST_NAME}]
    rows: list[Any]
    header: NotRequired[list[str]]
    widths: NotRequired[list[Annotated[float, {"minimum": 1, "maximum": 255}]]]


Cell = str | int | float | bool | date | datetime | None


@attrs.frozen
class Sheet:
    """A sheet, ready to be written; `header` is empty where there is none."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((len(row) for row in (self.header, *self.rows)), default=0)


def sheets_of(given: Sequence[SheetData], *, dates: bool) -> list[Sheet]:
    """The sheets.

    Args:
        given: what the caller gave.
        dates: whether text that is a date or a time in ISO 8601 becomes one.

    Raises:
        UsageError: Excel cannot have such a sheet or such a value, or there are too many.
    """
    names: set[str] = set()
    sheets = []
    left = MOST_CELLS
    for data in given:
        _check_name(data["name"], names)
        sheet = _sheet(data, dates)
        left -= sum(len(row) for row in sheet.rows) + len(sheet.header)
        if left < 0:
            raise UsageError(f"there are more than {MOST_CELLS} cells", hint="write several files")
        sheets.append(sheet)
    return sheets


def _check_name(name: str, names: set[str]) -> None:
    bad = re.search(r"[\[\]:*?/\\\x00-\x1f]|^'|'$", name)
    if bad:
        raise UsageError(f"the name of a sheet cannot have {bad[0]!r} there: {name!r}", hint="choose another name")
    if name.lower() in names:
        raise UsageError(f"two sheets are called {name!r}", hint="Excel takes small and capital letters for the same")
    names.add(name.lower())


def _sheet(data: SheetData, dates: bool) -> Sheet:
    name, given = data["name"], data["rows"]
    header = list(data.get("header") or _keys(given))
    rows = []
    for number, row in enumerate(given, 1):
        values = _values(row, header, name, number)
        rows.append([_cell(value, name, number, at, dates) for at, value in enumerate(values, 1)])
    for at, title in enumerate(header, 1):
        _check_text(title, name, 0, at)
    sheet = Sheet(name, header, rows, data.get("widths") or ())
    height = len(rows) + bool(header)
    if height > MOST_ROWS or sheet.columns > MOST_COLUMNS:
        raise UsageError(
            f"the sheet {name!r} has {height} rows and {sheet.columns} columns, "
            f"and Excel has at most {MOST_ROWS} and {MOST_COLUMNS}"
        )
    return sheet


def _keys(rows: Sequence[Any]) -> list[str]:
    """The keys of all rows as they first come, where all are objects."""
    if not all(isinstance(row, Mapping) for row in rows):
        return []
    return list(dict.fromkeys(key for row in rows for key in row))


def _values(row: Any, header: Sequence[str], sheet: str, number: int) -> list[Any]:
    if isinstance(row, list | tuple):
        return list(row)
    if isinstance(row, Mapping) and header:
        return [row.get(key) for key in header]
    raise UsageError(
        f"row {number} of the sheet {sheet!r} is not like the others: {repr(row)[:40]}",
        hint="give all rows as lists, or all as objects",
    )


def _cell(value: Any, sheet: str, row: int, column: int, dates: bool) -> Cell:
    if isinstance(value, str):
        _check_text(value, sheet, row, column)
        return (_moment(value) if dates else None) or value
    if isinstance(value, float) and not math.isfinite(value):
        raise _bad(sheet, row, column, f"{value}, which Excel does not have")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    raise _bad(sheet, row, column, f"a {type(value).__name__}; give text, a number, true, false or null")


def _check_text(text: str, sheet: str, row: int, column: int) -> None:
    if len(text) > _LONGEST_TEXT:
        raise _bad(sheet, row, column, f"{len(text)} characters, and Excel has at most {_LONGEST_TEXT}")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _bad(sheet, row, column, "half a character (a lone surrogate)")


def _bad(sheet: str, row: int, column: int, reason: str) -> UsageError:
    where = f"row {row}" if row else "the header"
    return UsageError(f"{where}, column {column_name(column)} of the sheet {sheet!r} holds {reason}")


def _moment(text: str) -> date | datetime | None:
    """The date or the time that a text is; one with an offset stays text, since Excel has none."""
    if not _ISO.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found < _FIRST_DAY:
        return None
    return found if len(text) > len("2026-01-31") else found.date()
