"""What a spell's header asks for.

-- llmspell: allow-net=api.example.com reason="prices of today"
// llmspell: allow-fs-read=data allow-library=io,os

Only the comment lines that a spell begins with count. They ask, and nothing more: the user grants.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell.permissions.kinds import KINDS, Kind, find_flag
from llmspell.spell import Source

_COMMENTS = ("--", "//")
_MARK = "llmspell:"
_LISTED = frozenset({"name", "host"})
"""The shapes of which a comma divides several; paths and commands may have commas in them."""


@attrs.frozen
class Request:
    """One thing that a spell asks for: a pattern of a kind, why, and the line (one-based) that says so."""

    kind: Kind
    pattern: str
    reason: str
    line: int


def divided(kind: Kind, text: str) -> list[str]:
    """The patterns in one text of a flag or header: names and hosts are divided by commas."""
    return text.split(",") if kind.shape in _LISTED else [text]


def requests(source: Source) -> tuple[Request, ...]:
    """What the header of a spell asks for, in order, each once.

    Raises:
        UsageError: a line of it cannot be understood; it names the line.
    """
    if _MARK not in source.text:
        return ()
    found: dict[tuple[str, str], Request] = {}
    for number, text in _header(source.text):
        for request in _line(text, source.name, number):
            found.setdefault((request.kind.key, request.pattern), request)
    return tuple(found.values())


def _header(text: str) -> Iterator[tuple[int, str]]:
    """The lines of the header that are addressed to llmspell, with their numbers."""
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not stripped or (number == 1 and stripped.startswith("#!")):
            continue
        if not stripped.startswith(_COMMENTS) or stripped.startswith("--["):
            return  # a long comment of Lua may end in code
        words = stripped[2:].lstrip()
        if words.startswith(_MARK):
            yield number, words.removeprefix(_MARK)


def _line(text: str, name: str, number: int) -> list[Request]:
    try:
        words = shlex.split(text)
    except ValueError as cause:
        raise _wrong(name, number, str(cause).lower()) from None
    asked: list[tuple[Kind, str]] = []
    reason = ""
    for word in words:
        key, equals, value = word.partition("=")
        if key == "reason" and equals:
            reason = value
        else:
            asked += [
                (kind, pattern) for kind in [_kind(key, name, number)] for pattern in _values(kind, word, name, number)
            ]
    if not asked:
        raise _wrong(name, number, "it asks for nothing")
    return [Request(kind, pattern, reason, number) for kind, pattern in asked]


def _kind(key: str, name: str, number: int) -> Kind:
    flag = key.removeprefix("allow-")
    if flag == key:
        known = [f"allow-{kind.flag}" for kind in KINDS.values()]
        raise _wrong(name, number, f"{key!r} is not known", hint=_near(key, [*known, "reason"]))
    try:
        return find_flag(flag)
    except UsageError as error:
        raise _wrong(name, number, error.message, hint=error.hint) from None


def _near(key: str, known: list[str]) -> str:
    """Of a word without `allow-` or with `deny-`, what it may have meant; else the nearest word."""
    meant = f"allow-{key.removeprefix('deny-')}"
    return did_you_mean(meant if meant in known else key, known)


def _values(kind: Kind, word: str, name: str, number: int) -> list[str]:
    """The patterns of a word; what the pattern itself must look like is looked at when it is granted."""
    patterns = divided(kind, word.partition("=")[2])
    if not all(patterns):
        raise _wrong(name, number, f"{word!r} names nothing", hint=f"write allow-{kind.flag}={kind.example}")
    return patterns


def _wrong(name: str, number: int, what: str, *, hint: str = "") -> UsageError:
    return UsageError(
        f"{name}:{number}: the header cannot be understood: {what}",
        hint=hint or 'write `llmspell: allow-net=api.example.com reason="why"` in the comment',
    )
