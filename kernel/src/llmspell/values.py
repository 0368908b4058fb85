"""The values that cross between the kernel and a script, written as JSON.

Everything JSON has, plus bytes, not-a-number and the infinities, handles (`HandleRef`: a host object that a
script may call) and functions (`FunctionRef`: a script function that the host may call). How each is written is
in `llmspell.engine`. A worker process imports this module, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class HandleRef(NamedTuple):
    """A host object as a script sees it: a number and the name of its type in the script API."""

    id: int
    type: str


class FunctionRef(NamedTuple):
    """A script function as the host sees it."""

    id: int


def loads(text: str) -> Any:
    """The value that `text` stands for.

    Raises:
        ValueError: `text` is not JSON, or misuses a key that starts with a dollar sign.
    """
    if '"$' not in text:
        return json.loads(text)
    return json.loads(text, object_hook=_revive)


def dumps(value: Any) -> str:
    """`value` as one line of JSON.

    Raises:
        TypeError: it holds something that is neither JSON nor one of the extra kinds.
        ValueError: it holds itself.
    """
    try:
        text = json.dumps(value, default=_refuse, allow_nan=False, separators=(",", ":"), ensure_ascii=True)
        if '"$' not in text and not _has_refs(value):
            return text
    except (TypeError, ValueError):
        pass
    return json.dumps(_mark(value, frozenset()), allow_nan=False, separators=(",", ":"))


def _refuse(value: object) -> Any:
    raise TypeError(type(value).__name__)


def _has_refs(value: Any) -> bool:
    """Whether a named tuple hides in `value`: the JSON encoder would silently write it as a list."""
    if isinstance(value, HandleRef | FunctionRef):
        return True
    if isinstance(value, dict):
        return any(map(_has_refs, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_refs, value))


def _mark(value: Any, above: frozenset[int]) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, bytes):
        return {"$bytes": value.decode("latin-1")}
    if isinstance(value, HandleRef):
        return {"$handle": [value.id, value.type]}
    if isinstance(value, FunctionRef):
        return {"$function": value.id}
    if id(value) in above:
        raise ValueError("the value holds itself")
    above = above | {id(value)}
    if isinstance(value, dict):
        return {_key(key): _mark(item, above) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mark(item, above) for item in value]
    raise TypeError(f"a {type(value).__name__} cannot be passed to a script")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"an object's keys must be strings, not {type(key).__name__}")
    return "$" + key if key.startswith("$") else key


def _revive(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        [(key, value)] = found.items()
        match key:
            case "$bytes":
                return value.encode("latin-1")
            case "$function":
                return FunctionRef(value)
            case "$handle":
                return HandleRef(value, "") if isinstance(value, int) else HandleRef(*value)
            case "$float":
                return _FLOATS[value]
    if any(key.startswith("$") and not key.startswith("$$") for key in found):
        raise ValueError(f"unknown marked value {sorted(found)!r}")
    return {key[1:] if key.startswith("$$") else key: value for key, value in found.items()}
