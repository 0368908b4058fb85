"""The tool `csv_query`: what a CSV table holds, selected, filtered, grouped and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.errors import UsageError, did_you_mean
from llmspell.tools import Example, tool
from llmspell_tool_data.aggregates import Aggregates, aggregated, names_of
from llmspell_tool_data.answers import Page
from llmspell_tool_data.bounds import shown
from llmspell_tool_data.conditions import Condition, Conditions, matching
from llmspell_tool_data.fields import Fields
from llmspell_tool_data.formats import csv
from llmspell_tool_data.ordering import ordered
from llmspell_tool_data.sources import text_of

_CITIES = "city,people\nRome,2750000\nOslo,717000\n"
_BIG: list[dict[str, Any]] = [{"field": "people", "operator": ">", "value": 1000000}]


@tool(
    category="data",
    tags=("csv", "table", "filter", "group", "spreadsheet"),
    idempotent=True,
    examples=(
        Example({"text": _CITIES, "where": _BIG, "select": ["city"]}, "the rows of large cities"),
        Example({"text": _CITIES, "aggregates": [{"function": "sum", "field": "people"}]}, "a total"),
    ),
)
def csv_query(
    context: Context,
    *,
    text: str | None = None,
    path: str | None = None,
    select: list[str] | None = None,
    where: Conditions = None,
    group: Fields = None,
    aggregates: Aggregates = None,
    sort: Fields = None,
    limit: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 100,
    offset: Annotated[int, {"minimum": 0}] = 0,
    separator: Literal[",", ";", "\t", "|"] | None = None,
    header: bool = True,
    names: list[str] | None = None,
    types: bool = True,
) -> dict[str, Any]:
    """Asks a CSV table for rows: selects columns, filters, groups with sums and counts, sorts.

    The answer has columns, rows as objects, row_count (before limit and offset) and truncated.

    Args:
        context: what the call may use.
        text: the CSV.
        path: a CSV file in UTF-8, instead of text.
        select: the columns of the answer, in this order; all when absent.
        where: conditions that rows must all meet.
        group: the columns whose values make a group.
        aggregates: what is made of each group, or of all rows where there is no group.
        sort: columns of the answer to sort by, the most important first; -name sorts downwards; null is last.
        limit: how many rows to answer.
        offset: how many rows to leave out first.
        separator: what stands between cells; found out when absent.
        header: whether the first line names the columns; without, they are column_1, column_2 and so on.
        names: names of all columns, instead of the header's.
        types: whether cells become numbers and booleans where a whole column has them.
    """
    content = text_of(context, text, path, most=csv.MAX_TEXT)
    table = csv.read(content, separator=separator, header=header, names=names, typed=types)
    records = _filtered(table, where or ())
    columns: Sequence[str] = table.columns
    if group or aggregates:
        fields = [each["field"] for each in aggregates or () if "field" in each]
        _check(columns, [*(group or ()), *fields], "group")
        records = aggregated(records, group or (), aggregates or (), _cell)
        columns = names_of(group or (), aggregates or ())
    _check(columns, [each.removeprefix("-") for each in sort or ()], "sort")
    _check(columns, select or (), "select")
    found = ordered(records, sort or (), _cell)
    page = Page(limit).take(_selected(record, select) for record in found[offset:])
    columns = list(select or columns)
    return {"columns": columns, "rows": page.items, "row_count": len(found), "truncated": page.truncated}


_OF_TYPE: dict[str, tuple[type, ...]] = {
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "text": (str,),
}


def _check_type(condition: Condition, kind: str) -> None:
    """Raise `UsageError` for a comparison that is true of no cell whatever it holds, such as of text with a number."""
    value = condition.get("value")
    wanted = {"=": [value], "!=": [value], "in": value, "not_in": value}.get(condition["operator"])
    for each in wanted if isinstance(wanted, list) and kind in _OF_TYPE else ():
        if each is not None and (not isinstance(each, _OF_TYPE[kind]) or isinstance(each, bool) != (kind == "boolean")):
            raise UsageError(
                f"where: the column {shown(condition['field'])} is {kind}, and {shown(each)} is not",
                hint="compare text with text, numbers with numbers; with types=false all cells are text",
            )


def _cell(record: dict[str, Any], column: str) -> Any:
    return record[column]


def _filtered(table: csv.Table, where: Sequence[Condition]) -> list[dict[str, Any]]:
    _check(table.columns, [each["field"] for each in where], "where")
    types = dict(zip(table.columns, table.types, strict=True))
    for condition in where:
        _check_type(condition, types[condition["field"]])
    meets = matching(where)
    return [record for record in table.records() if meets(record.__getitem__)]


def _selected(record: dict[str, Any], select: list[str] | None) -> dict[str, Any]:
    return {column: record[column] for column in select} if select else record


def _check(columns: Sequence[str], names: Sequence[str], argument: str) -> None:
    """Raise `UsageError` for the first name that is no column."""
    for name in names:
        if name not in columns:
            raise UsageError(f"{argument}: the table has no column {shown(name)}", hint=did_you_mean(name, columns))
