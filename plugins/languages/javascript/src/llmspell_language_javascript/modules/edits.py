"""Changes to a text that keep its lines, and where they moved its columns."""

from __future__ import annotations

import re

from .parsing import Text, width

_NOT_A_LINE_END = re.compile("[^\n\r\u2028\u2029]")

Shift = tuple[int, int, int]
"""Of one change: its first column in the new line (zero-based), its new width, its old width; in UTF-16 units."""


class Edits:
    """Changes collected in any order and applied together. Offsets are into `Text.data`."""

    __slots__ = ("_edits", "_source")

    def __init__(self, source: Text) -> None:
        self._source = source
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, text: str) -> None:
        """Put other text without line ends in place of text without line ends; `start == end` inserts."""
        self._edits.append((start, end, text))

    def blank(self, start: int, end: int, *, first: str = "", last: str = "") -> None:
        """Put spaces in place of everything but line ends; `first` and `last` replace as many characters there."""
        old = self._source.data[start:end].decode()
        new = _NOT_A_LINE_END.sub(lambda match: " " * width(match[0]), old)
        self._edits.append((start, end, first + new[len(first) : len(new) - len(last)] + last))

    def apply(self) -> tuple[str, dict[int, list[Shift]]]:
        """The new text, and by line (one-based) the changes of that line that moved columns, in order.

        Of changes at one place those made first come first.
        """
        data, pieces, end = self._source.data, [], 0
        shifts: dict[int, list[Shift]] = {}
        moved: dict[int, int] = {}
        for start, stop, text in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [data[end:start].decode(), text]
            end = stop
            old, new = width(data[start:stop].decode()), width(text)
            if old != new:
                line, column = self._source.place(start)
                shifts.setdefault(line, []).append((column - 1 + moved.get(line, 0), new, old))
                moved[line] = moved.get(line, 0) + new - old
        pieces.append(data[end:].decode())
        return "".join(pieces), shifts
