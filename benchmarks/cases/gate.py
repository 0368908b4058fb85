"""One operation through the gate."""

from __future__ import annotations

from benchmarks.cases.programs import ours
from benchmarks.harness.model import Benchmark, Target

GATE = Benchmark(
    "gate",
    (ours("llmspell", "ours/gate"),),
    (
        Target("gate without hooks, one operation", "llmspell", "us_no_hook", "us", at_most=30),
        Target("gate with one hook that does nothing", "llmspell", "us_one_hook", "us"),
    ),
)
