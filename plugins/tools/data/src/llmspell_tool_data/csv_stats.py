"""The tool `csv_stats`: what is in each column of a CSV table."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_data.aggregates import mean
from llmspell_tool_data.formats import csv
from llmspell_tool_data.ordering import key_of
from llmspell_tool_data.sources import text_of

_SHOWN = 200


@tool(
    category="data",
    tags=("csv", "table", "profile", "columns", "summary"),
    idempotent=True,
    examples=(Example({"text": "city,people\nRome,2750000\nOslo,717000\n"}, "what the two columns hold"),),
)
def csv_stats(
    context: Context,
    *,
    text: str | None = None,
    path: str | None = None,
    top: Annotated[int, {"minimum": 0, "maximum": 50}] = 3,
    separator: Literal[",", ";", "\t", "|"] | None = None,
    header: bool = True,
    names: list[str] | None = None,
) -> dict[str, Any]:
    """Describes each column of a CSV table: type, missing and distinct values, smallest, largest, mean, most frequent.

    Good as a first look at a file, before csv_query.

    Args:
        context: what the call may use.
        text: the CSV.
        path: a CSV file in UTF-8, instead of text.
        top: how many of the most frequent values to answer for each column.
        separator: what stands between cells; found out when absent.
        header: whether the first line names the columns; without, they are column_1, column_2 and so on.
        names: names of all columns, instead of the header's.
    """
    content = text_of(context, text, path, most=csv.MAX_TEXT)
    table = csv.read(content, separator=separator, header=header, names=names)
    columns = [
        {"name": name, "type": kind, **_described([row[index] for row in table.rows], kind, top)}
        for index, (name, kind) in enumerate(zip(table.columns, table.types, strict=True))
    ]
    return {"row_count": len(table.rows), "separator": table.separator, "columns": columns}


def _described(values: list[Any], kind: str, top: int) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    counts = Counter(known)
    # The most frequent first; of those as frequent, the smallest, so that the answer does not depend on chance.
    frequent = sorted(counts.items(), key=lambda item: (-item[1], key_of(item[0])))[:top]
    found = {
        "count": len(known),
        "missing": len(values) - len(known),
        "distinct": len(counts),
        "min": _cut(min(counts, key=key_of, default=None)),
        "max": _cut(max(counts, key=key_of, default=None)),
        "top": [{"value": _cut(value), "count": count} for value, count in frequent],
    }
    if kind in ("integer", "number") and known:
        found["mean"] = mean(known)
    return found


def _cut(value: Any) -> Any:
    """Long text would make the answer as long as the file."""
    return f"{value[: _SHOWN - 1]}…" if isinstance(value, str) and len(value) > _SHOWN else value
