"""The tool `statistics`: what a list of numbers is like."""

from __future__ import annotations

import math
import statistics as library
from collections.abc import Sequence
from typing import Annotated, Any

from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_data.aggregates import mean, total

_MOST = 100_000


@tool(
    category="data",
    tags=("mean", "median", "deviation", "quantiles", "correlation", "histogram"),
    idempotent=True,
    examples=(
        Example({"values": [2, 4, 4, 4, 5, 5, 7, 9]}, "mean 5, median 4.5"),
        Example({"values": [1, 2, 3], "other": [2, 4, 7]}, "a correlation"),
    ),
)
def statistics(
    *,
    values: Annotated[list[float], {"minItems": 1, "maxItems": _MOST}],
    other: Annotated[list[float] | None, {"maxItems": _MOST}] = None,
    quantiles: Annotated[int, {"minimum": 2, "maximum": 100}] = 4,
    bins: Annotated[int, {"minimum": 0, "maximum": 100}] = 0,
) -> dict[str, Any]:
    """Computes count, sum, mean, median, min, max, deviation and quantiles of numbers.

    Also the correlation with other numbers, and a histogram, where they are asked for.

    stdev and variance are those of a sample (n - 1), null for one number; population_stdev is that of all there is.

    Args:
        values: the numbers.
        other: as many numbers, for the correlation (Pearson's) and the line through both.
        quantiles: how many parts of equal size the cut points make: 4 for quartiles, 100 for percents.
        bins: how many parts of equal width the histogram has; 0 for none.
    """
    _check(values, "values")
    found = {**_described(values), "quantiles": _quantiles(values, quantiles)}
    if other is not None:
        found |= _correlated(values, other)
    if bins:
        found["histogram"] = _histogram(values, bins)
    return found


def _check(values: Sequence[float], name: str) -> None:
    for index, value in enumerate(values):
        if not abs(value) < 1e150:  # squares of larger ones are no numbers
            raise UsageError(f"{name}[{index}] is {value}, and numbers must be smaller than 1e150")


def _described(values: Sequence[float]) -> dict[str, Any]:
    middle = mean(values)
    squares = math.fsum((value - middle) ** 2 for value in values)
    count = len(values)
    variance = squares / (count - 1) if count > 1 else None
    return {
        "count": count,
        "sum": total(values),
        "mean": middle,
        "median": library.median(values),
        "min": min(values),
        "max": max(values),
        "variance": variance,
        "stdev": None if variance is None else math.sqrt(variance),
        "population_stdev": math.sqrt(squares / count),
    }


def _quantiles(values: Sequence[float], parts: int) -> list[float]:
    """The cut points, with the ends of the data as the ends of the first and last part."""
    return library.quantiles(values, n=parts, method="inclusive") if len(values) > 1 else [values[0]] * (parts - 1)


def _correlated(values: Sequence[float], other: Sequence[float]) -> dict[str, Any]:
    """Null where one side is constant: it goes with nothing."""
    _check(other, "other")
    if len(other) != len(values):
        raise UsageError(f"values has {len(values)} numbers and other has {len(other)}; they must be pairs")
    if len(set(values)) < 2 or len(set(other)) < 2:
        return {"correlation": None, "slope": None, "intercept": None}
    (middle, width, xs), (height, range_, ys) = _scaled(values), _scaled(other)
    both, square = math.fsum(x * y for x, y in zip(xs, ys, strict=True)), math.fsum(x * x for x in xs)
    slope = both / square * (range_ / width)
    if not math.isfinite(slope):
        raise UsageError("the slope of the line is too large for a number", hint="give the numbers in another unit")
    correlation = both / math.sqrt(square * math.fsum(y * y for y in ys))
    return {"correlation": correlation, "slope": slope, "intercept": height - slope * middle}


def _scaled(values: Sequence[float]) -> tuple[float, float, list[float]]:
    """The mean, the largest distance from it, and all distances as parts of that.

    Of large or small numbers the squares would be infinite or 0, and so the correlation wrong.
    """
    middle = mean(values)
    largest = max(abs(value - middle) for value in values)
    return middle, largest, [(value - middle) / largest for value in values]


def _histogram(values: Sequence[float], bins: int) -> list[dict[str, Any]]:
    """Parts of equal width from the smallest value to the largest, which is in the last one."""
    low, high = min(values), max(values)
    if low == high:
        return [{"from": low, "to": high, "count": len(values)}]
    edges = [low + (high - low) * index / bins for index in range(bins)] + [high]
    counts = [0] * bins
    for value in values:
        counts[min(int((value - low) / (high - low) * bins), bins - 1)] += 1
    return [{"from": edges[i], "to": edges[i + 1], "count": counts[i]} for i in range(bins)]
