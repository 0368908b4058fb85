"""Checks of what scripts pass, compiled once per method from its annotations.

A checker takes a value and the place it stands in, and gives the value that the method wants, or raises a
`UsageError` that says where, what was expected and what was found.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell.script.declare import Handle, parameters
from llmspell.values import FunctionRef, HandleRef

if TYPE_CHECKING:
    from llmspell.bridge.host import Bridge

Checker = Callable[[Any, str, "Bridge"], Any]


class Function:
    """A script function, as an annotation and as a value: await it with JSON-like arguments."""

    __slots__ = ("_bridge", "_id")

    def __init__(self, bridge: Bridge, function_id: int) -> None:
        self._bridge = bridge
        self._id = function_id

    async def __call__(self, *args: Any, parent: Any = None) -> Any:
        """What the function returns, called below the operation `parent`."""
        return await self._bridge.call_function(self._id, list(args), parent)


class Arguments:
    """The compiled checks of one method: `bind` turns a script's list of arguments into the method's own."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self._parameters = parameters(function)
        annotations = get_type_hints(function)  # without what is there for the documentation only
        self._checkers = [checker(annotations[parameter.name]) for parameter in self._parameters]
        self._places = [_place(name, parameter.name, annotations[parameter.name]) for parameter in self._parameters]
        self._defaults = [parameter.default for parameter in self._parameters]

    def bind(self, given: Sequence[Any], bridge: Bridge) -> list[Any]:
        """The checked arguments, defaults filled in.

        Raises:
            UsageError: too many or too few, or one of them is wrong.
        """
        if len(given) > len(self._checkers):
            raise UsageError(f"{self.name} takes at most {len(self._checkers)} arguments, not {len(given)}")
        bound = []
        for index, check in enumerate(self._checkers):
            value = given[index] if index < len(given) else None
            if value is None and self._defaults[index] is not Parameter.empty:
                bound.append(self._defaults[index])
            elif index >= len(given):
                raise UsageError(f"{self.name}: {self._parameters[index].name} is missing")
            else:
                bound.append(check(value, self._places[index], bridge))
        return bound


def _place(method: str, parameter: str, annotation: Any) -> str:
    """What errors call a parameter; an options table goes without a name, since scripts see only its keys."""
    if any(isinstance(branch, type) and attrs.has(branch) for branch in [annotation, *get_args(annotation)]):
        return f"{method}:"
    return f"{method}: {parameter}"


def checker(annotation: Any) -> Checker:
    """The checker for an annotation.

    Raises:
        TypeError: scripts cannot pass such a thing; an API class is declared wrongly.
    """
    simple = _SIMPLE.get(annotation)
    if simple is not None:
        return simple
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin in (list, tuple, Sequence):
        return _list(checker(arguments[0]), tuple if origin is tuple else list)
    if origin in (dict, Mapping):
        return _mapping(checker(arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, Handle):
        return _handle(annotation)
    if isinstance(annotation, type) and attrs.has(annotation):
        return _Options(annotation)
    raise TypeError(f"the script API cannot take {annotation!r}")


def shown(value: Any) -> str:
    """A value in an error message: short, and with the word that scripts use for its type."""
    match value:
        case None:
            return "nothing"
        case FunctionRef():
            return "a function"
        case HandleRef():
            return f"a handle of type {value.type}" if value.type else "a handle"
        case dict():
            return "an object with " + (", ".join(sorted(map(str, value))[:5]) or "no keys")
        case list():
            return f"a list of {len(value)}"
        case bool():
            return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _expected(where: str, what: str, value: Any) -> UsageError:
    return UsageError(f"{where} must be {what}, not {shown(value)}")


def _string(value: Any, where: str, _bridge: Bridge) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, bytes):
        raise UsageError(f"{where} must be text, but it is not UTF-8")
    raise _expected(where, "a string", value)


def _boolean(value: Any, where: str, _bridge: Bridge) -> Any:
    if type(value) is bool:
        return value
    raise _expected(where, "true or false", value)


def _integer(value: Any, where: str, _bridge: Bridge) -> Any:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise _expected(where, "a whole number", value)


def _number(value: Any, where: str, _bridge: Bridge) -> Any:
    if type(value) in (int, float):
        return float(value)
    raise _expected(where, "a number", value)


def _data(value: Any, where: str, _bridge: Bridge) -> Any:
    """JSON-like data and bytes; a function or a handle has no meaning outside its script."""
    if isinstance(value, FunctionRef | HandleRef):
        raise _expected(where, "plain data", value)
    if type(value) is dict:
        for key, item in value.items():
            if type(item) not in _SCALARS:
                _data(item, f"{where}.{key}", _bridge)
    elif type(value) is list:
        for index, item in enumerate(value, 1):
            if type(item) not in _SCALARS:
                _data(item, f"{where}[{index}]", _bridge)
    return value


def _function(value: Any, where: str, bridge: Bridge) -> Any:
    if isinstance(value, FunctionRef):
        return Function(bridge, value.id)
    raise _expected(where, "a function", value)


def _nothing(value: Any, where: str, _bridge: Bridge) -> Any:
    if value is None:
        return None
    raise _expected(where, "nothing", value)


_SCALARS = {str, int, float, bool, bytes, type(None)}
_SIMPLE: dict[Any, Checker] = {
    str: _string,
    bool: _boolean,
    int: _integer,
    float: _number,
    Any: _data,
    Function: _function,
    type(None): _nothing,
    None: _nothing,
}


def _list(item: Checker, kind: type) -> Checker:
    def check(value: Any, where: str, bridge: Bridge) -> Any:
        if value == {}:  # a Lua table without elements does not say which it is
            return kind()
        if not isinstance(value, list):
            raise _expected(where, "a list", value)
        return kind(item(element, f"{where}[{index}]", bridge) for index, element in enumerate(value, 1))

    return check


def _mapping(item: Checker) -> Checker:
    def check(value: Any, where: str, bridge: Bridge) -> Any:
        if value == []:
            return {}
        if not isinstance(value, dict):
            raise _expected(where, "an object", value)
        return {key: item(element, f"{where}.{key}", bridge) for key, element in value.items()}

    return check


def _literal(choices: Sequence[Any]) -> Checker:
    def check(value: Any, where: str, _bridge: Bridge) -> Any:
        if value in choices and type(value) is not bool:
            return value
        listed = ", ".join(map(repr, choices))
        near = did_you_mean(value, [str(choice) for choice in choices]) if isinstance(value, str) else ""
        raise UsageError(f"{where} must be one of {listed}, not {shown(value)}", hint=near)

    return check


def _handle(wanted: type[Handle]) -> Checker:
    def check(value: Any, where: str, bridge: Bridge) -> Any:
        if isinstance(value, HandleRef):
            found = bridge.handle(value.id)
            if isinstance(found, wanted):
                return found
            raise UsageError(f"{where} must be a handle of type {wanted.type_name}, not of {found.type_name}")
        raise _expected(where, f"a handle of type {wanted.type_name}", value)

    return check


def _fits(annotation: Any, value: Any) -> bool:
    """Whether a union's branch is the one that the author meant, judged by the value's outer shape."""
    origin = get_origin(annotation) or annotation
    match value:
        case FunctionRef():
            return origin is Function
        case HandleRef():
            return isinstance(origin, type) and issubclass(origin, Handle)
        case dict():
            return origin in (dict, Mapping) or (isinstance(origin, type) and attrs.has(origin))
        case list():
            return origin in (list, tuple, Sequence)
        case bool():
            return origin is bool
        case str() | bytes():
            return origin in (str, Literal)
        case int() | float():
            return origin in (int, float)
    return value is None and origin is type(None)


def _union(branches: Sequence[Any]) -> Checker:
    checkers = [(branch, checker(branch)) for branch in branches]
    names = [spelled(branch) for branch in branches if branch is not type(None)]

    def check(value: Any, where: str, bridge: Bridge) -> Any:
        for branch, check_branch in checkers:
            if branch is Any or _fits(branch, value):
                return check_branch(value, where, bridge)
        raise _expected(where, " or ".join(names), value)

    return check


_WORDS = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    Function: "a function",
    Any: "data",
    list: "a list",
    tuple: "a list",
    dict: "an object",
    Mapping: "an object",
}


def spelled(annotation: Any) -> str:
    """An annotation in the words of an error message."""
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, Handle):
        return f"a handle of type {origin.type_name}"
    return _WORDS.get(origin, "an object")


class _Options:
    """A table of options: an attrs class whose fields are the keys that a script may give."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._checkers: dict[str, Checker] | None = None

    def _compile(self) -> dict[str, Checker]:
        # Compiled on first use: annotations may name classes that are declared later.
        hints = get_type_hints(self._cls)
        self._required = [field.name for field in attrs.fields(self._cls) if field.default is attrs.NOTHING]
        self._checkers = {field.name: checker(hints[field.name]) for field in attrs.fields(self._cls)}
        return self._checkers

    def __call__(self, value: Any, where: str, bridge: Bridge) -> Any:
        checkers = self._checkers or self._compile()
        if value == []:
            value = {}
        if not isinstance(value, dict):
            raise _expected(where, "an object", value)
        checked = {}
        joint = " " if where.endswith(":") else "."
        for key, item in value.items():
            check = checkers.get(key)
            if check is None:
                raise UsageError(
                    f"{where} unknown option {key!r}",
                    kind="unknown_option",
                    hint=did_you_mean(key, list(checkers)),
                )
            if item is not None:
                checked[key] = check(item, f"{where}{joint}{key}", bridge)
        for name in self._required:
            if name not in checked:
                raise UsageError(f"{where}{joint}{name} is missing")
        return self._cls(**checked)
