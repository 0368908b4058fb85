"""The two ways to write an event on one line. No text in an event can end the line early or forge another."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

Fields = Mapping[str, Any]  # Any: JSON-like data of an event, of any kind

# Fields that hold what people or models wrote; the names are those of messages, requests and results.
_TEXTS = frozenset(
    {
        "arguments",
        "content",
        "input",
        "instructions",
        "messages",
        "output",
        "prompt",
        "request",
        "result",
        "system",
        "text",
    }
)
_BARE = re.compile(r"[^\s\"=\\]+")


def json_line(level: str, fields: Fields) -> str:
    """The event as one JSON object."""
    return _json({"time": fields["time"], "level": level, **fields})


def logfmt_line(level: str, fields: Fields) -> str:
    """The event as `key=value` pairs; nested data has dotted keys, lists are JSON."""
    head = {"time": fields["time"], "level": level, **fields}
    data = dict(_flat(head.pop("data")))
    # What an event says about itself must not look like what the log says about the event.
    own = {f"data.{key}" if key in head else key: value for key, value in data.items()}
    return " ".join(f"{_word(key)}={_value(value)}" for key, value in {**head, **own}.items())


def shortened(data: Any) -> Any:
    """The data with texts replaced by their length, and structured input and output left out."""
    if isinstance(data, Mapping):
        return {key: _length(item) if key in _TEXTS else shortened(item) for key, item in data.items()}
    return [shortened(item) for item in data] if isinstance(data, list) else data


def _length(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return f"({len(value)} characters)"
    return f"({len(value)} {'fields' if isinstance(value, Mapping) else 'items'})"


def _flat(data: Fields, above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{above}{key}.")
        elif value is not None:
            yield f"{above}{key}", value


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return _word(_json(value))


def _json(value: Any) -> str:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:  # JSON has no word for what is no finite number
        return json.dumps(_finite(value), separators=(",", ":"), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _word(text: str) -> str:
    if _BARE.fullmatch(text) and text.isprintable():
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
