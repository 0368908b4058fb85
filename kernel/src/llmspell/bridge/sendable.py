"""Which values may go to a script: one rule for both transports."""

from __future__ import annotations

from typing import Any

from llmspell.engine import Limits
from llmspell.values import FunctionRef, HandleRef


def check(message: tuple[Any, ...], limits: Limits) -> None:
    """Pass if a script can take every value of `message`.

    That is None, bool, int, float, str, bytes, `HandleRef`, and lists, tuples and string-keyed dicts of them,
    within `limits.value_depth` and `limits.value_bytes` (the least number of bytes that the JSON can have).

    Raises:
        TypeError: it holds something else.
        ValueError: it nests too deeply, holds itself, or is too large.
    """
    size = 0
    for item in message:
        kind = type(item)
        size += 1 if kind in _SCALARS else _size(item, limits.value_depth, limits)
    if size > limits.value_bytes:
        raise ValueError(
            f"a value for a script takes {size} bytes or more as JSON; at most {limits.value_bytes} may be"
        )


_SCALARS = frozenset({int, float, bool, type(None), HandleRef})


def _size(value: Any, depth: int, limits: Limits) -> int:
    """The least number of bytes of `value` as JSON; `depth` is how many levels it may still nest."""
    kind = type(value)
    if kind is str or kind is bytes:
        return len(value) + 2
    if kind in _SCALARS:
        return 1
    if kind is FunctionRef:
        raise TypeError(f"{value!r} cannot be passed to a script: functions go only from a script to the kernel")
    if isinstance(value, dict | list | tuple):
        if depth == 0:
            raise ValueError(f"a value for a script nests deeper than {limits.value_depth} levels, or holds itself")
        return _size_of_items(value, depth - 1, limits)
    if isinstance(value, str | int | float | bytes):  # their subclasses, such as members of a string enum
        return 1
    raise TypeError(f"a {kind.__name__} cannot be passed to a script")


def _size_of_items(value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int, limits: Limits) -> int:
    size = 1  # two brackets, and a comma after all items but the last
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"an object's keys must be strings, not {type(key).__name__} ({key!r})")
            size += len(key) + 4 + _size(item, depth, limits)
    else:
        for item in value:
            size += 1 + _size(item, depth, limits)
    return size
