"""One tool call, beyond the function itself."""

from __future__ import annotations

from benchmarks.cases.programs import PEER_NAMES, ours, peers
from benchmarks.harness.model import Benchmark, Target

_ASYNC = "llmspell, async tool"
_VARIANTS = ((_ASYNC, "async"), ("llmspell, quick tool", "quick"), ("llmspell, tool in a thread", "thread"))

DISPATCH = Benchmark(
    "dispatch",
    (
        *(ours(subject, "ours/tools", variant) for subject, variant in _VARIANTS),
        *peers("tools"),
    ),
    (
        *(
            Target(f"a tool call beyond its function, {name}", name, "us", "us", at_most=60)
            for name, _ in _VARIANTS[:2]
        ),
        Target("the same in a thread", _VARIANTS[2][0], "us", "us"),
        Target("a tool call, async tool / the fastest peer", _ASYNC, "us", "x", over=PEER_NAMES),
    ),
)
