"""One operation through the gate, and the permission checks on its way."""

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

PERMISSIONS = Benchmark(
    "permissions",
    (ours("llmspell", "ours/permissions"),),
    tuple(
        Target(f"a check of {kind}, {what}", "llmspell", f"us_{key}_{kind}", "us", at_most=5)
        for key, what in (("again", "of what was checked before"), ("first", "the first one, with its event"))
        for kind in ("fs.read", "net", "env")
    ),
)
