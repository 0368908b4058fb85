"""One agent hands over to another, that answers."""

from __future__ import annotations

from benchmarks.cases.programs import ours, peers
from benchmarks.harness.model import Benchmark, Target

_TRANSFER = "llmspell, transfer"
_TOOL = "llmspell, a tool's handoff"
_RUN = "llmspell, transfer, a Run each"
_PEERS = ("agno", "google-adk", "langgraph", "openai-agents")
"""The peers whose agents hand over."""

HANDOFF = Benchmark(
    "handoff",
    (
        ours(_TRANSFER, "ours/handoff", "transfer"),
        ours(_TOOL, "ours/handoff", "tool"),
        ours(_RUN, "ours/handoff", "run"),
        *peers("handoff", names=_PEERS),
    ),
    (
        Target("a run with a handoff", _TRANSFER, "us", "us"),
        Target("the same, handed over by a tool", _TOOL, "us", "us"),
        Target("the same, a Run each", _RUN, "us", "us"),
        Target("a run with a handoff / the fastest peer", _TRANSFER, "us", "x", at_most=1, over=_PEERS),
        Target("the same, a Run each / the fastest peer", _RUN, "us", "x", at_most=1, over=_PEERS),
    ),
)
