"""The event log: appending, and what an event keeps in memory."""

from __future__ import annotations

from benchmarks.cases.programs import ours
from benchmarks.harness.model import Benchmark, Target

EVENTS = Benchmark(
    "events",
    (ours("llmspell", "ours/events"),),
    (
        Target("events appended", "llmspell", "events_per_s", "/s"),
        Target("events appended, with a subscriber that reads all", "llmspell", "read_events_per_s", "/s"),
        Target("memory of an event", "llmspell", "bytes", "bytes"),
    ),
)
