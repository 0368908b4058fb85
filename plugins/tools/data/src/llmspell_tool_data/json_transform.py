"""The tool `json_transform`: JSON in another shape, step by step."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_data.sources import ABSENT, json_of
from llmspell_tool_data.transform import OneStep, transformed

_USERS = [{"id": 1, "user": {"name": "Ada"}, "on": True}, {"id": 2, "user": {"name": "Bo"}, "on": False}]


@tool(
    category="data",
    tags=("json", "reshape", "map", "filter", "rename", "pick"),
    idempotent=True,
    examples=(
        Example(
            {
                "data": _USERS,
                "steps": [
                    {"filter": [{"field": "on", "operator": "=", "value": True}]},
                    {"set": {"name": "$.user.name"}},
                    {"drop": ["user", "on"]},
                ],
            },
            'gives [{"id": 1, "name": "Ada"}]',
        ),
        Example({"data": {"a": {"b": [1, 2]}}, "steps": [{"map": {"all": "$.a.b[*]"}}]}, 'gives {"all": [1, 2]}'),
    ),
)
def json_transform(
    context: Context,
    *,
    steps: Annotated[list[OneStep], {"minItems": 1, "maxItems": 50}],
    data: Any = ABSENT,
    text: str | None = None,
    path: str | None = None,
) -> Any:
    """Brings JSON into another shape by steps: at, filter, pick, drop, rename, set, map.

    The answer is the value after the last step. Steps are done to each item of an array, or to an object as it is.
    In the templates of set and map, a text that starts with $ is a path ($.user.name, $.tags[*]), and $$ is a dollar.

    Args:
        context: what the call may use.
        steps: what is done, one after the other.
        data: the value to transform.
        text: JSON text to transform, instead of data.
        path: a JSON file to transform, instead of data.
    """
    return transformed(json_of(context, data, text, path), steps)
