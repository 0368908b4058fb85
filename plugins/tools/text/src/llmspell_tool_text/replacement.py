r"""What stands in the place of a match: text, with groups as `\1` and `\g<name>`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from llmspell.errors import UsageError

_PARTS = re.compile(r"\\(?:g<(?P<name>[^<>]*+)>|(?P<number>[0-9]{1,2})|(?P<escape>.?))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_KNOWN = r"known are \1 to \99, \g<name>, \n, \t, \r and \\"


class Replacement:
    """A replacement, read once.

    Its parts are put together by the caller, who counts them first: one group may be long, and stand there many times.

    Args:
        text: as it was written.
        pattern: the compiled pattern, whose groups it may name.

    Raises:
        UsageError: it names a group that the pattern does not have, or an escape is not known.
    """

    def __init__(self, text: str, pattern: Any) -> None:  # Any: the library's pattern
        self._pattern = pattern
        self._parts: list[str | int] = []
        end = 0
        for found in _PARTS.finditer(text):
            self._parts += [text[end : found.start()], self._part(found)]
            end = found.end()
        self._parts.append(text[end:])

    def of(self, match: Any) -> Iterator[str]:
        """The parts of what replaces a match."""
        for part in self._parts:
            yield part if isinstance(part, str) else match[part] or ""

    def _part(self, found: re.Match[str]) -> str | int:
        if found["escape"] is not None:
            if found["escape"] not in _ESCAPES:
                raise UsageError(f"the replacement has {found[0]!r}, which means nothing", hint=_KNOWN)
            return _ESCAPES[found["escape"]]
        name = found["number"] or found["name"]
        number = (
            int(name) if name.isascii() and name.isdigit() and len(name) < 4 else self._pattern.groupindex.get(name)
        )
        if number is None or number > self._pattern.groups:
            names = ", ".join(self._pattern.groupindex) or "no names"
            raise UsageError(
                f"the replacement names the group {name!r}, which the pattern does not have",
                hint=f"it has {self._pattern.groups} groups, and {names}",
            )
        return int(number)
