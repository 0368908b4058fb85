"""What a turn of a conversation costs when there is much before it."""

from __future__ import annotations

from benchmarks.cases.programs import PEER_NAMES, ours, peers
from benchmarks.harness.model import Benchmark, Target

_PLAIN = "llmspell"
_TOOL = "llmspell, a tool call each turn"
_TURNS = {"us_10": "turn 10", "us_100": "turn 100", "us_1000": "turn 1,000"}

TURNS = Benchmark(
    "turns",
    (ours(_PLAIN, "ours/turns", "plain"), ours(_TOOL, "ours/turns", "tool"), *peers("turns")),
    (
        *(Target(f"{turn} of a conversation", _PLAIN, quantity, "us") for quantity, turn in _TURNS.items()),
        Target("turn 1,000 / turn 10", _PLAIN, "growth", "x", at_most=1.5),
        Target("turn 1,000 / turn 10, with a tool call each", _TOOL, "growth", "x", at_most=1.5),
        *(
            Target(f"{turn} / the fastest peer that gets there", _PLAIN, quantity, "x", over=PEER_NAMES)
            for quantity, turn in _TURNS.items()
        ),
    ),
)
