"""Which event kinds a subscriber wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from llmspell.errors import UsageError

_WORD = re.compile(r"[A-Za-z0-9_*-]+(\.[A-Za-z0-9_*-]+)*")


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for event kinds: an exact kind, `prefix.*`, `*.suffix`, or `**` for all.

    A `*` stands for one or more characters, dots included, so `tool.*` matches `tool.started` and `tool.a.b`.

    Raises:
        UsageError: the pattern is not made of words joined by dots.
    """
    if pattern == "**":
        return lambda _kind: True
    if not _WORD.fullmatch(pattern):
        raise UsageError(
            f"{pattern!r} is not an event pattern", hint="use a kind, 'prefix.*', '*.suffix', or '**' for all"
        )
    if "*" not in pattern:
        return pattern.__eq__
    expression = re.compile(".+".join(re.escape(part) for part in re.split(r"\*+", pattern)))
    return lambda kind: expression.fullmatch(kind) is not None
