"""Finding tools by words: names, descriptions, tags and categories, ranked.

A tool whose name is the query comes first, and then those whose names begin with it. The others follow by the words
that they share with the query, each weighted by how rare it is and where it stands (BM25 over weighted fields, as in
Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009). A word that no tool has counts for words that
begin with it, and for words of names that look like it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nlargest
from math import log

import attrs

_NAME, _TAGS, _CATEGORY, _DESCRIPTION = 3.0, 2.0, 1.5, 1.0  # weights of the fields
_SATURATION, _LENGTH = 1.2, 0.5  # BM25's k1 and b
_EXACT, _BEGINS = 1000.0, 100.0  # more than words ever come to
_PREFIX, _FUZZY = 0.5, 0.4  # what an inexact match counts of an exact one
_ALIKE = 0.5  # of the pairs of letters, from which on two words are alike; so are those of the same letters
_BEST = 1000  # tools that are looked at for one word, those first in which it counts most
_EXPANSIONS = 16
_WORDS = 12
_CHARACTERS = 200  # of a query

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STOP = frozenset("a an and are as at be by for from in into is it its of on or that the their this to with".split())  # noqa: SIM905 words read better than quotes


@attrs.frozen
class Record:
    """What is known of a tool that is not loaded.

    Attributes:
        name: the tool's.
        description: its first sentence, or its distribution's where nothing better is known.
        category: as `Tool` has it.
        tags: as `Tool` has them.
        needs: as `Tool` has them.
        distribution: what it came with.
    """

    name: str
    description: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    distribution: str = ""


class Index:
    """Tools that can be searched; nothing is imported, and a search does not change it.

    Args:
        records: the tools.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = sorted(records, key=lambda record: record.name)
        self._names = [record.name.casefold() for record in self._records]
        self._postings = _weighted([dict(_fields(record)) for record in self._records])
        self._vocabulary = sorted(self._postings)

    def __len__(self) -> int:
        return len(self._records)

    def search(self, query: str, limit: int = 10) -> list[Record]:
        """The tools that fit a query best, at most `limit`; empty where none has anything of it."""
        query = query[:_CHARACTERS]
        scores: defaultdict[int, float] = defaultdict(float)
        for word in dict.fromkeys(_words(query)[:_WORDS]):
            for known, share in self._meant(word):
                for number, weight in self._postings[known]:
                    scores[number] += weight * share
        self._add_names("_".join(_WORD.findall(_HUMP.sub(" ", query).casefold())), scores)
        if not scores or limit < 1:
            return []
        last = nlargest(limit, scores.values())[-1]
        best = [(-score, number) for number, score in scores.items() if score >= last]
        return [self._records[number] for _, number in sorted(best)[:limit]]

    def _meant(self, word: str) -> Iterator[tuple[str, float]]:
        """The words of the index that a word of a query stands for, and how much each counts."""
        if word in self._postings:
            yield word, 1.0
        longer = list(_beginning(self._vocabulary, word, _EXPANSIONS)) if len(word) > 2 else []
        for known in longer:
            if known != word:
                yield known, _PREFIX
        if not longer and word not in self._postings:
            yield from self._alike(word)

    def _alike(self, word: str) -> list[tuple[str, float]]:
        pairs = _pairs(word)
        shared: Counter[str] = Counter()
        for pair in pairs:
            shared.update(self._by_pair.get(pair, ()))
        letters = sorted(word)
        found = (
            (1.0 if sorted(known) == letters else 2 * count / (len(pairs) + len(_pairs(known))), known)
            for known, count in shared.items()
            if count > 1
        )
        return [(known, alike * _FUZZY) for alike, known in nlargest(_EXPANSIONS, found) if alike >= _ALIKE]

    @cached_property
    def _by_pair(self) -> Mapping[str, Sequence[str]]:
        """The words of names by each pair of letters in them; made for the first word that is not known."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in {word for record in self._records for word in _words(record.name)}:
            for pair in _pairs(word):
                found[pair].append(word)
        return found

    def _add_names(self, name: str, scores: dict[int, float]) -> None:
        if not name:
            return
        begin = bisect_left(self._names, name)
        for number in range(begin, min(begin + _BEST, len(self._names))):
            if not self._names[number].startswith(name):
                break
            scores[number] += _EXACT if self._names[number] == name else _BEGINS


def _weighted(documents: Sequence[Mapping[str, float]]) -> dict[str, list[tuple[int, float]]]:
    """For each word the tools that it counts most in, by their numbers, with what it counts there."""
    lengths = [sum(document.values()) for document in documents]
    usual = sum(lengths) / len(lengths) if lengths else 1.0
    found: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for number, (document, length) in enumerate(zip(documents, lengths, strict=True)):
        bound = _SATURATION * (1 - _LENGTH + _LENGTH * length / usual)
        for word, weight in document.items():
            found[word].append((weight / (weight + bound), number))
    return {word: _rarest(counts, len(documents)) for word, counts in found.items()}


def _rarest(counts: list[tuple[float, int]], tools: int) -> list[tuple[int, float]]:
    rarity = log(1 + (tools - len(counts) + 0.5) / (len(counts) + 0.5))
    best = counts if len(counts) <= _BEST else sorted(counts, key=lambda each: (-each[0], each[1]))[:_BEST]
    return [(number, count * rarity) for count, number in best]


def _fields(record: Record) -> Mapping[str, float]:
    """The words of a tool, each with the weights of all the places where it stands."""
    found: defaultdict[str, float] = defaultdict(float)
    for weight, text in (
        (_NAME, record.name),
        (_TAGS, " ".join(record.tags)),
        (_CATEGORY, record.category),
        (_DESCRIPTION, record.description),
    ):
        for word in _words(text):
            found[word] += weight
    return found


def _words(text: str) -> list[str]:
    """The words of a text without those that every text has, and without the `s` of a plural."""
    words = _WORD.findall(_HUMP.sub(" ", text).casefold())
    return [_singular(word) for word in words if word not in _STOP]


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]


def _pairs(word: str) -> set[str]:
    padded = f" {word} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def _beginning(words: Sequence[str], prefix: str, most: int) -> Iterator[str]:
    begin = bisect_left(words, prefix)
    for word in words[begin : begin + most]:
        if not word.startswith(prefix):
            return
        yield word
