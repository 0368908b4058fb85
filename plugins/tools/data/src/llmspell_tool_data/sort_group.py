"""The tool `sort_group`: an array of objects, filtered, grouped and sorted."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_data.aggregates import Aggregates, aggregated
from llmspell_tool_data.answers import Page
from llmspell_tool_data.conditions import Conditions, matching
from llmspell_tool_data.fields import Fields, field_of, objects
from llmspell_tool_data.ordering import ordered
from llmspell_tool_data.sources import ABSENT, json_of

_SALES = [{"shop": "A", "sum": 3}, {"shop": "B", "sum": 5}, {"shop": "A", "sum": 4}]
_TOTAL: list[dict[str, Any]] = [{"function": "sum", "field": "sum", "name": "total"}]


@tool(
    category="data",
    tags=("sort", "group", "aggregate", "filter", "json"),
    idempotent=True,
    examples=(
        Example({"data": _SALES, "sort": ["-sum"], "limit": 1}, "the largest sale"),
        Example({"data": _SALES, "group": ["shop"], "aggregates": _TOTAL, "sort": ["-total"]}, "a total for each shop"),
    ),
)
def sort_group(
    context: Context,
    *,
    data: Any = ABSENT,
    text: str | None = None,
    path: str | None = None,
    where: Conditions = None,
    group: Fields = None,
    aggregates: Aggregates = None,
    sort: Fields = None,
    limit: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 1_000,
) -> dict[str, Any]:
    """Filters, groups and sorts an array of objects, with sums, means and counts for each group.

    The answer has items, count (before limit) and truncated. A field inside another is address.city.

    Args:
        context: what the call may use.
        data: the array of objects.
        text: the array as JSON text, instead of data.
        path: a JSON file that holds the array, instead of data.
        where: conditions that items must all meet.
        group: the fields whose values make a group; the answer has one object for each group.
        aggregates: what is made of each group, or of all items where there is no group; a count when absent.
        sort: fields of the answer to sort by, the most important first; -name sorts downwards; null is last.
        limit: how many items to answer.
    """
    items = objects(json_of(context, data, text, path))
    meets = matching(where or ())
    found = [item for item in items if meets(partial(field_of, item))]
    if group or aggregates:
        found = aggregated(found, group or (), aggregates or (), field_of)
    page = Page(limit).take(ordered(found, sort or (), field_of))
    return {"items": page.items, "count": len(found), "truncated": page.truncated}
