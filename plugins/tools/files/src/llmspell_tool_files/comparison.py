"""The differences of two texts, line by line, found in a bounded time and shown as a unified diff."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import attrs

from llmspell_tool_files.deadline import Deadline

_MOST_EDITS = 2000
_SECONDS = 10.0


@attrs.frozen
class Block:
    """Some lines of the first text, from `old` on, that are others in the second text, from `new` on."""

    old: int
    removed: int
    new: int
    added: int


def lines_of(text: str) -> list[str]:
    """The lines with their ends, of which only the last may lack its own; only a line feed ends a line."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def differences(old: Sequence[str], new: Sequence[str]) -> tuple[list[Block], bool]:
    """Where two texts differ, in order; and whether that is the shortest way to tell.

    Where the shortest way takes more than 2000 edits, or too long, all from the first difference to the last is one.
    """
    start = 0
    most = min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    one, other = old[start : len(old) - end], new[start : len(new) - end]
    if not one and not other:
        return [], True
    pairs = _common(_numbered(one, other)) if one and other else []
    if pairs is None:
        return [Block(start, len(one), start, len(other))], False
    return list(_blocks(pairs, start, len(one), len(other))), True


def _numbered(one: Sequence[str], other: Sequence[str]) -> tuple[list[int], list[int]]:
    """The lines as numbers, which compare at once."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(line, len(numbers)) for line in one], [
        numbers.setdefault(line, len(numbers)) for line in other
    ]


def _common(texts: tuple[list[int], list[int]]) -> list[tuple[int, int]] | None:
    """The lines that stay, as pairs of their places; None where there are too many edits between.

    The algorithm is Myers' of 1986: for one edit more each time, how far along each diagonal that leads.
    """
    one, other = texts
    deadline = Deadline(_SECONDS)
    most = min(len(one) + len(other), _MOST_EDITS)
    reached = array("q", bytes(8 * (2 * most + 3)))
    trace: list[array[int]] = []
    for edits in range(most + 1):
        trace.append(reached[most - edits : most + edits + 3])
        for diagonal in range(-edits, edits + 1, 2):
            place = most + 1 + diagonal
            down = diagonal == -edits or (diagonal != edits and reached[place - 1] < reached[place + 1])
            x = reached[place + 1] if down else reached[place - 1] + 1
            while x < len(one) and x - diagonal < len(other) and one[x] == other[x - diagonal]:
                x += 1
            reached[place] = x
            if x >= len(one) and x - diagonal >= len(other):
                return _traced(trace, len(one), len(other))
        if deadline.passed:
            return None
    return None


def _traced(trace: list[array[int]], x: int, y: int) -> list[tuple[int, int]]:
    """The way back from the texts' ends; `trace` has what was reached before each edit, from diagonal -edits-1 on."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        before, diagonal = trace[edits], x - y
        place = diagonal + edits + 1
        down = diagonal == -edits or (diagonal != edits and before[place - 1] < before[place + 1])
        previous = diagonal + 1 if down else diagonal - 1
        from_x = before[previous + edits + 1] if edits else 0
        from_y = from_x - previous if edits else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = from_x, from_y
    return pairs[::-1]


def _blocks(pairs: list[tuple[int, int]], start: int, old: int, new: int) -> Iterator[Block]:
    x = y = 0
    for next_x, next_y in (*pairs, (old, new)):
        if next_x > x or next_y > y:
            yield Block(start + x, next_x - x, start + y, next_y - y)
        x, y = next_x + 1, next_y + 1


def unified(old: Sequence[str], new: Sequence[str], blocks: Sequence[Block], context: int) -> Iterator[str]:
    """The hunks of a unified diff, without the two lines that name the files; each line without its end."""
    for group in _grouped(blocks, context):
        first, last = group[0], group[-1]
        before = min(context, first.old)
        after = min(context, len(old) - last.old - last.removed)
        old_count = last.old + last.removed + after - (first.old - before)
        new_count = last.new + last.added + after - (first.new - before)
        yield f"@@ -{_range(first.old - before, old_count)} +{_range(first.new - before, new_count)} @@"
        place = first.old - before
        for block in group:
            yield from _marked(" ", old[place : block.old])
            yield from _marked("-", old[block.old : block.old + block.removed])
            yield from _marked("+", new[block.new : block.new + block.added])
            place = block.old + block.removed
        yield from _marked(" ", old[place : place + after])


def _grouped(blocks: Sequence[Block], context: int) -> Iterator[list[Block]]:
    """Blocks that are so near that their contexts touch."""
    group: list[Block] = []
    for block in blocks:
        if group and block.old - group[-1].old - group[-1].removed > 2 * context:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _range(start: int, count: int) -> str:
    """As the format has it: from 1 on; for no lines at all, the line before."""
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
