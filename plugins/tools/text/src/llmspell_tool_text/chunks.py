"""Chunks of a text: the longest that fit, made of whole parts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from llmspell_tool_text.segments import character_ends, paragraph_ends, sections, sentence_ends, word_ends

# The ends of parts, the largest first.
_KINDS = {"paragraphs": paragraph_ends, "sentences": sentence_ends, "words": word_ends}


def chunks(text: str, by: str, size: int, overlap: int) -> Iterator[dict[str, Any]]:
    """The chunks as `text_split` answers them, in order; without overlap, they are the whole text."""
    ends, walls = _ends(text, "paragraphs" if by == "headings" else by, size)
    headings = {0: [], **dict(sections(text))} if by == "headings" else {}
    above: list[str] = []
    for start, end in pairwise([*sorted({0, *walls, *headings}), len(text)]):
        above = headings.get(start, above)
        for chunk in _packed(text, (start, end), ends, size, overlap):
            yield {**chunk, "headings": above} if headings else chunk


def _ends(text: str, by: str, size: int) -> tuple[list[int], list[int]]:
    """Where chunks may end, and where one must, because a part begins that is longer than a chunk."""
    characters = character_ends(text)
    allowed = set(characters)
    ends: list[int] = []
    walls: list[int] = []
    kinds = list(_KINDS)
    for kind in kinds[kinds.index(by) :] if by in _KINDS else ():
        ends, new = _filled(ends, [end for end in _KINDS[kind](text) if end in allowed], size, len(text))
        walls += new
    ends, new = _filled(ends, characters, size, len(text))
    return ends, walls + new


def _filled(coarse: list[int], fine: list[int], size: int, length: int) -> tuple[list[int], list[int]]:
    """The coarse ends, and the fine ones inside of parts that are longer than the size; and where those parts begin."""
    filled: list[int] = []
    long: list[int] = []
    for start, end in pairwise([0, *coarse, *([] if coarse else [length])]):
        if end - start > size:
            long.append(start)
            filled += fine[bisect_right(fine, start) : bisect_left(fine, end)]
        filled.append(end)
    return filled, long


def _packed(text: str, span: tuple[int, int], ends: list[int], size: int, overlap: int) -> Iterator[dict[str, Any]]:
    """The chunks between two places."""
    start, last = span
    while start < last:
        at = bisect_right(ends, start + size) - 1
        if at < 0 or ends[at] <= start:  # one part alone is too long
            at += 1
        end = min(ends[at], last)
        yield {"text": text[start:end], "start": start, "end": end}
        if end == last:
            return
        start = _next_start(ends, end, size, overlap, start)


def _next_start(ends: list[int], end: int, size: int, overlap: int, start: int) -> int:
    """Where the next chunk starts: so far back that it still holds the part after this one."""
    following = ends[bisect_right(ends, end)]
    earliest = max(end - overlap, following - size, start + 1)
    return min(end, ends[bisect_left(ends, earliest)])
