"""Answers by quoting: sentences ranked against the words of the question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt

_LONGEST = 400
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")
_WRAPPED = re.compile(r"^((?:[^\s|]+ ){8,}[^\s|]*[^\s|.!?:])\n(?=[A-Za-z`\"'(])", re.MULTILINE)
_MARKUP = re.compile(r"^\s*(?:[#>*+-]+\s+|\d+[.)]\s+)+")
_COMMON = """
    a about an and are as at be been but by can could did do does for from had has have how i if in into is it
    its like me my not of on or our please should so tell than that the their them then there these they this
    to was we were what when where which who why will with would you your
"""
_STOP = frozenset(_COMMON.split())


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without Markdown's markers; prose that was wrapped is read as one line."""
    found = (_MARKUP.sub("", part).strip() for part in _SENTENCE.split(_WRAPPED.sub(r"\1 ", text)))
    return [part if len(part) <= _LONGEST else f"{part[: _LONGEST - 1]}…" for part in found if part]


def words(text: str) -> list[str]:
    """The words that matter, in lower case, without a plural's s."""
    found = re.findall(r"\w+", text.lower())
    return [word.removesuffix("s") if len(word) > 3 else word for word in found if word not in _STOP]


def parts(asked: str) -> tuple[str, list[str]]:
    """What a message asks, and the sentences that it gives to answer from.

    The questions are what is asked. Without one it is the first line, or what stands before its colon.
    """
    every = sentences(asked)
    questions = [sentence for sentence in every if sentence.endswith("?")]
    if questions:
        return " ".join(questions), [sentence for sentence in every if sentence not in questions]
    head, colon, rest = asked.strip().partition(":")
    if colon and "\n" not in head and rest.strip():
        return head, sentences(rest)
    return (every[0], every[1:]) if every else ("", [])


def best(question: str, given: Sequence[str], count: int = 3) -> list[str]:
    """Up to `count` of the given sentences that answer best, in their order.

    A sentence counts for the rare words that it shares with the question; when no sentence shares any, for
    the words that it shares with other sentences. Only those at least half as good as the best are taken.
    """
    split = [set(words(sentence)) for sentence in given]
    spread = Counter(word for found in split for word in found)
    asked = set(words(question))
    rare = {word: log(1 + len(given) / count) for word, count in spread.items()}
    scores = [_score(found & asked, found, rare) for found in split]
    if not any(scores):
        shared = {word: count - 1 + 1 / len(given) for word, count in spread.items()}
        scores = [_score(found, found, shared) for found in split]
    ranked = sorted(range(len(given)), key=lambda at: (-scores[at], at))[:count]
    kept = [at for at in ranked if scores[at] * 2 >= scores[ranked[0]] and scores[at] > 0]
    return [given[at] for at in sorted(kept)]


def _score(counted: set[str], found: set[str], weight: Mapping[str, float]) -> float:
    return sum(weight[word] for word in sorted(counted)) / sqrt(len(found) or 1)
