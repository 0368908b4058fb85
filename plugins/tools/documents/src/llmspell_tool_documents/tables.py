"""Rows with gaps made a full table of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell_tool_documents.cells import WHOLE, Range
from llmspell_tool_documents.workbook import Row, Value

MOST_CELLS = 200_000
MOST_CHARS = 1_000_000
_MOST_KEY_CHARS = 5_000_000  # of all objects together


@attrs.frozen
class Table:
    """Rows of one width.

    Attributes:
        rows: the values; None for empty cells.
        covered: where they stand; None if there is nothing.
        truncated: whether there is more.
    """

    rows: list[list[Value]]
    covered: Range | None
    truncated: bool


def read(found: Iterable[Row], wanted: Range, most_rows: int) -> Table:
    """The rows as a table, empty rows between them included.

    It begins where `wanted` does, or in the first column and the first row that holds something; it ends with the
    last row and column that do.
    """
    kept: list[Row] = []
    truncated, right, chars, top = False, 0, 0, 0
    for row in found:
        top = top or (row.number if wanted.top == 1 and wanted.bottom == WHOLE.bottom else wanted.top)
        width = max(right, *row.cells) - wanted.left + 1
        chars += sum(len(value) for value in row.cells.values() if isinstance(value, str))
        height = row.number - top + 1
        truncated = height > most_rows or height * width > MOST_CELLS or chars > MOST_CHARS
        if truncated:
            break
        kept.append(row)
        right = wanted.left + width - 1
    if not kept:
        return Table([], None, truncated)
    covered = Range(top, wanted.left, kept[-1].number, right)
    rows: list[list[Value]] = [[None] * (right - wanted.left + 1) for _ in range(top, covered.bottom + 1)]
    for row in kept:
        for column, value in row.cells.items():
            rows[row.number - top][column - wanted.left] = value
    return Table(rows, covered, truncated)


def objects(rows: list[list[Value]], name: str) -> list[dict[str, Any]]:
    """The rows after the first one, whose values are the keys; columns without a key are left out.

    Raises:
        UsageError: two keys are the same, a column that holds something has none, or the keys are too long.
    """
    if not rows:
        return []
    keys = ["" if key is None else str(key).strip() for key in rows[0]]
    twice = next((key for at, key in enumerate(keys) if key and key in keys[:at]), None)
    hint = "read it as rows"
    if twice is not None:
        raise UsageError(f"two columns of {name!r} are called {twice[:60]!r}", hint=hint)
    if sum(map(len, keys)) * len(rows) > _MOST_KEY_CHARS:
        raise UsageError(f"the first row of {name!r} is too long to be the keys of {len(rows) - 1} rows", hint=hint)
    for at, key in enumerate(keys):
        if not key and any(row[at] is not None for row in rows[1:]):
            raise UsageError(f"the column {at + 1} of {name!r} has no key in the first row", hint=hint)
    return [{key: value for key, value in zip(keys, row, strict=True) if key} for row in rows[1:]]
