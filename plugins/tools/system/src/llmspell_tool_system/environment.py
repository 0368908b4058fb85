"""The tool `environment`: environment variables, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from llmspell.context import Context
from llmspell.tools import Example, tool


@tool(
    category="system",
    tags=("variable", "env", "configuration"),
    needs=("env",),
    idempotent=True,
    timeout=300.0,  # a person may be asked
    examples=(Example({"names": ["LANG"]}, "the language of the system"),),
)
async def environment(
    names: Annotated[
        Sequence[Annotated[str, {"minLength": 1, "maxLength": 200}]],
        {"minItems": 1, "maxItems": 100, "uniqueItems": True},
    ],
    context: Context,
) -> dict[str, str | None]:
    """Reads environment variables by their names.

    Answers an object of name and value; null for one that is not set. Each name must be granted, and one that holds a
    secret must be granted by that very name. There is no list of what else is set.

    Args:
        names: such as LANG; each must be granted.
        context: what the call may use.
    """
    return {name: await context.variable(name) for name in names}
