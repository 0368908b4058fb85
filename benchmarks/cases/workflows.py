"""One step of a workflow that does nothing but count."""

from __future__ import annotations

from benchmarks.cases.programs import ours, peers
from benchmarks.harness.model import Benchmark, Target

_OURS = "llmspell"
_RUN = "llmspell, a Run each"
_PEERS = ("agno", "google-adk", "langgraph", "pydantic-ai")
"""The peers that have workflows."""

STEPS = Benchmark(
    "workflow_steps",
    (
        ours(_OURS, "ours/workflows", "sequential"),
        ours(_RUN, "ours/workflows", "run"),
        *peers("steps", "sequential", names=_PEERS),
    ),
    (
        Target("a step of a sequential workflow", _OURS, "us", "us", at_most=40),
        Target("the same, a Run for each workflow", _RUN, "us", "us", at_most=40),
        Target("a step of a sequential workflow / the fastest peer", _OURS, "us", "x", at_most=1, over=_PEERS),
    ),
)

PARALLEL_STEPS = Benchmark(
    "parallel_steps",
    (ours(_OURS, "ours/workflows", "parallel"), *peers("steps", "parallel", names=_PEERS)),
    (
        Target("a step of a parallel workflow", _OURS, "us", "us"),
        Target("a step of a parallel workflow / the fastest peer", _OURS, "us", "x", at_most=1, over=_PEERS),
    ),
)
