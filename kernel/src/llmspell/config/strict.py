"""A cattrs converter that coerces nothing: which values fit which types, and what was expected instead."""

from __future__ import annotations

import collections.abc
import functools
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import attrs

if TYPE_CHECKING:
    from cattrs import Converter

Hook = Callable[[Any, Any], Any]  # Any: data from outside, of any type, until the hook has looked at it

_WORDS: dict[Any, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    bytes: "bytes",
    type(None): "null",
}
_SEQUENCES: dict[Any, type] = {
    tuple: tuple,
    list: list,
    frozenset: frozenset,
    collections.abc.Sequence: tuple,
}
_MAPPINGS = (dict, collections.abc.Mapping)


class Wrong(Exception):
    """A value is not what was expected; with `reason`, its type is right but a validator refused it."""

    def __init__(self, value: object, *, expected: str = "", reason: str = "") -> None:
        self.value = value
        self.expected = expected
        self.reason = reason
        super().__init__(expected or reason)


def structure_hook(cls: type) -> Hook:
    """What structures data as `cls`, called as `hook(data, cls)`; it raises `Wrong`, or as cattrs does."""
    hook: Hook = _converter().get_structure_hook(cls)
    return hook


@functools.cache
def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    # cattrs looks for these by class before it asks any factory, so they need replacing one by one.
    for kind in _WORDS:
        converter.register_structure_hook(kind, _strict(kind, converter))
    converter.register_structure_hook_factory(lambda _: True, _strict)
    return converter


def _strict(kind: Any, converter: Converter) -> Hook:
    """The hook for a type: look whether the value has the right shape, and only then let `_inner` at it."""
    if _is_union(kind):
        return _union(kind, converter)
    takes, expected, inner = _shape(kind), _expected(kind), _inner(kind, converter)

    def hook(value: Any, _: Any) -> Any:
        if not takes(value):
            raise Wrong(value, expected=expected)
        return inner(value, kind) if inner else value

    return hook


def _union(kind: Any, converter: Converter) -> Hook:
    members = sorted(get_args(kind), key=lambda member: member is float)  # an integer stays one if it may
    if sum(map(_is_table, members)) > 1:
        raise TypeError(f"{kind} is ambiguous: more than one of its members is a table")
    choices = [(_shape(member), converter.get_structure_hook(member), member) for member in members]
    expected = _expected(kind)

    def hook(value: Any, _: Any) -> Any:
        for takes, member_hook, member in choices:
            if takes(value):
                return member_hook(value, member)
        raise Wrong(value, expected=expected)

    return hook


def _shape(kind: Any) -> Callable[[Any], bool]:
    """Whether a value is outwardly of that type; what is inside it is not looked at."""
    origin = object if kind is Any else get_origin(kind) or kind
    if kind in _WORDS:
        exact = (float, int) if kind is float else (kind,)
        return lambda value: type(value) in exact
    if origin is Literal:
        allowed = {(type(choice), choice) for choice in get_args(kind)}
        return lambda value: isinstance(value, collections.abc.Hashable) and (type(value), value) in allowed
    if origin in _SEQUENCES:
        return lambda value: type(value) in (list, tuple)  # not a named tuple, which has a meaning of its own
    if _is_table(kind):
        return lambda value: isinstance(value, Mapping)
    if origin is collections.abc.Callable:
        return callable
    return lambda value: isinstance(value, origin)


def _expected(kind: Any) -> str:
    origin = get_origin(kind) or kind
    if _is_union(kind):
        *others, last = map(_expected, get_args(kind))
        return f"{', '.join(others)} or {last}"
    if origin is Literal:
        return f"one of {', '.join(map(repr, get_args(kind)))}"
    if origin in _SEQUENCES:
        return "a list"
    if _is_table(kind):
        return "a table"
    if origin is collections.abc.Callable:
        return "a function"
    return _WORDS.get(kind) or f"a {getattr(kind, '__name__', kind)}"


def _inner(kind: Any, converter: Converter) -> Hook | None:
    """What turns a value of the right shape into the declared type; None when it already is."""
    from cattrs.cols import list_structure_factory, mapping_structure_factory

    origin = get_origin(kind) or kind
    if kind is float:
        return _float
    if origin in _SEQUENCES:
        items = list_structure_factory(kind, converter)
        return lambda value, _: _SEQUENCES[origin](items(value, kind))
    if origin in _MAPPINGS:
        return mapping_structure_factory(kind, converter, structure_to=dict)
    if attrs.has(origin):
        return _class(kind, converter)
    return None


def _float(value: float, _: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        raise Wrong(value, expected="a number that fits 64 bits") from None


def _class(cls: Any, converter: Converter) -> Hook:
    from cattrs.gen import make_dict_structure_fn, override

    attrs.resolve_types(cls)
    validated = {
        field.name: override(struct_hook=_validated(field, converter))
        for field in attrs.fields(cls)
        if field.validator is not None
    }
    hook: Hook = make_dict_structure_fn(cls, converter, **validated)  # type: ignore[arg-type]  # any name is a field
    return hook


def _validated(field: attrs.Attribute[Any], converter: Converter) -> Hook:
    """Run a field's validator here, where its path is known: the constructor would stop at the first."""
    hook = converter.get_structure_hook(field.type)
    validator: Callable[[Any, Any, Any], object] = field.validator  # type: ignore[assignment]  # not None here

    def checked(value: Any, kind: Any) -> Any:
        result = hook(value, kind)
        try:
            validator(None, field, result)
        except (ValueError, TypeError) as error:
            reason = str(error.args[0] if error.args else error).removeprefix(f"'{field.name}' ")
            raise Wrong(value, reason=reason) from None
        return result

    return checked


def _is_table(kind: Any) -> bool:
    origin = get_origin(kind) or kind
    return origin in _MAPPINGS or attrs.has(origin)


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)
