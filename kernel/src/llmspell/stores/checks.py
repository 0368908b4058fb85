"""The checks of what a store is given; each raises `UsageError`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from llmspell.errors import UsageError
from llmspell.store import LARGEST_BLOB, LARGEST_VALUE, LONGEST_NAME, Change, Put
from llmspell.values import FunctionRef, HandleRef, dumps


def check_name(what: str, name: object) -> None:
    """Refuse a namespace, a key or a stream's name that no store could keep; `what` it is goes into the message."""
    if not isinstance(name, str):
        raise UsageError(f"{what} must be text, not {name!r}")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"{what} has {len(name)} characters, and at most {LONGEST_NAME} are allowed: {name[:40]!r}...")
    if "\0" in name:
        raise UsageError(f"{what} must not hold NUL: {name!r}")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{what} must be Unicode text, and half a surrogate pair is not: {name!r}") from None


def check_changes(namespace: object, changes: Sequence[Change]) -> list[str | None]:
    """Refuse changes that no store could make; the JSON text of what each sets, None for those that set nothing."""
    check_name("a namespace", namespace)
    seen: set[str] = set()
    for change in changes:
        check_name("a key", change.key)
        if change.key in seen:
            raise UsageError(f"the key {change.key!r} occurs twice in one write")
        seen.add(change.key)
    return [_text(change) for change in changes]


def _text(change: Change) -> str | None:
    if not isinstance(change, Put):
        return None
    if change.ttl is not None and not 0 < change.ttl < math.inf:
        raise UsageError(f"ttl must be a finite number of seconds above 0, not {change.ttl!r}")
    return encode(f"the value of the key {change.key!r}", change.value)


def encode(what: str, value: Any) -> str:
    """A value or a record as JSON text; `llmspell.values.loads` reads it again."""
    try:
        text = dumps(value)
    except (TypeError, ValueError, RecursionError) as cause:
        raise UsageError(f"{what} cannot be kept, because it is not JSON-like: {cause}") from cause
    if '"$' in text and _has_reference(value):
        raise UsageError(f"{what} cannot be kept, because it holds a function or a handle of a script")
    if len(text) > LARGEST_VALUE:
        raise UsageError(
            f"{what} takes {len(text)} bytes as JSON, and at most {LARGEST_VALUE} are allowed",
            hint="keep what is large as an artifact",
        )
    return text


def _has_reference(value: Any) -> bool:
    if isinstance(value, HandleRef | FunctionRef):
        return True
    if isinstance(value, dict):
        return any(map(_has_reference, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_reference, value))


def check_blob(content: object) -> None:
    """Refuse what is not bytes, or too many."""
    if not isinstance(content, bytes):
        raise UsageError(f"a blob must be bytes, not {type(content).__name__}")
    if len(content) > LARGEST_BLOB:
        raise UsageError(f"a blob has {len(content)} bytes, and at most {LARGEST_BLOB} are allowed")


def check_limit(limit: object) -> None:
    """Refuse a number of entries or records that is none."""
    if type(limit) is not int or limit < 1:
        raise UsageError(f"limit must be a whole number of at least 1, not {limit!r}")


def check_position(position: object) -> None:
    """Refuse a position of a stream that is none."""
    if type(position) is not int or position < 0:
        raise UsageError(f"a position must be a whole number of at least 0, not {position!r}")
