"""Turns the kernel's values into Lua values, without ever letting a Python object in.

Lua's API has two traps here: building tables recursively in one call corrupts values that appear twice and
overflows the C stack on deep ones; and a Python type that it does not know becomes a proxy that scripts could
climb. So tables are built from the inside out, one call each, and only types listed here pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from llmspell.engine import Limits
from llmspell.values import FunctionRef, HandleRef

_INTEGERS = range(-(2**63), 2**63)
_EXACT: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)


class Guest(NamedTuple):
    """What the guest offers to build values with; all of it is Lua."""

    table: Callable[[Any], Any]
    as_list: Callable[[Any], Any]
    handle: Callable[[int, str], Any]
    function_of: Callable[[int], Any]
    null: Any


class UnpassableError(ValueError):
    """A value cannot be given to the script; the text says why."""


class Converter:
    """Makes Lua values of the kernel's, within the limits on depth and size."""

    def __init__(self, guest: Guest, limits: Limits) -> None:
        self._guest = guest
        self._depth = limits.value_depth
        self._bytes = limits.value_bytes
        self._left = 0

    def value(self, value: Any) -> Any:
        """`value` for Lua; None is nil at the top and `Json.null` inside.

        Raises:
            UnpassableError: it is too deep or too large, or holds something that is no value.
        """
        if value is None or value is True or value is False:
            return value
        self._left = self._bytes
        return self._convert(value, 0)

    def arguments(self, values: Any) -> Any:
        """The list `values` as a table with its length at `n`.

        Raises:
            UnpassableError: as for `value`.
        """
        self._left = self._bytes
        items = [self._convert(item, 0) for item in values]
        table = self._guest.table(items)
        table["n"] = len(items)
        return table

    def _convert(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value)
        if kind is bool or kind is float:
            return value
        if value is None:
            return self._guest.null
        if kind is int:
            if value not in _INTEGERS:
                raise UnpassableError(f"the integer {value} does not fit in 64 bits")
            return value
        return self._container(value, kind, depth + 1)

    def _text(self, value: str) -> str | bytes:
        self._spend(len(value))
        if value.isascii():
            return value
        try:
            return value.encode()
        except UnicodeEncodeError:  # half of a pair of UTF-16 has no UTF-8; Unicode's substitute stands for it
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise UnpassableError(f"the value takes more than {self._bytes} bytes")

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if kind is HandleRef:
            return self._guest.handle(value.id, value.type)
        if kind is bytes:
            self._spend(len(value))
            return value
        if depth > self._depth:
            raise UnpassableError(f"the value nests deeper than {self._depth}")
        if isinstance(value, dict):
            self._spend(len(value))
            return self._guest.table({self._key(key): self._convert(item, depth) for key, item in value.items()})
        if kind is FunctionRef:
            return self._function(value)
        if isinstance(value, list | tuple):
            self._spend(len(value))
            return self._guest.as_list(self._guest.table([self._convert(item, depth) for item in value]))
        return self._plain(value, depth)

    def _key(self, key: object) -> str | bytes:
        if not isinstance(key, str):
            raise UnpassableError(f"an object's keys must be strings, not {type(key).__name__}")
        return self._text(str.__str__(key))

    def _function(self, value: FunctionRef) -> Any:
        function = self._guest.function_of(value.id)
        if function is None:
            raise UnpassableError(f"the script has no function {value.id}")
        return function

    def _plain(self, value: Any, depth: int) -> Any:
        """An enumeration's member and the like, as the plain value it is."""
        for kind, exact in _EXACT:
            if isinstance(value, kind):
                return self._convert(exact(value), depth)
        raise UnpassableError(f"a {type(value).__name__} cannot be passed to a script")


def manifest_lines(table: Mapping[str, Mapping[str, Any]]) -> str:
    """The globals or handle types of a manifest, one a line: its name and its methods, between spaces."""
    return "".join(f"{name} {' '.join(methods)} \n" for name, methods in table.items())
