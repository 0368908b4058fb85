"""Patterns of paths.

*       any characters but `/`
?       one of them
[a-z]   one of these, [!a-z] none of these
**      between slashes: any folders, none included

A pattern without a slash is one of names, at any depth: `*.py` is `**/*.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

from llmspell.errors import UsageError

_PARTS = 40


def matcher(pattern: str) -> Callable[[str], bool]:
    """What tells whether a path, relative and with `/` between names, fits a pattern.

    Raises:
        UsageError: the pattern is empty, absolute, or has too many parts.
    """
    parts = [part for part in pattern.removeprefix("./").split("/") if part]
    if not parts or pattern.startswith("/") or ".." in parts:
        raise UsageError(
            f"the glob {pattern!r} is no pattern of paths below a folder", hint='write "*.md" or "docs/**/*.md"'
        )
    if len(parts) > _PARTS:
        raise UsageError(f"the glob {pattern[:40]!r}... has {len(parts)} parts, and at most {_PARTS} are looked at")
    if "/" not in pattern:
        parts.insert(0, "**")
    wanted = [None if part == "**" else re.compile(translate(part)) for part in parts]
    return lambda path: _fits(wanted, path.split("/"))


def _fits(wanted: list[re.Pattern[str] | None], names: list[str]) -> bool:
    """Whether all names fit; the time is that of each name against each part, however many `**` there are."""
    # reached[i]: whether the first i parts fit the names so far.
    reached = [True, *(False for _ in wanted)]
    for index, part in enumerate(wanted):
        reached[index + 1] = reached[index] and part is None
    for name in names:
        after = [False]
        for index, part in enumerate(wanted):
            if part is None:
                after.append(reached[index + 1] or after[index])
            else:
                after.append(reached[index] and part.match(name) is not None)
        reached = after
    return reached[-1]
