"""The tool `calculator`: the value of an arithmetic expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llmspell.hookspecs import hookimpl
from llmspell.tool import Example, Tool
from llmspell_tool_core.options import NoOptions

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.plugins import Settings


class Calculator(Tool):
    """Answers a number: an integer where the value is whole, else the nearest double."""

    name = "calculator"
    category = "data"
    tags = ("arithmetic", "math", "percent")
    idempotent = True
    examples = (Example({"expression": "17% of 2390"}, "per cent"), Example({"expression": "sqrt(2) * 10"}))
    description = (
        "Evaluates an arithmetic expression and answers its value. Knows + - * / // % **, parentheses, "
        "percentages (17% of 2390), sqrt, abs, round, floor, ceil, min, max, exp, ln, log(x, base), log10, "
        "log2, pi and e. Numbers are written without commas."
    )
    parameters = {
        "type": "object",
        "properties": {
            "expression": {"type": "string", "description": "such as 2 * (3 + 4) or 17% of 2390"},
        },
        "required": ["expression"],
        "additionalProperties": False,
    }
    timeout = 5.0
    quick = True

    def run(self, arguments: dict[str, Any], context: Context) -> int | float:
        """The value.

        Raises:
            UsageError: the expression is not arithmetic, has no value, or is beyond the bounds.
        """
        from llmspell_tool_core.arithmetic import evaluate

        value = evaluate(arguments["expression"])
        return value.numerator if value.denominator == 1 else float(value)


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The calculator; it has nothing to configure."""
    settings.table("tool", "calculator", NoOptions)
    return {"calculator": Calculator()}
