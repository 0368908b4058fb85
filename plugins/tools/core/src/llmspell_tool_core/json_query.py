"""The tool `json_query`: picks values out of JSON data with a JMESPath expression."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llmspell.errors import UsageError
from llmspell.hookspecs import hookimpl
from llmspell.tool import Example, Tool
from llmspell_tool_core.options import NoOptions

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.plugins import Settings

MAX_TEXT = 4_000_000


class JsonQuery(Tool):
    """Answers what the expression finds; null when it finds nothing."""

    name = "json_query"
    category = "data"
    tags = ("filter", "jmespath", "json", "select")
    idempotent = True
    examples = (Example({"expression": "people[?age > `30`].name", "data": {"people": [{"name": "Ada", "age": 36}]}}),)
    description = (
        "Picks values out of JSON with a JMESPath expression, such as people[?age > `30`].name. "
        "The JSON is given as a value in data, or as text in text."
    )
    parameters = {
        "type": "object",
        "properties": {
            "expression": {"type": "string", "minLength": 1, "description": "JMESPath"},
            "data": {"description": "the JSON value to look in"},
            "text": {"type": "string", "description": "JSON text to look in, instead of data"},
        },
        "required": ["expression"],
        "additionalProperties": False,
    }
    timeout = 10.0

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """The value found.

        Raises:
            UsageError: the expression or the JSON is wrong, or the query would do too much work.
            TimedOut: it took longer than two seconds.
        """
        from llmspell_tool_core.query import query

        return query(arguments["expression"], _data(arguments))


def _data(arguments: dict[str, Any]) -> Any:
    if ("data" in arguments) == ("text" in arguments):
        raise UsageError("json_query needs either data or text")
    if "data" in arguments:
        return arguments["data"]
    text = arguments["text"]
    if len(text) > MAX_TEXT:
        raise UsageError(f"the JSON text has {len(text)} characters, and at most {MAX_TEXT} are read")
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"the text is not JSON: {error}") from None
    except RecursionError:
        raise UsageError("the JSON text is nested too deeply") from None


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The query tool; it has nothing to configure."""
    settings.table("tool", "json_query", NoOptions)
    return {"json_query": JsonQuery()}
