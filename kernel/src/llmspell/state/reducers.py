"""How values that parallel branches gave to one key become one.

A reducer sees what the key had before the branches began, what the values before have been reduced to, and the next
branch's value; the branches come in the order in which they are given, whichever was done first.

    append     what each branch added to the end of the list, one after the other
    add        the sum of what each branch added to the number
    union      the elements of all lists, each once, or the keys of all objects, where no two may differ
    max, min   the greatest, the least
    replace    the value of the last branch
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from llmspell.errors import UsageError, did_you_mean

ABSENT: Any = object()
"""The value of a key that is not set."""

Reduce = Callable[[Any, Any, Any], Any | Awaitable[Any]]
"""`reduce(base, merged, value)` gives the new `merged`; `base` is `ABSENT` where the key was not set."""


def reducer(named: str | Reduce) -> Reduce:
    """The reducer of this name, or the function itself.

    Raises:
        UsageError: there is none.
    """
    if callable(named):
        return named
    if named not in REDUCERS:
        raise UsageError(f"there is no reducer {named!r}", hint=did_you_mean(named, list(REDUCERS)))
    return REDUCERS[named]


def _append(base: Any, merged: Any, value: Any) -> list[Any]:
    before = [] if base is ABSENT else _list("append", base)
    added = [_list("append", each) for each in (merged, value)]
    if any(each[: len(before)] != before for each in added):
        raise UsageError("append is for lists that branches only add to, and one of them changed what was there")
    return added[0] + added[1][len(before) :]


def _add(base: Any, merged: Any, value: Any) -> Any:
    before = 0 if base is ABSENT else base
    for each in (before, merged, value):
        if type(each) not in (int, float):
            raise UsageError(f"add is for numbers, not {_kind(each)}")
    return merged + value - before


def _union(_base: Any, merged: Any, value: Any) -> Any:
    if isinstance(merged, Mapping) and isinstance(value, Mapping):
        for key in merged.keys() & value.keys():
            if merged[key] != value[key]:
                raise UsageError(f"union is for objects that agree, and the branches differ in {key!r}")
        return {**merged, **value}
    merged, value = _list("union", merged), _list("union", value)
    found: list[Any] = []
    for each in [*merged, *value]:
        if not any(each == other and type(each) is type(other) for other in found):
            found.append(each)
    return found


def _greatest(_base: Any, merged: Any, value: Any) -> Any:
    return max(merged, value, key=_comparable("max", merged, value))


def _least(_base: Any, merged: Any, value: Any) -> Any:
    return min(merged, value, key=_comparable("min", merged, value))


def _replace(_base: Any, _merged: Any, value: Any) -> Any:
    return value


REDUCERS: Mapping[str, Reduce] = {
    "append": _append,
    "add": _add,
    "union": _union,
    "max": _greatest,
    "min": _least,
    "replace": _replace,
}


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise UsageError(f"{name} is for lists{' and objects' * (name == 'union')}, not {_kind(value)}")
    found: list[Any] = value
    return found


def _comparable(name: str, *values: Any) -> Callable[[Any], Any]:
    if not (all(type(each) in (int, float) for each in values) or all(type(each) is str for each in values)):
        raise UsageError(f"{name} is for numbers or for texts, not {' and '.join(map(_kind, values))}")
    return lambda each: each


def _kind(value: Any) -> str:
    words = {type(None): "nothing", bool: "true or false", str: "a text", list: "a list", dict: "an object"}
    return words.get(type(value), "a number" if isinstance(value, int | float) else f"a {type(value).__name__}")
