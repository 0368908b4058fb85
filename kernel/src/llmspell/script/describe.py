"""The script API as data, for whatever is generated from it: reference pages and editor typings."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NotRequired, TypeVar, get_args, get_origin, get_type_hints, is_typeddict

import attrs

from llmspell.script.api import GLOBALS, HANDLES, TEST_GLOBALS
from llmspell.script.async_ import TaskHandle
from llmspell.script.check import Function
from llmspell.script.declare import given, methods, parameters
from llmspell.script.notation import name_of, variables
from llmspell.script.shapes import CONSTANTS, called

WORDS: Mapping[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "table",
    Any: "any",
    Function: "function",
    None: "nothing",
}
"""What the types of the API are called in Lua."""


@attrs.frozen
class Parameter:
    """One parameter of a method, one key of an options table, or one part of a value.

    A `required` part of a value is always there. A `rest` parameter takes any number of arguments.
    """

    name: str
    annotation: Any
    required: bool
    default: Any = None
    rest: bool = False


@attrs.frozen
class Method:
    """One method.

    Attributes:
        name: as in Lua.
        doc: its documentation.
        parameters: what it takes.
        returns: the annotation of what it gives.
        guest: whether each engine implements it in its own language.
        waits: whether scripts may have to wait for it.
        variables: the type variables that are the method's own, and not those of its handle type.
    """

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    returns: Any
    guest: bool
    waits: bool
    variables: tuple[TypeVar, ...]


@attrs.frozen
class Described:
    """A global, a handle type, an options table, or a value that scripts get; `variables` are those of its type."""

    name: str
    doc: str
    methods: tuple[Method, ...] = ()
    fields: tuple[Parameter, ...] = ()
    variables: tuple[TypeVar, ...] = ()


def globals_() -> list[Described]:
    """Every global, by name; its fields are the constants that stand beside its functions."""
    return [
        attrs.evolve(_described(name, declared), fields=_parts(CONSTANTS[name]) if name in CONSTANTS else ())
        for name, declared in sorted({**GLOBALS, **TEST_GLOBALS}.items())
    ]


def handles() -> list[Described]:
    """Every handle type, by name, with the tasks that engines make themselves."""
    return [
        _described(name, declared) for name, declared in sorted({**HANDLES, name_of(TaskHandle): TaskHandle}.items())
    ]


def options() -> list[Described]:
    """Every options table that a method takes, tables inside tables included, by name."""
    return [Described(name, _doc(cls), fields=_keys(cls)) for name, cls in _reached() if attrs.has(cls)]


def shapes() -> list[Described]:
    """Every kind of value that scripts get, and that their functions give, by name."""
    return [Described(name, _doc(cls), fields=_parts(cls)) for name, cls in _reached() if is_typeddict(cls)]


def _reached() -> list[tuple[str, type]]:
    found: dict[str, type] = {}
    for declared in [*GLOBALS.values(), *TEST_GLOBALS.values(), *HANDLES.values()]:
        for _, function in methods(declared):
            for annotation in [*(parameter.annotation for parameter in parameters(function)), given(function)]:
                _collect(annotation, found)
    return sorted(found.items())


def _collect(annotation: Any, found: dict[str, type]) -> None:
    inner = [*get_args(annotation), *getattr(annotation, "__constraints__", ())]
    if function := called(annotation):
        inner += [*(taken for _, taken in function.takes), function.gives]
    if isinstance(annotation, type) and (attrs.has(annotation) or is_typeddict(annotation)):
        if found.setdefault(name_of(annotation), annotation) is not annotation:
            raise TypeError(f"{annotation!r} and {found[name_of(annotation)]!r} would have the same name")
        inner += get_type_hints(annotation, include_extras=True).values()
    for part in inner:
        _collect(part, found)


def _keys(cls: type) -> tuple[Parameter, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        Parameter(
            field.name,
            hints[field.name],
            field.default is attrs.NOTHING,
            None if isinstance(field.default, attrs.Factory) else field.default,  # type: ignore[arg-type]
        )
        for field in attrs.fields(cls)
    )


def _parts(shape: type) -> tuple[Parameter, ...]:
    hints = get_type_hints(shape, include_extras=True).items()
    return tuple(
        Parameter(name, get_args(hint)[0], required=False)
        if get_origin(hint) is NotRequired
        else Parameter(name, hint, required=True)
        for name, hint in hints
    )


def _described(name: str, declared: type) -> Described:
    own = getattr(declared, "__parameters__", ())
    return Described(name, _doc(declared), tuple(_methods(declared, own)), variables=own)


def _methods(declared: type, shared: tuple[TypeVar, ...]) -> Iterator[Method]:
    for name, function in methods(declared):
        taken = tuple(map(_parameter, parameters(function)))
        returns = given(function)
        if get_origin(returns) is Awaitable:
            [returns] = get_args(returns)
        guest = getattr(function, "llmspell_guest", False)
        found = variables([*(parameter.annotation for parameter in taken), returns])
        yield Method(
            name,
            _doc(function),
            taken,
            returns,
            guest,
            not guest or inspect.iscoroutinefunction(function),
            tuple(variable for variable in found if variable not in shared),
        )


def _parameter(parameter: inspect.Parameter) -> Parameter:
    rest = parameter.kind is inspect.Parameter.VAR_POSITIONAL
    required = parameter.default is inspect.Parameter.empty and not rest
    return Parameter(parameter.name, parameter.annotation, required, parameter.default, rest)


def _doc(documented: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getdoc(documented) or "").strip()
