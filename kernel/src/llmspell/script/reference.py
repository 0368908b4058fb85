"""The reference page of the script API, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmspell.script import describe

_HEAD = """\
# The script API

Generated from the declarations in `llmspell.script`. Names are as in Lua. Every function also has a `try_` form that
gives the value and nothing, or nothing and the error, instead of raising. Options are one table; an unknown key is an
error.
"""


def reference() -> str:
    """The whole page."""
    parts = [_HEAD, "## Globals\n"]
    parts += ["\n".join(_section(declared, ".")) for declared in describe.globals_()]
    parts += ["## Handles\n"]
    parts += ["\n".join(_section(handle, ":")) for handle in describe.handles()]
    parts += ["## Options\n"]
    parts += ["\n".join(_table(options)) for options in describe.options()]
    return "\n".join(parts)


def _section(declared: describe.Described, joint: str) -> Iterator[str]:
    yield f"### {declared.name}\n\n{declared.doc}\n"
    owner = declared.name if joint == "." else declared.name.lower()
    for method in declared.methods:
        taken = ", ".join(
            f"{parameter.name}: {_type(parameter.annotation)}" if parameter.required else f"[{parameter.name}]"
            for parameter in method.parameters
        )
        gives = "" if method.returns in (None, type(None)) else f" → {_type(method.returns)}"
        yield f"- `{owner}{joint}{method.name}({taken})`{gives}\n  {' '.join(method.doc.split())}"
    yield ""


def _table(options: describe.Described) -> Iterator[str]:
    yield f"### {options.name}\n\n{options.doc}\n\n| key | type | default |\n|---|---|---|"
    for field in options.fields:
        default = "required" if field.required else "" if field.default in (None, "", ()) else f"`{field.default!r}`"
        yield f"| `{field.name}` | {_type(field.annotation, ' or ')} | {default} |"
    yield ""


def _type(annotation: Any, union: str = " or ") -> str:
    return describe.spelled(annotation, describe.WORDS, list_of="list of {}", union=union)
