"""The differences of two JSON values, as changes with paths and as a JSON Patch (RFC 6902).

Arrays are compared by their longest common subsequence where they are short enough for that, else item by item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from llmspell_tool_data.bounds import Fuel
from llmspell_tool_data.json_path import written

UNITS = 5_000_000
"""How many values may be visited, where a pair of items that is compared counts as one."""
_MOST_PAIRS = 1_000_000


@attrs.frozen
class Change:
    """One difference.

    Attributes:
        kind: `added`, `removed` or `changed`.
        path: where: an addition's place in the new value, else the place in the old one.
        pointer: where at the moment when all changes before this one were made.
        before: the old value; None for an addition.
        after: the new value; None for a removal.
    """

    kind: str
    path: tuple[str | int, ...]
    pointer: tuple[str | int, ...]
    before: Any = None
    after: Any = None

    def described(self) -> dict[str, Any]:
        """For reading: the path as `$.items[0]`, and the values that there are."""
        values = {"before": self.before, "after": self.after}
        unknown = {"added": "before", "removed": "after"}.get(self.kind)
        found = {key: value for key, value in values.items() if key != unknown}
        return {"kind": self.kind, "path": written(self.path), **found}

    def operation(self) -> dict[str, Any]:
        """For JSON Patch."""
        operation = {"added": "add", "removed": "remove", "changed": "replace"}[self.kind]
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in self.pointer)
        found = {"op": operation, "path": "".join(f"/{step}" for step in escaped)}
        return found if self.kind == "removed" else {**found, "value": self.after}


def differences(before: Any, after: Any) -> Iterator[Change]:  # Any: JSON
    """The changes that make `after` of `before`, in an order in which they can be made.

    Raises:
        UsageError, TimedOut: it would be too much work.
    """
    return _Differ(Fuel("the comparison", units=UNITS)).changes(before, after, (), (), ())


_Steps = tuple[str | int, ...]


class _Differ:
    """Gives every value a number, the same for equal values, so that comparing costs nothing."""

    def __init__(self, fuel: Fuel) -> None:
        self._fuel = fuel
        self._numbers: dict[Any, int] = {}
        self._known: dict[int, int] = {}

    def number(self, value: Any) -> int:
        if isinstance(value, dict | list):
            if id(value) not in self._known:  # both values are kept alive by whoever compares them
                self._known[id(value)] = self._numbered(value)
            return self._known[id(value)]
        return self._numbered(value)

    def _numbered(self, value: Any) -> int:
        self._fuel.spend(1)
        match value:
            case dict():
                key: Any = ("object", frozenset((name, self.number(each)) for name, each in value.items()))
            case list():
                key = ("array", *map(self.number, value))
            case bool() | None | str():
                key = (type(value), value)
            case _:
                key = ("number", value)
        return self._numbers.setdefault(key, len(self._numbers))

    def changes(self, before: Any, after: Any, old: _Steps, new: _Steps, pointer: _Steps) -> Iterator[Change]:
        """The changes between two values, which stand at these places."""
        if self.number(before) == self.number(after):
            return
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._of_objects(before, after, old, new, pointer)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._of_arrays(before, after, old, new, pointer)
        else:
            yield Change("changed", old, pointer, before, after)

    def _of_objects(
        self, before: dict[str, Any], after: dict[str, Any], old: _Steps, new: _Steps, pointer: _Steps
    ) -> Iterator[Change]:
        for name, value in before.items():
            self._fuel.spend(1)
            if name in after:
                yield from self.changes(value, after[name], (*old, name), (*new, name), (*pointer, name))
            else:
                yield Change("removed", (*old, name), (*pointer, name), before=value)
        for name, value in after.items():
            if name not in before:
                yield Change("added", (*new, name), (*pointer, name), after=value)

    def _of_arrays(
        self, before: list[Any], after: list[Any], old: _Steps, new: _Steps, pointer: _Steps
    ) -> Iterator[Change]:
        numbers = [self.number(each) for each in before], [self.number(each) for each in after]
        for i1, i2, j1, j2 in self._gaps(*numbers):
            pairs = min(i2 - i1, j2 - j1)
            for offset in range(pairs):
                i, j = i1 + offset, j1 + offset
                yield from self.changes(before[i], after[j], (*old, i), (*new, j), (*pointer, j))
            for i in range(i1 + pairs, i2):
                yield Change("removed", (*old, i), (*pointer, j1 + pairs), before=before[i])
            for j in range(j1 + pairs, j2):
                yield Change("added", (*new, j), (*pointer, j), after=after[j])

    def _gaps(self, before: Sequence[int], after: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
        """What is between the common items, as ranges of both arrays, in order."""
        start, stop = 0, min(len(before), len(after))
        while start < stop and before[start] == after[start]:
            start += 1
        end = 0
        while end < stop - start and before[-1 - end] == after[-1 - end]:
            end += 1
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        i = j = 0
        for x, y in [*self._common(old, new), (len(old), len(new))]:
            if x > i or y > j:
                yield start + i, start + x, start + j, start + y
            i, j = x + 1, y + 1

    def _common(self, old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
        """The pairs of a longest common subsequence; none where it would take too long to find."""
        if not old or not new or len(old) * len(new) > _MOST_PAIRS:
            return []
        self._fuel.spend(len(old) * len(new))
        lengths = [[0] * (len(new) + 1)]
        for x in reversed(old):
            below, row = lengths[-1], [0] * (len(new) + 1)
            for j in range(len(new) - 1, -1, -1):
                row[j] = below[j + 1] + 1 if x == new[j] else max(below[j], row[j + 1])
            lengths.append(row)
        lengths.reverse()
        pairs, i, j = [], 0, 0
        while i < len(old) and j < len(new):
            if old[i] == new[j]:
                pairs.append((i, j))
                i, j = i + 1, j + 1
            elif lengths[i + 1][j] >= lengths[i][j + 1]:
                i += 1
            else:
                j += 1
        return pairs
