"""Editor annotations for Lua, in the format of the Lua language server: `llmspell.lua`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmspell.script import describe

_PREFIX = "llmspell."


def lua_annotations() -> str:
    """The whole file."""
    parts = ["---@meta llmspell", "-- Generated from the script API; `llmspell types` writes it anew."]
    parts += ["\n".join(_table(options)) for options in describe.options()]
    parts += ["\n".join(_class(handle, f"{_PREFIX}{handle.name}", ":")) for handle in describe.handles()]
    parts += ["\n".join(_class(declared, declared.name, ".")) for declared in describe.globals_()]
    return "\n\n".join(parts) + "\n"


def _table(options: describe.Described) -> Iterator[str]:
    yield from _comment(options.doc)
    yield f"---@class {_PREFIX}{options.name}"
    for field in options.fields:
        yield f"---@field {field.name}{'' if field.required else '?'} {_type(field.annotation)}"


def _class(declared: describe.Described, name: str, joint: str) -> Iterator[str]:
    yield from _comment(declared.doc)
    local = declared.name if joint == "." else f"_{declared.name}"
    yield f"---@class {name}"
    yield f"{local} = {{}}" if joint == "." else f"local {local} = {{}}"
    for method in declared.methods:
        yield ""
        yield from _method(method, local, joint)


def _method(method: describe.Method, owner: str, joint: str) -> Iterator[str]:
    yield from _comment(method.doc)
    for parameter in method.parameters:
        mark = "" if parameter.required else "?"
        yield f"---@param {_name(parameter.name)}{mark} {_type(parameter.annotation)}"
    if method.returns not in (None, type(None)):
        yield f"---@return {_type(method.returns)}"
    names = ", ".join(_name(parameter.name) for parameter in method.parameters)
    yield f"function {owner}{joint}{method.name}({names}) end"


def _name(name: str) -> str:
    """A parameter's name; `function` is a word of the language."""
    return "fn" if name == "function" else name


def _type(annotation: Any) -> str:
    text = describe.spelled(annotation, {**describe.WORDS, None: "nil"}, list_of="{}[]")
    names = {described.name for described in [*describe.options(), *describe.handles()]}
    return "|".join(_qualified(part.strip(), names) for part in text.split(" | "))


def _qualified(part: str, names: set[str]) -> str:
    bare = part.strip("()[]")
    return part.replace(bare, _PREFIX + bare) if bare in names else part


def _comment(doc: str) -> Iterator[str]:
    return (f"---{line}".rstrip() for line in doc.splitlines())
