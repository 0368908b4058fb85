"""Searching a large catalogue of tools."""

from __future__ import annotations

from benchmarks.cases.programs import ours
from benchmarks.harness.model import Benchmark, Target

SEARCH = Benchmark(
    "search",
    (ours("llmspell", "ours/search"),),
    (
        Target("search of 10,000 tools, a query", "llmspell", "ms_query", "ms", at_most=2),
        Target("search of 10,000 tools, the slowest query", "llmspell", "ms_slowest", "ms"),
        Target("the index of 10,000 tools, made", "llmspell", "ms_build", "ms"),
    ),
)
