"""One call from Lua to the host, over both transports."""

from __future__ import annotations

from benchmarks.cases.programs import ours
from benchmarks.harness.model import Benchmark, Target

HOST_CALLS = Benchmark(
    "host_calls",
    (ours("llmspell", "ours/host_calls"),),
    (
        Target("Lua host call, inline", "llmspell", "us_inline", "us", at_most=15),
        Target("Lua host call, worker", "llmspell", "us_worker", "us", at_most=150),
    ),
)
