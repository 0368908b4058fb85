"""The results as tables for people, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.harness.model import Benchmark, Target
from benchmarks.harness.results import Results, judge


def targets_table(results: Results, benchmarks: Sequence[Benchmark]) -> str:
    """Every target: what is wanted, what was measured, the verdict."""
    rows = [("what", "target", "measured", "")]
    for benchmark in benchmarks:
        for target in benchmark.targets:
            verdict = judge(results, benchmark, target)
            measured = "" if verdict.measured is None else f"{_number(verdict.measured)} {target.unit}"
            rows.append((target.what, _wanted(target), measured, str(verdict)))
    return _table(rows)


def samples_tables(results: Results, benchmarks: Sequence[Benchmark]) -> Iterator[str]:
    """For each benchmark: the median, least and greatest sample of every subject's every quantity.

    The last column is the share of the time in which something on the machine waited for a processor.
    """
    for benchmark in benchmarks:
        rows: list[tuple[str, ...]] = [(benchmark.name, "quantity", "median", "least", "greatest", "samples", "busy")]
        for (name, subject, quantity), values in results.samples.items():
            if name == benchmark.name and quantity != "pressure":
                middle = results.median(benchmark, subject, quantity)
                busy = f"{results.median(benchmark, subject, 'pressure') or 0.0:.0%}"
                figures = (middle or 0.0, min(values), max(values))
                rows.append((subject, quantity, *map(_number, figures), str(len(values)), busy))
        yield _table(rows)


def _wanted(target: Target) -> str:
    if target.at_most is not None:
        return f"<= {_number(target.at_most)} {target.unit}"
    if target.at_least is not None:
        return f">= {_number(target.at_least)} {target.unit}"
    return ""


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *body]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
