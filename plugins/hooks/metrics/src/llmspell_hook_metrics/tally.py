"""Counters that start at nothing and grow: of durations, and of what models cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

TOKENS = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")


class Timing:
    """How often operations of one name ended, how often in failure, and how long they took (seconds)."""

    def __init__(self) -> None:
        self.calls = 0
        self.failed = 0
        self.total = 0.0
        self.shortest = math.inf
        self.longest = 0.0

    def add(self, seconds: float, *, failed: bool) -> None:
        """Count one operation that ended."""
        self.calls += 1
        self.failed += failed
        self.total += seconds
        self.shortest = min(self.shortest, seconds)
        self.longest = max(self.longest, seconds)

    def report(self) -> dict[str, Any]:
        """The counts, and the durations in seconds."""
        duration = {
            "min": self.shortest,
            "mean": self.total / self.calls,
            "max": self.longest,
            "total": self.total,
        }
        return {"calls": self.calls, "failed": self.failed, "duration": duration}


class Spending:
    """Tokens and money of all model calls; one call without a known price makes the cost unknown."""

    def __init__(self) -> None:
        self.tokens = dict.fromkeys(TOKENS, 0)
        self.known_cost = 0.0
        self.unpriced = 0

    def add(self, usage: Mapping[str, int], cost: float | None) -> None:
        """Count one model call; `cost` is USD, None when the price is unknown."""
        for name in TOKENS:
            self.tokens[name] += usage.get(name, 0)
        if cost is None:
            self.unpriced += 1
        else:
            self.known_cost += cost

    @property
    def cost(self) -> float | None:
        """USD in all; None when any call's price is unknown."""
        return None if self.unpriced else self.known_cost
