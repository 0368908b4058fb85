"""CSV: a table with named columns, each with one type.

The separator is the one of `, ; tab |` with which the first lines have most evenly the same number of cells. Columns
are typed as a whole: one cell that is no number makes a column text, so a post code keeps its zeros.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import shown
from llmspell_tool_data.formats.cells import CONVERSIONS, type_of

MAX_TEXT = 16_000_000
MAX_COLUMNS = 2_000
MAX_CELLS = 2_000_000
SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 50


@attrs.frozen
class Table:
    """A table of a CSV text.

    Attributes:
        columns: their names.
        types: what is in each: `integer`, `number`, `boolean`, `text`, or `empty`.
        rows: the values in the order of the columns; null for an empty cell.
        separator: what stands between cells.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[list[Any]]
    separator: str

    def records(self) -> list[dict[str, Any]]:
        """The rows as objects."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def read(
    text: str,
    *,
    separator: str | None = None,
    header: bool = True,
    names: Sequence[str] | None = None,
    typed: bool = True,
) -> Table:
    """The table of a CSV text.

    Args:
        text: the CSV; a cell in double quotes may hold separators and line ends.
        separator: what stands between cells; found out when absent.
        header: whether the first line names the columns; they are `column_1` and so on without.
        names: names of the columns, instead of those.
        typed: whether numbers and booleans are made of cells.

    Raises:
        UsageError: it is empty, too large, or wrong in a line that is named; or two columns have one name.
    """
    separator = separator or _sniffed(text)
    lines = _lines(text, separator)
    _, first = next(lines, (0, None))
    if first is None:
        raise UsageError("the CSV is empty")
    columns = _columns(first if header else [""] * len(first), names)
    body = ([] if header else [first]) + [_filled(line, number, columns) for number, line in lines]
    types, rows = _typed(body, len(columns)) if typed else (("text",) * len(columns), _untyped(body))
    return Table(columns, types, rows, separator)


def parse(text: str) -> list[dict[str, Any]]:
    """The rows of a CSV text as objects; see `read`."""
    return read(text).records()


def write(value: Any) -> str:
    """An array of objects as CSV, with a header of all their keys, in the order in which they appear.

    Raises:
        UsageError: the value is something else, or has arrays or objects in a cell.
    """
    from llmspell_tool_data.fields import objects

    rows = objects(value, "what becomes CSV")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if not columns:
        raise UsageError("what becomes CSV must have objects with keys")
    if len(columns) * len(rows) > MAX_CELLS:
        raise UsageError(f"the CSV would have more than {MAX_CELLS} cells")
    written = io.StringIO()
    writer = csv.writer(written)  # with the line ends of RFC 4180; with others it would leave a bare \r unquoted
    writer.writerow(columns)
    for index, row in enumerate(rows):
        writer.writerow([_cell(row.get(column), index, column) for column in columns])
    return written.getvalue()


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, each with the number of its last line in the text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    left = MAX_CELLS
    while True:
        try:
            line = next(reader, None)
        except csv.Error as error:
            raise UsageError(f"the CSV is wrong in line {reader.line_num}: {error}") from None
        if line is None:
            return
        left -= len(line) or 1
        if left < 0:
            raise UsageError(f"the CSV has more than {MAX_CELLS} cells and empty lines", hint="pass a part of it")
        if line:
            yield reader.line_num, line


def _sniffed(text: str) -> str:
    """The separator that divides most of the first lines alike; of those, the one that makes most cells."""

    def fit(separator: str) -> tuple[float, int]:
        try:
            widths = [len(line) for _, line in islice(_lines(text, separator), _SAMPLE)]
        except UsageError:
            return 0.0, 0
        usual = max(widths, key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)

    return max(SEPARATORS, key=fit)


def _columns(found: list[str], names: Sequence[str] | None) -> tuple[str, ...]:
    if len(found) > MAX_COLUMNS:
        raise UsageError(f"the CSV has {len(found)} columns, and at most {MAX_COLUMNS} are read")
    if names is not None and len(names) != len(found):
        raise UsageError(f"names has {len(names)} names, and the CSV has {len(found)} columns")
    columns = tuple(name.strip() or f"column_{index}" for index, name in enumerate(names or found, 1))
    seen: dict[str, int] = {}
    for index, name in enumerate(columns, 1):
        if name in seen:
            raise UsageError(
                f"the columns {seen[name]} and {index} of the CSV are both called {shown(name)}",
                hint="pass names, one for each column",
            )
        seen[name] = index
    return columns


def _filled(line: list[str], number: int, columns: Sequence[str]) -> list[str]:
    """The line with an empty cell for each that is missing at its end."""
    if len(line) > len(columns):
        raise UsageError(
            f"line {number} of the CSV has {len(line)} cells, and the first line has {len(columns)}",
            hint="a cell with a separator in it must be in double quotes; or pass another separator",
        )
    return line + [""] * (len(columns) - len(line))


def _typed(rows: list[list[str]], width: int) -> tuple[tuple[str, ...], list[list[Any]]]:
    types = tuple(type_of(row[index] for row in rows) for index in range(width))
    converts = [CONVERSIONS[each] for each in types]
    made = [
        [convert(cell) if cell.strip() else None for convert, cell in zip(converts, row, strict=True)] for row in rows
    ]
    return types, made


def _untyped(rows: list[list[str]]) -> list[list[Any]]:
    return [[cell if cell.strip() else None for cell in row] for row in rows]


def _cell(value: Any, index: int, column: str) -> Any:
    if isinstance(value, dict | list):
        raise UsageError(
            f"a cell of CSV holds one value, and {shown(column)} of $[{index}] is {shown(value)}",
            hint="flatten it first with json_transform",
        )
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value
