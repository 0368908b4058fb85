"""The tool `environment`: environment variables, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from llmspell.context import Context
from llmspell.errors import PermissionDenied
from llmspell.permissions.kinds import KINDS, spelled
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
    guard = context.guard("env")
    for name in names:
        await guard.permit(name)
    return {name: _value(name, context) for name in names}


def _value(name: str, context: Context) -> str | None:
    """The value; whoever granted `*` did not mean secrets."""
    from llmspell.redaction import Redactor, secret_name

    value = context.run.environ.get(name)
    if value is None or context.operation.policy.decide("env", name).pattern == name:
        return value
    if secret_name(name) or Redactor().text(value) != value:
        flag = spelled(KINDS["env"], name)
        raise PermissionDenied(
            f"variable {name!r} holds a secret, and is not granted by its name",
            hint=f"run again with {flag}",
            details={"permission": "env", "target": name, "flag": flag},
        )
    return value
