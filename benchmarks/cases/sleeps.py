"""A thousand spells at once that sleep."""

from __future__ import annotations

from benchmarks.cases.programs import ours
from benchmarks.harness.model import Benchmark, Target

_FLOOR = "asyncio alone"

SLEEPS = Benchmark(
    "sleeps",
    (ours("llmspell", "ours/sleeps"), ours(_FLOOR, "floors/sleeps")),
    (
        Target("1,000 spells at once, 10 sleeps of 1 ms each", "llmspell", "seconds", "s", at_most=1),
        Target("the same / asyncio alone", "llmspell", "seconds", "x", over=(_FLOOR,)),
    ),
)
