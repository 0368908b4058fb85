"""Editor annotations for Lua, in the format of the Lua language server: `llmspell.lua`."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from llmspell.script import describe
from llmspell.script.notation import Notation
from llmspell.script.shapes import Called


def lua_annotations() -> str:
    """The whole file."""
    parts = ["---@meta llmspell", "-- Generated from the script API; `llmspell types` writes it anew."]
    parts += ["\n".join(_table(table)) for table in [*describe.options(), *describe.shapes()]]
    parts += ["\n".join(_handle(handle)) for handle in describe.handles()]
    parts += ["\n".join(_global(declared)) for declared in describe.globals_()]
    return "\n\n".join(parts) + "\n"


def _function(function: Called) -> str:
    taken = [f"{name}: {_TYPES.write(annotation)}" for name, annotation in function.takes]
    if function.rest:
        taken.append("...: any")
    gives = "" if function.gives is None else f": {_GIVEN.write(function.gives)}"
    return f"fun({', '.join(taken)}){gives}"


_TYPES = Notation(
    {**describe.WORDS, None: "any"},  # the only part of a value that is always None is `Json.null`
    list_of="{}[]",
    union="|",
    prefix="llmspell.",
    function=_function,
    generic=True,
)
_GIVEN = attrs.evolve(_TYPES, nothing="nil")


def _table(table: describe.Described) -> Iterator[str]:
    yield from _comment(table.doc)
    yield f"---@class llmspell.{table.name}"
    yield from _fields(table)


def _fields(declared: describe.Described) -> Iterator[str]:
    for field in declared.fields:
        yield f"---@field {field.name}{'' if field.required else '?'} {_TYPES.write(field.annotation)}"


def _handle(handle: describe.Described) -> Iterator[str]:
    owner = f"_{handle.name}"
    yield from _comment(handle.doc)
    yield f"---@class llmspell.{handle.name}"
    yield f"local {owner} = {{}}"
    for method in handle.methods:
        yield from _method(method, f"{owner}:")
        if not method.guest:
            yield from _trying(method, f"{owner}:")


def _global(declared: describe.Described) -> Iterator[str]:
    yield from _comment(declared.doc)
    yield f"---@class {declared.name}"
    yield from _fields(declared)
    yield f"{declared.name} = {{}}"
    for method in declared.methods:
        yield from _method(method, f"{declared.name}.")
        yield from _trying(method, f"{declared.name}.")


def _method(method: describe.Method, owner: str) -> Iterator[str]:
    yield ""
    yield from _comment(method.doc)
    yield from _signature(method)
    if gives := _gives(method):
        yield f"---@return {gives}"
    yield f"function {owner}{method.name}({_names(method)}) end"


def _trying(method: describe.Method, owner: str) -> Iterator[str]:
    yield ""
    yield f"---`{method.name}`, with the error as a second value instead of raising it."
    yield from _signature(method)
    yield f"---@return {_gives(method).removesuffix('|nil') or 'any'}|nil"
    yield "---@return llmspell.Failure|nil"
    yield f"function {owner}try_{method.name}({_names(method)}) end"


def _signature(method: describe.Method) -> Iterator[str]:
    if method.variables:
        yield f"---@generic {', '.join(variable.__name__ for variable in method.variables)}"
    for parameter in method.parameters:
        mark = "" if parameter.required or parameter.rest else "?"
        yield f"---@param {_name(parameter)}{mark} {_TYPES.write(parameter.annotation)}"


def _gives(method: describe.Method) -> str:
    """The type of a result; a class of the language server has no type variables of its own."""
    return "" if method.returns in (None, type(None)) else _within(method).write(method.returns)


def _within(method: describe.Method) -> Notation:
    return attrs.evolve(_GIVEN, generic=bool(method.variables))


def _names(method: describe.Method) -> str:
    return ", ".join(map(_name, method.parameters))


def _name(parameter: describe.Parameter) -> str:
    """A parameter's name; `function` is a word of the language."""
    if parameter.rest:
        return "..."
    return "fn" if parameter.name == "function" else parameter.name


def _comment(doc: str) -> Iterator[str]:
    return (f"---{line}".rstrip() for line in doc.splitlines())
