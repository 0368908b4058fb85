"""What a run may use up, counted in one place and shared by all that it starts."""

from __future__ import annotations

from typing import Any

from llmspell.config.schema import Budget as BudgetLimits
from llmspell.errors import BudgetExceeded
from llmspell.message import Usage

__all__ = ["Budget", "BudgetLimits"]

_COUNTED = {"llm": "model_calls", "tool": "tool_calls", "step": "steps", "handoff": "hops"}


class Budget:
    """Counters against limits. Reaching one raises `BudgetExceeded` before the next operation, not after it."""

    def __init__(self, limits: BudgetLimits) -> None:
        self.limits = limits
        self.counts = {"model_calls": 0, "tool_calls": 0, "steps": 0, "hops": 0}
        self.usage = Usage()
        self.cost: float | None = 0.0
        self.known_cost = 0.0

    def charge(self, kind: str, depth: int) -> None:
        """Count one operation of a kind.

        Raises:
            BudgetExceeded: there is nothing left for it.
        """
        if depth > self.limits.depth:
            raise BudgetExceeded("depth", self.limits.depth, unit="nested operations")
        name = _COUNTED.get(kind)
        if name is None:
            return
        limit: int = getattr(self.limits, name)
        if self.counts[name] >= limit:
            raise BudgetExceeded(name, limit)
        if kind == "llm":
            self._check_spent()
        self.counts[name] += 1

    def _check_spent(self) -> None:
        if self.usage.total_tokens >= self.limits.tokens:
            raise BudgetExceeded("tokens", self.limits.tokens)
        limit = self.limits.cost
        # An answer whose price turned out to be unknown may have used up everything.
        if limit is not None and (self.known_cost >= limit or (self.cost is None and self.refuses_unpriced())):
            raise BudgetExceeded("cost", limit, unit="USD")

    def spend(self, usage: Usage, cost: float | None) -> None:
        """Add what a model call used; one unknown price makes the run's cost unknown."""
        self.usage = self.usage + usage
        self.known_cost += cost or 0.0
        self.cost = None if cost is None or self.cost is None else self.cost + cost

    def refuses_unpriced(self) -> bool:
        """Whether a model without a known price may not be asked."""
        return self.limits.cost is not None and self.limits.unpriced == "refuse"

    def to_dict(self) -> dict[str, Any]:
        """The counters by name."""
        return {**self.counts, "tokens": self.usage.total_tokens, "cost": self.cost}
