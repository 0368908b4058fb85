"""The tool `schema_validate`: whether data fits a JSON Schema, and where it does not."""

from __future__ import annotations

from typing import Any

from llmspell.context import Context
from llmspell.schema import Validator
from llmspell.tools import Example, tool
from llmspell_tool_data.bounds import check_size
from llmspell_tool_data.sources import ABSENT, json_of

_AGE = {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}, "required": ["age"]}

_MOST = 100


@tool(
    category="data",
    tags=("json", "schema", "validate", "check"),
    idempotent=True,
    examples=(
        Example({"data": {"age": 3}, "schema": _AGE}, "data that fits"),
        Example({"text": '{"age": "3"}', "schema": _AGE}, "JSON text that does not"),
    ),
)
def schema_validate(
    context: Context,
    *,
    schema: dict[str, Any],
    data: Any = ABSENT,
    text: str | None = None,
    path: str | None = None,
) -> dict[str, Any]:
    """Checks data against a JSON Schema, and tells what does not fit and where.

    The answer has valid and problems, each with its path ($.items[0].name) and a message, the first hundred of them.

    Args:
        context: what the call may use.
        schema: the JSON Schema; it must be whole, so a $ref may only start with #.
        data: the value to check.
        text: JSON text to check, instead of data; text that is no JSON is an error.
        path: a JSON file to check, instead of data.
    """
    check_size(schema, "the schema")
    value = json_of(context, data, text, path)
    problems = Validator(schema, "the schema").problems(value, _MOST + 1)
    answer = {"valid": not problems, "problems": problems[:_MOST]}
    return {**answer, "truncated": True} if len(problems) > _MOST else answer
