"""How often values fall into classes of one width."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from llmspell_tool_graph.data import Data, Series
from llmspell_tool_graph.ticks import steps

_MOST = 60


def counted(data: Data, classes: int | None) -> Data:
    """The histogram's data: in the middle of each class, how many values are in it.

    A value on a border belongs to the class above, the greatest one to the last.

    Args:
        data: one series of values.
        classes: how many; None for as many as suit the spread of the values.
    """
    values = sorted(data.values)
    low, high = values[0], values[-1]
    if classes is not None and high > low:
        start, wide, count = low, (high - low) / classes, classes
    elif high - low <= 1e-9 * max(abs(low), abs(high)):
        wide, count = abs(low) / 10 or 1.0, 1
        start = low - wide / 2
    else:
        borders, wide = steps(low, high, _suitable(values))
        start, count = borders[0], max(len(borders) - 1, 1)
    found = [0] * count
    for value in values:
        found[min(max(int((value - start) / wide + 1e-9), 0), count - 1)] += 1
    middles = tuple(start + (number + 0.5) * wide for number in range(count))
    series = Series(data.series[0].name, middles, tuple(map(float, found)))
    return attrs.evolve(data, series=(series,), x="number", categories=(), room=wide)


def _suitable(values: Sequence[float]) -> int:
    """How many classes suit sorted values, after Freedman and Diaconis, or Sturges where that says nothing."""
    count = len(values)
    middle_half = values[(3 * count) // 4] - values[count // 4]
    by_size = math.ceil(math.log2(count)) + 1
    if middle_half <= 0:
        return min(by_size, _MOST)
    wide = 2 * middle_half / count ** (1 / 3)
    return int(min(max((values[-1] - values[0]) / wide, by_size / 2, 3), _MOST))
