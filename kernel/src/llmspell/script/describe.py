"""The script API as data, for whatever is generated from it: reference pages and editor typings."""

from __future__ import annotations

import inspect
import textwrap
import types
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from llmspell.script.api import GLOBALS, HANDLES
from llmspell.script.check import Function
from llmspell.script.declare import Handle, methods, parameters

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
"""What the types of the API are called in Lua; `dict` stands for every table with named keys."""


@attrs.frozen
class Parameter:
    """One parameter of a method, or one key of an options table."""

    name: str
    annotation: Any
    required: bool
    default: Any = None


@attrs.frozen
class Method:
    """One method; `returns` is its annotation."""

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    returns: Any


@attrs.frozen
class Described:
    """A global, a handle type or an options table."""

    name: str
    doc: str
    methods: tuple[Method, ...] = ()
    fields: tuple[Parameter, ...] = ()


def globals_() -> list[Described]:
    """Every global, by name."""
    return [_described(name, declared) for name, declared in sorted(GLOBALS.items())]


def handles() -> list[Described]:
    """Every handle type, by name."""
    return [_described(name, declared) for name, declared in sorted(HANDLES.items())]


def options() -> list[Described]:
    """Every options table that a method takes, tables inside tables included, by name."""
    found: dict[str, type] = {}
    for declared in [*GLOBALS.values(), *HANDLES.values()]:
        for _, function in methods(declared):
            for parameter in parameters(function):
                _collect(parameter.annotation, found)
    return [_options(name, found[name]) for name in sorted(found)]


def _collect(annotation: Any, found: dict[str, type]) -> None:
    for part in get_args(annotation):
        _collect(part, found)
    if isinstance(annotation, type) and attrs.has(annotation) and annotation.__name__ not in found:
        found[annotation.__name__] = annotation
        for hint in get_type_hints(annotation).values():
            _collect(hint, found)


def _options(name: str, cls: type) -> Described:
    hints = get_type_hints(cls)
    fields = tuple(
        Parameter(
            field.name,
            hints[field.name],
            field.default is attrs.NOTHING,
            None if isinstance(field.default, attrs.Factory) else field.default,  # type: ignore[arg-type]
        )
        for field in attrs.fields(cls)
    )
    return Described(name, _doc(cls), fields=fields)


def _described(name: str, declared: type) -> Described:
    return Described(name, _doc(declared), tuple(_methods(declared)))


def _methods(declared: type) -> Iterator[Method]:
    for name, function in methods(declared):
        taken = tuple(
            Parameter(
                parameter.name,
                parameter.annotation,
                parameter.default is inspect.Parameter.empty,
                parameter.default,
            )
            for parameter in parameters(function)
        )
        returns = inspect.signature(function, eval_str=True).return_annotation
        if get_origin(returns) is Awaitable:
            [returns] = get_args(returns)
        yield Method(name, _doc(function), taken, returns)


def _doc(documented: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getdoc(documented) or "").strip()


def spelled(annotation: Any, words: Mapping[Any, str], *, list_of: str, union: str = " | ") -> str:
    """An annotation in another notation.

    Args:
        annotation: of a parameter, a field or a result.
        words: what simple types are called; `dict` also stands for mappings.
        list_of: how a list is written, with `{}` for its items.
        union: what stands between alternatives.
    """
    origin = get_origin(annotation) or annotation
    arguments = get_args(annotation)
    if origin in (Union, types.UnionType):
        parts = [spelled(part, words, list_of=list_of, union=union) for part in arguments if part is not type(None)]
        return union.join(dict.fromkeys(parts))
    if origin is Literal:
        return union.join(f'"{choice}"' for choice in arguments)
    if origin in (list, tuple, Sequence):
        inner = spelled(arguments[0], words, list_of=list_of, union=union) if arguments else words[Any]
        return list_of.format(f"({inner})" if union in inner else inner)
    if origin in (dict, Mapping):
        return words[dict]
    if isinstance(origin, type) and issubclass(origin, Handle):
        return origin.type_name
    if isinstance(origin, type) and attrs.has(origin):
        return origin.__name__
    return words[None if origin is type(None) else Function if origin is Function else origin]
