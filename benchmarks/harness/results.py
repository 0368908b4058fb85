"""The samples of a run, their medians, and the verdict on each target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.harness.model import Benchmark, Case, Figures, Target

Key = tuple[str, str, str]
"""A benchmark's name, a subject, a quantity."""


class Results:
    """Everything that was measured.

    Attributes:
        samples: by benchmark, subject and quantity. The quantity `pressure` is the share of a sample's time
            in which something on the machine waited for a processor, the sample's own processes included.
        errors: a sentence for each sample that failed.
    """

    def __init__(self) -> None:
        self.samples: dict[Key, list[float]] = defaultdict(list)
        self.errors: list[str] = []

    def add(self, benchmark: Benchmark, case: Case, figures: Figures) -> None:
        """Take in one sample of each quantity."""
        for quantity, value in figures.items():
            self.samples[benchmark.name, case.subject, quantity].append(value)

    def fail(self, benchmark: Benchmark, case: Case, reason: str) -> None:
        """Note a sample that could not be taken."""
        self.errors.append(f"{benchmark.name}, {case.subject}: {reason}")

    def median(self, benchmark: Benchmark, subject: str, quantity: str) -> float | None:
        """The middle sample, or None when there is none."""
        values = self.samples.get((benchmark.name, subject, quantity))
        return median(values) if values else None

    def nested(self) -> Mapping[str, Mapping[str, Mapping[str, list[float]]]]:
        """All samples by benchmark, then subject, then quantity."""
        tree: dict[str, dict[str, dict[str, list[float]]]] = {}
        for (benchmark, subject, quantity), values in self.samples.items():
            tree.setdefault(benchmark, {}).setdefault(subject, {})[quantity] = values
        return tree


@dataclass(frozen=True)
class Verdict:
    """How a target was met.

    Attributes:
        target: what was wanted.
        measured: the median, or the ratio of medians; None when it was not measured.
        factor: 1.0 or less when it is met, else by how much it is missed; None without a limit.
    """

    target: Target
    measured: float | None
    factor: float | None

    def __str__(self) -> str:
        if self.measured is None:
            return "not measured"
        if self.factor is None:
            return ""
        return "meets" if self.factor <= 1 else f"FALLS SHORT ({self.factor:.2f} x)"


def judge(results: Results, benchmark: Benchmark, target: Target) -> Verdict:
    """What was measured of a target's quantity, and how that compares."""
    measured = results.median(benchmark, target.subject, target.quantity)
    if measured is not None and target.over:
        others = [results.median(benchmark, name, target.quantity) for name in target.over]
        known = [value for value in others if value is not None]
        measured = measured / _best(known, target) if known else None
    return Verdict(target, measured, None if measured is None else _factor(measured, target))


def _best(values: list[float], target: Target) -> float:
    return max(values) if target.quantity.endswith("per_s") else min(values)


def _factor(measured: float, target: Target) -> float | None:
    if target.at_most is not None:
        return measured / target.at_most if target.at_most else 1.0 + measured
    if target.at_least is not None:
        return target.at_least / measured
    return None
