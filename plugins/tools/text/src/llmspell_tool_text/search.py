"""A search by a pattern that can take neither the time nor the memory of the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import mul
from typing import Any

from llmspell.errors import UsageError

MOST_PATTERN = 1000
MOST_TEXT = 200_000
SECONDS = 2.0
MOST_REPEATED = 100_000
"""What the least numbers of repetitions may come to, multiplied: the library writes such patterns out."""

_FLAGS = {"ignore_case": "IGNORECASE", "multiline": "MULTILINE", "dot_all": "DOTALL", "verbose": "VERBOSE"}

# An escaped character; a repetition, after a bracket (or white space, which may stand between in a verbose pattern) or
# after anything else; a call of a group, which may call itself; an inexact match. The last two take any memory.
_PARTS = re.compile(
    r"\\."
    r"|(?P<after>[)\s])?\{\s*(?P<least>[0-9]+)\s*(?:,\s*[0-9]*\s*)?\}"
    r"|(?P<call>\(\?(?:R|[+-]?[0-9]|&|P>))"
    r"|(?P<inexact>\{[^{}]*[eids][^{}]*\})",
    re.DOTALL,
)


class Search:
    """The matches of a pattern in a text; going through them is the search.

    Args:
        pattern: the regular expression.
        flags: keys of `ignore_case`, `multiline`, `dot_all`, `verbose`.
        text: what is searched.
        limit: how many matches are given.

    Attributes:
        pattern: the compiled pattern.
        text: what is searched.
        truncated: whether there were more matches than the limit, once the search is over.

    Raises:
        UsageError: the pattern is none, or could take any memory.
    """

    def __init__(self, pattern: str, flags: Sequence[str], text: str, limit: int) -> None:
        _check(pattern)
        self.pattern = _compiled(pattern, flags)
        self.text = text
        self.truncated = False
        self._limit = limit

    def __iter__(self) -> Iterator[Any]:  # Any: the library's matches
        """The matches.

        Raises:
            UsageError: the search takes too long (kind `timeout`).
        """
        try:
            # The time is that of all matches. `concurrent` lets other threads, and so the event loop, go on meanwhile.
            matches = self.pattern.finditer(self.text, timeout=SECONDS, concurrent=True)
            yield from islice(matches, self._limit)
            self.truncated = next(matches, None) is not None
        except TimeoutError:
            raise UsageError(
                f"the pattern takes more than {SECONDS:g} seconds on a text of {len(self.text)} characters",
                kind="timeout",
                hint="repeat nothing that repeats, as in (a+)+, or forbid going back with ++ and *+",
            ) from None


def _check(pattern: str) -> None:
    """Refuse what the time does not bound: what takes any memory, before or while it is searched for."""
    once: list[int] = []
    nested: list[int] = []
    for part in _PARTS.finditer(pattern):
        if part["call"] or part["inexact"]:
            what = "calls a group" if part["call"] else "matches inexactly"
            hint = "write the group out" if part["call"] else r"write \{ for a brace"
            raise UsageError(f"the pattern {what} at {part.start()}: {part[0]!r:.40}", hint=hint)
        if part["least"]:
            (nested if part["after"] else once).append(max(1, int(part["least"][:9])))
    if max(1, sum(once)) * reduce(mul, nested, 1) > MOST_REPEATED:
        raise UsageError(
            f"the pattern repeats too much: its repetitions multiply to more than {MOST_REPEATED}",
            hint="write smaller numbers in {}",
        )


def _compiled(pattern: str, flags: Sequence[str]) -> Any:
    import regex  # type: ignore[import-untyped]  # it ships no types

    try:
        return regex.compile(pattern, reduce(int.__or__, (int(regex.RegexFlag[_FLAGS[flag]]) for flag in flags), 0))
    except regex.error as error:
        raise UsageError(f"the pattern {pattern!r:.200} is wrong: {error}") from error
    except RecursionError:
        raise UsageError("the pattern is nested too deeply", hint="take brackets away") from None
