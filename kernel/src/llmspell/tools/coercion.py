"""Making arguments fit a schema, where what was meant is plain: models write `"3"` for 3.

    off      nothing is changed
    safe     nothing is lost: "3" to 3, 3.0 to 3, "true" to true, JSON in a text to the array or object that is wanted,
             null for what is optional to nothing
    lenient  what is safe, and: numbers and booleans to text, "yes" and "no" to booleans, one value to a list of it,
             a choice in other letters (`"Red"` for `red`), spaces around

Only what does not fit is touched, and what cannot be made to fit stays as it is: the check that follows tells.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Literal

Mode = Literal["off", "safe", "lenient"]

_TRUTH = {"true": True, "false": False}
_LENIENT_TRUTH = {**_TRUTH, "yes": True, "no": False, "on": True, "off": False, "1": True, "0": False}
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}
_DEPTH = 32


def coerced(value: Any, schema: Mapping[str, Any], mode: Mode) -> Any:  # Any: JSON in, JSON out
    """The value, or one made of it that is nearer to the schema; the value itself is left alone."""
    return value if mode == "off" else _Coercion(schema, mode == "lenient").of(value, schema, _DEPTH)


class _Coercion:
    """Walks a value beside its schema; `root` is where local references lead."""

    def __init__(self, root: Mapping[str, Any], lenient: bool) -> None:
        self._root = root
        self._lenient = lenient

    def of(self, value: Any, schema: Any, depth: int) -> Any:
        if not isinstance(schema, Mapping) or depth == 0:
            return value
        if isinstance(schema.get("$ref"), str):
            return self.of(value, self._referred(schema["$ref"]), depth - 1)
        if isinstance(schema.get("enum"), list):
            return self._choice(value, schema["enum"])
        types = schema.get("type")
        wanted = [types] if isinstance(types, str) else types if isinstance(types, list) else []
        if wanted and not any(_is(value, each) for each in wanted):
            value = self._first(value, wanted)
        return self._inside(value, schema, depth - 1)

    def _referred(self, reference: str) -> Any:
        if not reference.startswith("#"):
            return None
        place: Any = self._root
        for step in reference[1:].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            place = place.get(key) if isinstance(place, Mapping) else None
        return place

    def _choice(self, value: Any, choices: list[Any]) -> Any:
        if any(value == each and type(value) is type(each) for each in choices):
            return value
        for made in (self._first(value, [kind]) for kind in ("integer", "number", "boolean")):
            if made is not value and made in choices:
                return made
        if self._lenient and isinstance(value, str):
            alike = [each for each in choices if isinstance(each, str) and each.lower() == value.strip().lower()]
            return alike[0] if len(alike) == 1 else value
        return value

    def _first(self, value: Any, types: list[Any]) -> Any:
        """The value as the first of the types that it can be made."""
        for each in types:
            made = self._made(value, each)
            if made is not value and _is(made, each):
                return made
        return value

    def _made(self, value: Any, kind: Any) -> Any:
        match kind, value:
            case "integer" | "number", str():
                return _number(value)
            case "integer", float() if value.is_integer():
                return int(value)
            case "boolean", str():
                known = _LENIENT_TRUTH if self._lenient else _TRUTH
                return known.get(value.strip().lower() if self._lenient else value, value)
            case "array" | "object", str() if (found := _parsed(value)) is not None:
                return found
            case "array", _ if self._lenient and value is not None:
                return [value]
            case "string", bool() | int() | float() if self._lenient:
                return json.dumps(value)
        return value

    def _inside(self, value: Any, schema: Mapping[str, Any], depth: int) -> Any:
        if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
            return [self.of(each, schema["items"], depth) for each in value]
        properties = schema.get("properties")
        if isinstance(value, dict) and isinstance(properties, Mapping):
            required = schema.get("required") or ()
            return {
                name: self.of(each, properties.get(name), depth)
                for name, each in value.items()
                if each is not None or name not in properties or name in required or _allows_null(properties[name])
            }
        return value


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    whole = kind == "integer" and isinstance(value, float) and value.is_integer()
    return whole or isinstance(value, _KINDS.get(kind, ()))


def _allows_null(schema: Any) -> bool:
    """Whether null may be what is meant; what has no plain type may allow it."""
    types = schema.get("type") if isinstance(schema, Mapping) else None
    return bool(not types or "null" in ([types] if isinstance(types, str) else types))


def _number(text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found) else text


def _parsed(text: str) -> Any:
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
