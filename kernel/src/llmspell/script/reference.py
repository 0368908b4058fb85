"""The reference page of the script API, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from llmspell.script import describe
from llmspell.script.notation import Notation
from llmspell.script.shapes import Called

_HEAD = """\
# The script API

Generated from the declarations in `llmspell.script`. Names are as in Lua. Every function also has a `try_` form that
gives the value and nothing, or nothing and the error, instead of raising. Options are one table; an unknown key is an
error.

`llmspell types --out DIR` writes the same for editors: [`llmspell.lua`](llmspell.lua) for the Lua language server, and
[`llmspell.d.ts`](llmspell.d.ts) for TypeScript, with the names as in JavaScript.
"""


def reference() -> str:
    """The whole page."""
    parts = [_HEAD, "## Globals\n"]
    parts += ["\n".join(_section(declared, ".")) for declared in describe.globals_()]
    parts += ["## Handles\n"]
    parts += ["\n".join(_section(handle, ":")) for handle in describe.handles()]
    parts += ["## Options\n"]
    parts += ["\n".join(_options(options)) for options in describe.options()]
    parts += ["## Values\n"]
    parts += ["\n".join(_parts(shape)) for shape in describe.shapes()]
    return "\n".join(parts)


def _function(function: Called) -> str:
    taken = ", ".join([name for name, _ in function.takes] + ["..."] * function.rest)
    gives = "" if function.gives is None else f" → {_GIVEN.write(function.gives)}"
    return f"function({taken}){gives}"


_TYPES = Notation(describe.WORDS, list_of="list of {}", union=" or ", function=_function)
_GIVEN = attrs.evolve(_TYPES, nothing="nothing")


def _section(declared: describe.Described, joint: str) -> Iterator[str]:
    yield f"### {declared.name}\n\n{declared.doc}\n"
    owner = declared.name if joint == "." else declared.name.lower()
    for method in declared.methods:
        taken = ", ".join(map(_parameter, method.parameters))
        gives = "" if method.returns in (None, type(None)) else f" → {_GIVEN.write(method.returns)}"
        yield f"- `{owner}{joint}{method.name}({taken})`{gives}\n  {' '.join(method.doc.split())}"
    yield ""


def _parameter(parameter: describe.Parameter) -> str:
    if parameter.rest:
        return "..."
    return f"{parameter.name}: {_TYPES.write(parameter.annotation)}" if parameter.required else f"[{parameter.name}]"


def _options(options: describe.Described) -> Iterator[str]:
    yield f"### {options.name}\n\n{options.doc}\n\n| key | type | default |\n|---|---|---|"
    for field in options.fields:
        default = "required" if field.required else "" if field.default in (None, "", ()) else f"`{field.default!r}`"
        yield f"| `{field.name}` | {_TYPES.write(field.annotation)} | {default} |"
    yield ""


def _parts(shape: describe.Described) -> Iterator[str]:
    yield f"### {shape.name}\n\n{shape.doc}\n\n| key | type | |\n|---|---|---|"
    for field in shape.fields:
        yield f"| `{field.name}` | {_TYPES.write(field.annotation)} | {'' if field.required else 'may be missing'} |"
    yield ""
