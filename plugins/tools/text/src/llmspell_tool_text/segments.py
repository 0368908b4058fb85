"""Where the parts of a text are: characters as people count them, words, sentences, paragraphs and sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

# Scripts that put no spaces between words; each character counts as one.
UNSPACED = r"\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+\s++|[。！？][。！？”’」』）]*+\s*+|\n[^\S\n]*+\n\s*+",  # noqa: RUF001 as they are written
)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*+\n\s*+")
_LAST_WORD = re.compile(r"(?:\A|[\s(])(\w[\w.]{0,14})\.\Z")
_ABBREVIATIONS = frozenset(
    "dr mr mrs ms prof st vs no fig e.g i.e cf al approx dept est inc ltd jr sr z.b d.h bzw usw ca nr".split()  # noqa: SIM905 words read better than quotes
)
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@cache
def word() -> Any:  # Any: the library has no types
    """The pattern of a word: letters, digits and their accents, joined by apostrophes or hyphens."""
    letters = rf"[^\W{UNSPACED}]"
    return _compiled(rf"[{UNSPACED}]|{letters}++(?:['’\-]{letters}++)*+")  # noqa: RUF001 as it is written


@cache
def character() -> Any:
    """The pattern of what people call one character: a letter with its accents, a flag, a family of emoji."""
    # Flags first: to find out whether two letters are one, the library goes back to where their row begins.
    return _compiled(r"[\U0001F1E6-\U0001F1FF]{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+|\X")


def character_ends(text: str) -> list[int]:
    """Where each character ends."""
    return [found.end() for found in character().finditer(text, concurrent=True)]


def word_ends(text: str) -> list[int]:
    """Where the next word begins, after each word."""
    starts = [found.start() for found in word().finditer(text, concurrent=True)]
    return [*starts[1:], len(text)] if text else []


def sentence_ends(text: str) -> list[int]:
    """Where each sentence ends, with the white space after it; an abbreviation such as `Dr.` ends none."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text) if not _goes_on(text, found)]
    return _whole(ends, text)


def paragraph_ends(text: str) -> list[int]:
    """Where each paragraph ends, with the empty lines after it."""
    return _whole([found.end() for found in _PARAGRAPH_END.finditer(text)], text)


def sections(text: str) -> Iterator[tuple[int, list[str]]]:
    """Where each section of a Markdown text begins, and the headings above it; `#` in code is no heading."""
    above: dict[int, str] = {}
    fence = ""
    at = 0
    for line in text.splitlines(keepends=True):
        opened = _FENCE.match(line)
        if opened and (not fence or (opened[1].startswith(fence) and not line[opened.end() :].strip())):
            fence = "" if fence else opened[1]
        elif not fence and (found := _HEADING.fullmatch(line.rstrip("\r\n"))):
            above = {level: title for level, title in above.items() if level < len(found[1])}
            above[len(found[1])] = found[2] or ""
            yield at, list(above.values())
        at += len(line)


def _goes_on(text: str, found: re.Match[str]) -> bool:
    """Whether a sentence goes on after what looks like its end."""
    if text[found.start()] != "." or found[0].count("\n") > 1:
        return False
    following = text[found.end() : found.end() + 1]
    if following.islower():
        return True
    last = _LAST_WORD.search(text[max(0, found.start() - 20) : found.start() + 1])
    return last is not None and (last[1].lower() in _ABBREVIATIONS or (len(last[1]) == 1 and last[1].isupper()))


def _whole(ends: list[int], text: str) -> list[int]:
    """The ends, and that of the text."""
    return ends if not text or (ends and ends[-1] == len(text)) else [*ends, len(text)]


def _compiled(pattern: str) -> Any:
    import regex  # type: ignore[import-untyped]  # it ships no types

    return regex.compile(pattern)
