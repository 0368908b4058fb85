"""The tool `data_diff`: what differs between two JSON values."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_data.answers import Page
from llmspell_tool_data.bounds import check_size
from llmspell_tool_data.sources import ABSENT, text_of

_OLD, _NEW = {"port": 80, "hosts": ["a", "b"]}, {"port": 81, "hosts": ["a", "c", "b"]}


@tool(
    category="data",
    tags=("json", "compare", "difference", "patch"),
    idempotent=True,
    examples=(Example({"before": _OLD, "after": _NEW}, "a changed number and an added item"),),
)
def data_diff(
    context: Context,
    *,
    before: Any = ABSENT,
    after: Any = ABSENT,
    before_path: str | None = None,
    after_path: str | None = None,
    limit: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 1_000,
) -> dict[str, Any]:
    """Compares two JSON values, and lists what was added, removed or changed, each with its path.

    The answer has equal, changes (kind, path, before, after), truncated, and patch: the same as a JSON Patch
    (RFC 6902), null where not all changes are listed. An object's keys have no order; 1 and 1.0 are equal.

    Args:
        context: what the call may use.
        before: the old value.
        after: the new value.
        before_path: a JSON file with the old value, instead of before.
        after_path: a JSON file with the new value, instead of after.
        limit: how many changes to list.
    """
    from llmspell_tool_data.differences import differences

    old = _value(context, before, before_path, "before")
    new = _value(context, after, after_path, "after")
    made = list(differences(old, new))
    page = Page(limit).take(each.described() for each in made)
    patch = None if page.truncated else Page(limit).take(each.operation() for each in made)
    return {
        "equal": not made,
        "changes": page.items,
        "patch": None if patch is None or patch.truncated else patch.items,
        "truncated": page.truncated,
    }


def _value(context: Context, value: Any, path: str | None, name: str) -> Any:
    from llmspell_tool_data.formats.json import parse

    if (value is ABSENT) == (path is None):
        raise UsageError(f"data_diff needs either {name} or {name}_path")
    if path is not None:
        return parse(text_of(context, None, path))
    check_size(value, name)
    return value
