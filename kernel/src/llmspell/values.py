"""The values that cross between the kernel and a script, written as JSON.

Everything JSON has, plus bytes, not-a-number and the infinities, handles (`HandleRef`: a host object that a
script may call) and functions (`FunctionRef`: a script function that the host may call). How each is written is
in `llmspell.engine`. A worker process imports this module, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import math
import reprlib
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
    if '"$' in text:
        return json.loads(text, object_hook=_revive)
    try:
        value, end = _DECODER.raw_decode(text)  # half the time of json.loads, which looks for white space first
    except ValueError:
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


def dumps(value: Any) -> str:
    """`value` as one line of JSON.

    Raises:
        TypeError: it holds something that is neither JSON nor one of the extra kinds.
        ValueError: it holds itself.
    """
    try:
        text = _ENCODER.encode(value)
        if '"$' not in text and _is_plain(value):
            return text
    except (TypeError, ValueError):
        pass
    return json.dumps(_mark(value, frozenset()), allow_nan=False, separators=(",", ":"))


def _refuse(value: object) -> Any:
    raise TypeError(type(value).__name__)


_DECODER = json.JSONDecoder()
_ENCODER = json.JSONEncoder(default=_refuse, allow_nan=False, separators=(",", ":"))


def _is_plain(value: Any) -> bool:
    """Whether `value` hides nothing that the JSON encoder would silently write as something else.

    It writes a named tuple as a list, and a key that is no string as one.
    """
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return not isinstance(value, HandleRef | FunctionRef) and all(map(_is_plain, value))
    return True


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
    if any(key.startswith("$") and not key.startswith("$$") for key in found):
        return _marked(found)
    return {key[1:] if key.startswith("$$") else key: value for key, value in found.items()}


def _marked(found: dict[str, Any]) -> Any:
    """What a marked object stands for; a script's engine wrote it, so nothing about it is taken for granted."""
    if len(found) == 1:
        match found:
            case {"$bytes": str(text)}:
                return text.encode("latin-1")
            case {"$function": int(number)}:
                return FunctionRef(number)
            case {"$handle": int(number)}:
                return HandleRef(number, "")
            case {"$handle": list([int(number), str(of_type)])}:
                return HandleRef(number, of_type)
            case {"$float": "nan" | "inf" | "-inf" as word}:
                return _FLOATS[word]
    raise ValueError(f"{reprlib.repr(found)} is not a marked value")
