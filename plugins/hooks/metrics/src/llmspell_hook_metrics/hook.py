"""An observer that counts operations, durations, errors, tokens and money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmspell import hookimpl
from llmspell_hook_metrics.tally import Spending, Timing

if TYPE_CHECKING:
    from llmspell.events import Event

_KINDS = frozenset({"script", "llm", "tool", "agent", "workflow", "step", "handoff"})
_COLUMNS = ("operation", "calls", "failed", "min s", "mean s", "max s", "total s")


class MetricsHook:
    """Counts what the events of all runs tell; `report` and `table` say what it came to."""

    def __init__(self) -> None:
        self._timings: dict[tuple[str, str], Timing] = {}
        self._errors: Counter[str] = Counter()
        self._spending = Spending()

    @hookimpl
    def on_event(self, event: Event) -> None:
        """Count an operation that ended; other events are passed over."""
        kind, _, end = event.kind.partition(".")
        if kind not in _KINDS or end not in ("finished", "failed"):
            return
        data, failed = event.data, end == "failed"
        self._timings.setdefault((kind, data["name"]), Timing()).add(data["duration"], failed=failed)
        if failed:
            self._errors[data["error"]["kind"]] += 1
        # A call that failed before the model answered has no usage, and nothing to pay.
        if kind == "llm" and (not failed or "usage" in data):
            self._spending.add(data.get("usage", {}), data.get("cost"))

    def report(self) -> dict[str, Any]:
        """Everything counted, as JSON-like data.

        `operations` is by kind, then name; durations are seconds. `cost` is USD, and None when the price of
        any model call is unknown: `unpriced_calls` says how many, `known_cost` what the others came to.
        """
        operations: dict[str, dict[str, Any]] = {}
        for (kind, name), timing in sorted(self._timings.items()):
            operations.setdefault(kind, {})[name] = timing.report()
        return {
            "operations": operations,
            "errors": dict(sorted(self._errors.items())),
            "tokens": dict(self._spending.tokens),
            "cost": self._spending.cost,
            "known_cost": self._spending.known_cost,
            "unpriced_calls": self._spending.unpriced,
        }

    def table(self) -> str:
        """Everything counted, as lines for people."""
        rows = [_COLUMNS, *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join([row[0].ljust(widths[0]), *(map(str.rjust, row[1:], widths[1:]))]) for row in rows]
        return "\n".join([*lines, *self._totals()])

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for (kind, name), timing in sorted(self._timings.items()):
            seconds = (timing.shortest, timing.total / timing.calls, timing.longest, timing.total)
            durations = (f"{value:.3f}" for value in seconds)
            yield (f"{kind} {name}", str(timing.calls), str(timing.failed), *durations)

    def _totals(self) -> Iterator[str]:
        spending = self._spending
        if self._errors:
            yield "errors: " + ", ".join(f"{kind} {count}" for kind, count in sorted(self._errors.items()))
        tokens = spending.tokens
        yield (
            f"tokens: {tokens['input_tokens']} in ({tokens['cached_tokens']} cached), "
            f"{tokens['output_tokens']} out ({tokens['reasoning_tokens']} reasoning)"
        )
        if spending.unpriced:
            known = f"{spending.known_cost:.6f} USD"
            yield f"cost: unknown, {spending.unpriced} calls without a price; the others {known}"
        else:
            yield f"cost: {spending.known_cost:.6f} USD"
