"""Paths into JSON: written (`$.items[0].name`), and read (with `[*]` for every item).

$             the value itself
$.name        the value of a key; $['two words'] where it is no plain word
$[0] $[-1]    an item, the last one
$.items[*]    every item of an array, or every value of an object; what follows is looked for in each
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import Fuel, shown

_STEP = re.compile(r"""\.([^\W\d][\w-]*)|\[(-?\d{1,9})\]|(\[\*\]|\.\*)|\[(?:'([^']*)'|"([^"]*)")\]""")
_MAX_LENGTH = 500


@attrs.frozen
class Path:
    """A path, read; a step is a key, an index, or None for every item."""

    steps: tuple[str | int | None, ...]

    def of(self, value: object, fuel: Fuel) -> object:
        """The value at the path, null where there is none; with `[*]` an array of those that are there."""
        found: list[object] = [value]
        for step in self.steps:
            fuel.spend(len(found) + 1)
            found = [each for place in found for each in _inside(place, step, fuel)]
        if None in self.steps:
            return found
        return found[0] if found else None


def parse(text: str) -> Path:
    """The path that a text stands for.

    Raises:
        UsageError: it is no path, or too long.
    """
    if len(text) > _MAX_LENGTH:
        raise UsageError(f"the path {shown(text)} has {len(text)} characters, and at most {_MAX_LENGTH} are read")
    steps: list[str | int | None] = []
    place = 1
    while place < len(text):
        found = _STEP.match(text, place)
        if not found:
            raise UsageError(
                f"the path {shown(text)} is wrong at character {place + 1}",
                hint="such as $.items[0].name, $['two words'] or $.items[*].name; a text with $ in front is written $$",
            )
        steps.append(_step(found))
        place = found.end()
    return Path(tuple(steps))


def written(steps: Sequence[str | int]) -> str:
    """The path as text."""
    parts = [f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{step!r}]" for step in steps]
    return "$" + "".join(parts)


def _step(found: re.Match[str]) -> str | int | None:
    name, index, every, single, double = found.groups()
    if every:
        return None
    if index is not None:
        return int(index)
    return next(each for each in (name, single, double) if each is not None)


def _inside(place: object, step: str | int | None, fuel: Fuel) -> list[object]:
    match place, step:
        case list(), None:
            fuel.spend(len(place))
            return place
        case dict(), None:
            fuel.spend(len(place))
            return list(place.values())
        case dict(), str() if step in place:
            return [place[step]]
        case list(), int() if -len(place) <= step < len(place):
            return [place[step]]
    return []
