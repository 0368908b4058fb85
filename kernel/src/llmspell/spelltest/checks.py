"""What a case may demand of values; each check returns, or raises `CheckFailed` with what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from llmspell.cassette.difference import described
from llmspell.errors import LlmspellError, UsageError
from llmspell.script.check import shown


class CheckFailed(LlmspellError):
    """A case demands what is not so."""

    default_kind = "script_failed"


def true(condition: bool, message: str) -> None:
    """It is so."""
    if not condition:
        raise CheckFailed(message)


def equal(got: Any, expected: Any, message: str) -> None:
    """Both are the same data."""
    if not same(got, expected):
        lines = described(expected, got, names=("expected", "got"), same=same)
        raise CheckFailed("\n".join([message or "the values differ:", *lines]))


def same(one: Any, other: Any) -> bool:
    """Whether data is equal: 1 and 1.0 are, 1 and true are not; an empty list is an empty table, as in Lua."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (one in ([], {}) and other in ([], {}))


def includes(got: Any, part: Any, message: str) -> None:
    """All that `part` names is in `got`: a text in a text, an item in a list, the keys of a table in a table."""
    if not _includes(got, part):
        raise CheckFailed(f"{message or 'a part is missing'}: {_data(part)} is not in {_data(got)}")


def _includes(got: Any, part: Any) -> bool:
    if isinstance(got, str) and isinstance(part, str):
        return part in got
    if isinstance(got, list) and not isinstance(part, list):
        return any(_has(item, part) for item in got)
    return _has(got, part)


def _has(got: Any, part: Any) -> bool:
    if isinstance(got, Mapping) and isinstance(part, Mapping):
        return all(key in got and _has(got[key], item) for key, item in part.items())
    if isinstance(got, list) and isinstance(part, list):
        return all(any(_has(item, wanted) for item in got) for wanted in part)
    return same(got, part)


def matches(text: str, pattern: str, message: str) -> None:
    """The regular expression fits somewhere in the text."""
    try:
        found = re.search(pattern, text)
    except re.error as cause:
        raise UsageError(f"Test.matches: {pattern!r} is no regular expression: {cause}") from cause
    if not found:
        raise CheckFailed(f"{message or 'the text does not match'}: {pattern!r} fits nothing in {_data(text)}")


def fits(error: LlmspellError, kind: str, message: str) -> None:
    """The error is of this kind, and its message has this part; empty for any."""
    if kind and error.kind != kind:
        raise CheckFailed(f"the error is of kind {error.kind!r}, not {kind!r}: {error.message}")
    if message and message not in error.message:
        raise CheckFailed(f"the error's message lacks {message!r}: {error.message}")


def _data(value: Any) -> str:
    import json

    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return shown(value)
    return text if len(text) <= 300 else text[:297] + "..."
