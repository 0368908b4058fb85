"""Which recorded exchange a request fits: by kind, name, place and a hash of what is asked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from llmspell.secrets.shapes import REDACTED

_COUNT = re.compile(r"#\d+(?=/|$)")


def place(path: str) -> str:
    """A path without the numbers of calls of one name, which change when calls at one time change their order."""
    return _COUNT.sub("", path)


def request_hash(request: Any) -> str:
    """The SHA-256 of a request as canonical JSON: keys sorted, whole numbers without a fraction."""
    text = json.dumps(_canonical(request), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> Any:
    """`value` with 1.0 as 1, since languages do not agree on which of them a number is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    return [_canonical(item) for item in value] if isinstance(value, list) else value


def agree(one: Any, other: Any) -> bool:
    """Whether two requests are the same but for what was redacted in either, which nobody can compare any more."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _covers(one, other) or _covers(other, one)
    if REDACTED in (one, other):
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(agree(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(agree, one, other))
    return bool(one == other) and (type(one) is bool) == (type(other) is bool)


def _covers(pattern: str, text: str) -> bool:
    """Whether `text` is `pattern` with something in each place that was redacted; takes linear time."""
    first, *rest = pattern.split(REDACTED)
    if not rest or not text.startswith(first):
        return False
    last = rest.pop()
    at = len(first)
    for part in rest:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(last) >= at and text.endswith(last)
