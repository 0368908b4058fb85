"""Round numbers for an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_NEGLIGIBLE = 1e-9  # a span so small beside its values is no span


def span(values: Sequence[float], *, nought: bool, near: float = 0.6) -> tuple[float, float]:
    """From where to where an axis shows these values; never an empty span.

    Args:
        values: at least one.
        nought: whether 0 must be on it.
        near: 0 is on it also where the value next to it is less than this part of the farthest.
    """
    low, high = min(values), max(values)
    if nought or 0 <= low < high * near or 0 >= high > low * near:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= _NEGLIGIBLE * max(abs(low), abs(high)):
        middle = (low + high) / 2
        around = abs(middle) / 2 or 1.0
        return (0.0, 1.0) if middle == 0 and nought else (middle - around, middle + around)
    return low, high


def steps(low: float, high: float, most: int, *, whole: bool = False) -> tuple[list[float], float]:
    """Round numbers that begin at or below `low` and end at or above `high`, and how far one is from the next.

    Args:
        low: the least value.
        high: the greatest; more than `low`.
        most: how many steps are wanted at most.
        whole: whether fractions make no sense.
    """
    rough = (high - low) / max(most, 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * size for factor in _ROUND if factor * size >= rough * 0.999), 10 * size)
    if whole:
        step = max(float(math.ceil(step)), 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)], step
