"""The tool `text_similarity`: how alike two texts are."""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, Any

from llmspell.tools import Example, tool

_TEXT = {"maxLength": 50_000}


@tool(
    category="text",
    tags=("compare", "distance", "levenshtein", "fuzzy", "duplicate"),
    idempotent=True,
    timeout=20.0,
    examples=(Example({"a": "kitten", "b": "sitting"}, "a distance of 3"),),
)
def text_similarity(
    a: Annotated[str, _TEXT], b: Annotated[str, _TEXT], ignore_case: bool = False, ignore_spaces: bool = False
) -> dict[str, Any]:
    """Compares two texts by their characters and by their words.

    Answers, from 0 (nothing alike) to 1 (the same): `ratio` (characters in common and in order), `jaro_winkler` (good
    for names), `jaccard` (different words in common) and `cosine` (words in common by how often they come); and
    `levenshtein`, how many characters must be inserted, deleted or replaced. It compares spelling, not meaning.

    Args:
        a: one text.
        b: the other.
        ignore_case: whether capitals are the same as small letters.
        ignore_spaces: whether any white space is the same as one space, and none at the ends.
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import JaroWinkler, Levenshtein

    from llmspell_tool_text.segments import word

    if ignore_case:
        a, b = a.casefold(), b.casefold()
    if ignore_spaces:
        a, b = " ".join(a.split()), " ".join(b.split())
    words_a, words_b = (Counter(word().findall(text, concurrent=True)) for text in (a, b))
    return {
        "ratio": _rounded(fuzz.ratio(a, b) / 100),
        "levenshtein": Levenshtein.distance(a, b),
        "jaro_winkler": _rounded(JaroWinkler.similarity(a, b)),
        "jaccard": _rounded(_jaccard(words_a, words_b)),
        "cosine": _rounded(_cosine(words_a, words_b)),
    }


def _jaccard(a: Counter[str], b: Counter[str]) -> float:
    """Texts without words are alike."""
    either = len(a.keys() | b.keys())
    return len(a.keys() & b.keys()) / either if either else 1.0


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    if not a or not b:
        return float(a == b)
    product = sum(count * b[each] for each, count in a.items())
    return product / math.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))


def _rounded(value: float) -> float:
    return round(value, 4)
