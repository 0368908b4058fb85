"""The script API as TypeScript declares it, for spells in JavaScript and TypeScript: `llmspell.d.ts`.

Names are in camelCase. What the kernel declares is generated; what JavaScript has beside it is in `environment.d.ts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

import attrs

from llmspell.script import describe
from llmspell.script.agent import AgentHandle
from llmspell.script.check import Function
from llmspell.script.notation import Notation
from llmspell.script.shapes import Called, called

_ENVIRONMENT = Path(__file__).parent / "environment.d.ts"
_RESERVED = {"default": "otherwise", "function": "run"}  # parameters that are words of the language
_HEAD = """\
// The script API, for spells in JavaScript and TypeScript. Generated; `llmspell types` writes it anew.
// It stands in for the browser's declarations: compile with `"lib": ["es2023"]` and `"types": []`.
"""


def type_declarations() -> str:
    """The whole file."""
    interfaces = [
        *(_interface(table, table.name, _OPTIONS) for table in describe.options()),
        *(_interface(shape, shape.name) for shape in describe.shapes()),
        *(_interface(handle, handle.name + _variables(handle.variables)) for handle in describe.handles()),
        *(
            _interface(declared, _type_of(declared), mark="readonly ")
            for declared in describe.globals_()
            if _is_generated(declared)
        ),
    ]
    namespace = "\n\n".join("\n".join(f"  {line}".rstrip() for line in lines) for lines in interfaces)
    constants = "\n\n".join("\n".join(_constant(declared)) for declared in describe.globals_())
    environment = _ENVIRONMENT.read_text("utf-8")
    return f"{_HEAD}\ndeclare namespace llmspell {{\n{namespace}\n}}\n\n{constants}\n\n{environment}"


def _function(function: Called) -> str:
    taken = [f"{_name(name)}: {_GIVEN.write(annotation)}" for name, annotation in function.takes]
    if function.rest:
        taken.append("...rest: any[]")
    return f"({', '.join(taken)}) => {_answer(function)}"


def _answer(function: Called) -> str:
    """What a function of the spell may give: it may as well be async."""
    if function.gives is None:
        return "void"
    gives = _ANSWERED.write(function.gives)
    return gives if gives == "any" else f"{gives} | PromiseLike<{gives}>"


_TAKEN = Notation(
    {
        **describe.WORDS,
        int: "number",
        dict: "Record<string, any>",
        Function: "(...rest: any[]) => any",
        None: "null",
    },
    list_of="readonly {}[]",
    function=_function,
    generic=True,
    applied=True,
)
# A workflow can stand wherever an agent can.
_OPTIONS = attrs.evolve(_TAKEN, words={**_TAKEN.words, AgentHandle: "Agent | Workflow"})
_GIVEN = attrs.evolve(_TAKEN, list_of="{}[]", nothing="null")
_ANSWERED = attrs.evolve(_TAKEN, nothing="null | undefined | void")


def _is_generated(declared: describe.Described) -> bool:
    """Whether a global has members that the kernel knows; the type of any other is in the environment."""
    return bool(declared.methods or declared.fields)


def _type_of(declared: describe.Described) -> str:
    return f"{declared.name}Global" if _is_generated(declared) else declared.name


def _constant(declared: describe.Described) -> Iterator[str]:
    yield from _comment(declared.doc)
    yield f"declare const {declared.name}: llmspell.{_type_of(declared)};"


def _interface(declared: describe.Described, name: str, notation: Notation = _GIVEN, mark: str = "") -> Iterator[str]:
    yield from _comment(declared.doc)
    yield f"interface {name} {{"
    for field in declared.fields:
        yield f"  {mark}{_field(field, notation)};"
    for method in declared.methods:
        yield from (f"  {line}" for line in _method(method))
    if iterated := next((method for method in declared.methods if method.name == "next"), None):
        event = _TAKEN.write(iterated.returns)  # without the nothing that ends the iteration
        yield f"  [Symbol.asyncIterator](): AsyncIterableIterator<{event}>;"
    yield "}"


def _field(field: describe.Parameter, notation: Notation) -> str:
    mark = "" if field.required else "?"
    if function := called(field.annotation):
        # A method and no property: TypeScript then lets its parameters be narrower than what is declared.
        taken, _, answer = _function(function).partition(" => ")
        return f"{_name(field.name)}{mark}{taken}: {answer}"
    return f"{_name(field.name)}{mark}: {notation.write(field.annotation)}"


def _method(method: describe.Method) -> Iterator[str]:
    name, each = _name(method.name), _each(method)
    given, taken = (attrs.evolve(notation, words={**notation.words, **each}) for notation in (_GIVEN, _TAKEN))
    gives = "void" if method.returns is None else given.write(method.returns)
    variables = _variables(method.variables, "readonly unknown[] | []" if each else "")
    signature = f"{variables}({', '.join(_parameter(parameter, taken) for parameter in method.parameters)})"
    yield from _comment(method.doc)
    yield f"{name}{signature}: {f'Promise<{gives}>' if method.waits else gives};"
    if method.waits:
        yield f"/** `{name}`, giving the error instead of throwing it. */"
        yield f"try{name[0].upper()}{name[1:]}{signature}: Promise<Tried<{gives}>>;"


def _each(method: describe.Method) -> Mapping[Any, str]:
    """Words for a method that takes a list of functions, of which each may give something else.

    The variable then stands for the list of what they give.
    """
    for parameter in method.parameters:
        function = called(next(iter(get_args(parameter.annotation)), None))
        if function and isinstance(function.gives, TypeVar):
            name = function.gives.__name__
            return {
                parameter.annotation: f"{{ [At in keyof {name}]: () => {name}[At] }}",
                list[function.gives]: f"{{ -readonly [At in keyof {name}]: Awaited<{name}[At]> }}",  # type: ignore[name-defined]
                function.gives: f"Awaited<{name}[number]>",
            }
    return {}


def _parameter(parameter: describe.Parameter, notation: Notation) -> str:
    if parameter.rest:
        return f"...{_name(parameter.name)}: {notation.write(parameter.annotation)}[]"
    mark = "" if parameter.required else "?"
    return f"{_name(parameter.name)}{mark}: {notation.write(parameter.annotation)}"


def _variables(variables: Sequence[TypeVar], bound: str = "") -> str:
    """Type variables with what they may stand for, which is what they stand for when nobody says."""
    written = []
    for variable in variables:
        choices = _GIVEN.choices(variable)
        extends = f" extends {choices or bound}" if choices or bound else ""
        written.append(f"{variable.__name__}{extends} = {choices or 'any'}")
    return f"<{', '.join(written)}>" if written else ""


def _name(name: str) -> str:
    """A name of the API as JavaScript has it."""
    if name in _RESERVED:
        return _RESERVED[name]
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def _comment(doc: str) -> Iterator[str]:
    lines = re.sub(r"`(\w+)`", _translated, doc).replace("*/", "*\\/").splitlines()
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
        return
    yield "/**"
    yield from (f" * {line}".rstrip() for line in lines)
    yield " */"


def _translated(found: re.Match[str]) -> str:
    """A quoted name of the API in JavaScript's way; other words, such as kinds of events, stay."""
    return f"`{_name(found[1])}`" if found[1] in _names() else found[0]


@cache
def _names() -> frozenset[str]:
    tables = [*describe.options(), *describe.shapes()]
    owners = [*describe.globals_(), *describe.handles()]
    return frozenset(
        [field.name for table in tables for field in table.fields]
        + [method.name for owner in owners for method in owner.methods]
    )
