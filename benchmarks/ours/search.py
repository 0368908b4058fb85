"""Searching 10,000 tools: milliseconds for a query, from the catalogue's metadata to the names, and to make the index.

The tools are made up from verbs and things, so that words are as common as in a large catalogue: some stand in a
third of all tools. `ms_query` is the median of queries of all sorts, `ms_slowest` that of the slowest of them.
"""

from __future__ import annotations

import random
import time
from statistics import median

from benchmarks import timing

from llmspell.tools.search import Index, Record

TOOLS = 10_000
BATCHES = 5
ROUNDS = 40
_SERVICES = [
    f"{name}{end}" for name in ("acme", "globex", "initech", "stark", "wayne") for end in ("", "hub", "ly", "x")
]
_VERBS = "read write list search copy move delete diff create extract convert fetch send parse count"
_THINGS = "file folder archive csv table row image page email message user invoice order issue map price"
_QUERIES = (
    "file",
    "file read",
    "send an email message",
    "delete rows from a table",
    "acmehub_file_read_order",
    "globex",
    "arch",
    "serach fiel",
    "convert invoice prices of an order into a table",
    "zebra",
)


def _records() -> list[Record]:
    chance = random.Random(1)
    verbs, things = _VERBS.split(), _THINGS.split()
    found: dict[str, Record] = {}
    while len(found) < TOOLS:
        verb, thing, other = chance.choice(verbs), chance.choice(things), chance.choice(things)
        name = f"{chance.choice(_SERVICES)}_{thing}_{verb}_{other}"
        rest = " ".join(chance.choices([*things, *verbs], k=8))
        found[name] = Record(name, f"{verb.title()}s the {thing} of a {other}: {rest}.", thing, (verb, other))
    return list(found.values())


def _build(records: list[Record]) -> float:
    begin = time.perf_counter()
    Index(records)
    return (time.perf_counter() - begin) * 1e3


def _query(index: Index, query: str) -> float:
    begin = time.perf_counter()
    index.search(query)
    return (time.perf_counter() - begin) * 1e3


if __name__ == "__main__":
    records = _records()
    index = Index(records)
    for query in _QUERIES:
        index.search(query)
    taken = {query: median(_query(index, query) for _ in range(ROUNDS)) for query in _QUERIES}
    timing.report(
        {
            "ms_query": median(taken.values()),
            "ms_slowest": max(taken.values()),
            "ms_build": median(_build(records) for _ in range(BATCHES)),
        }
    )
