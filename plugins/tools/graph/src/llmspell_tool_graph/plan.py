"""Where the data of a chart with two axes go, and what is written along the axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import attrs

from llmspell_tool_graph import moments
from llmspell_tool_graph.data import Data
from llmspell_tool_graph.numbers import written_as
from llmspell_tool_graph.text import shortened, width, wrapped
from llmspell_tool_graph.theme import EDGE, TICK
from llmspell_tool_graph.ticks import span, steps

_LINE = TICK + 4.0  # from one line of labels to the next
_GAP = 10.0  # between labels and what they label
_SLANT = 0.82, 0.57  # cosine and sine of the angle at which long labels stand
ANGLE = -35
_LONGEST_SLANTED = 130.0
_MOST_LEANING = 60.0
_ORDERLY = 24  # categories; a line with more has every second one labelled, or every third, ...


@attrs.frozen
class Scale:
    """From values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@attrs.frozen
class Label:
    """What is written at a place of an axis, in one line or more."""

    place: float
    lines: tuple[str, ...]


@attrs.frozen
class Labels:
    """The labels below the horizontal axis; `slanted` where they do not fit otherwise, `height` in pixels."""

    items: tuple[Label, ...]
    slanted: bool
    height: float


@attrs.frozen
class Frame:
    """The rectangle of the data, the scales of both axes, and their labels."""

    left: float
    top: float
    right: float
    bottom: float
    x: Scale
    y: Scale
    below: Labels
    beside: tuple[Label, ...]

    @property
    def base(self) -> float:
        """The pixel that bars stand on: that of 0, or of what is nearest to it."""
        return self.y.at(min(max(0.0, self.y.low), self.y.high))


def frame_of(data: Data, ys: Sequence[float], edges: tuple[float, float, float, float]) -> Frame:
    """The frame of a chart.

    Args:
        data: what is drawn.
        ys: how far the vertical axis must reach; sums, where series are stacked.
        edges: left, top, right and bottom of what may be used, labels included.
    """
    left, top, right, bottom = edges
    counted = data.kind == "histogram"
    near = 0.25 if data.kind == "scatter" else 0.6
    y_low, y_high = span(ys, nought=data.kind in ("bar", "area", "histogram"), near=near)
    room = bottom - top - 2 * _LINE
    values, step = steps(y_low, y_high, max(2, int(room // 55)), whole=counted)
    write = written_as(values, step)
    beside = tuple(Label(value, (write(value),)) for value in values)
    start = left + max(width(label.lines[0], TICK) for label in beside) + _GAP
    x_low, x_high = _reach(data)
    end = right - (0 if data.x == "category" else EDGE / 2)
    below = _below(data, x_low, x_high, Scale(x_low, x_high, start, end))
    if below.slanted:  # the first one leans out to the left
        leaning = min(width(data.categories[0], TICK), _LONGEST_SLANTED) * _SLANT[0]
        start += min(max(leaning - (Scale(x_low, x_high, start, end).at(0) - left), 0), _MOST_LEANING)
        below = _below(data, x_low, x_high, Scale(x_low, x_high, start, end))
    floor = bottom - below.height
    x, y = Scale(x_low, x_high, start, end), Scale(values[0], values[-1], floor, top)
    return Frame(start, top, end, floor, x, y, below, beside)


def _reach(data: Data) -> tuple[float, float]:
    """From where to where the horizontal axis reaches."""
    if data.x == "category":
        return -0.5, len(data.categories) - 0.5
    if data.kind == "histogram":
        xs = data.series[0].xs
        return xs[0] - data.room / 2, xs[-1] + data.room / 2
    places = [x for series in data.series for x in series.xs]
    low, high = min(places), max(places)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        around = 43_200.0 if data.x == "time" else abs(low) / 2 or 1.0
        return low - around, high + around
    if data.kind == "scatter":
        return low - (high - low) * 0.03, high + (high - low) * 0.03
    return low, high


def _below(data: Data, low: float, high: float, scale: Scale) -> Labels:
    if data.x == "category":
        return _categories(data, scale)
    for most in range(12, 0, -1):
        found = moments.ticks(low, high, most) if data.x == "time" else _numbers(data, low, high, most)
        places = [scale.at(place) for place, _ in found]
        halves = [width(text, TICK) / 2 for _, text in found]
        if all(
            b - a >= left + right + 14 for (a, b), (left, right) in zip(pairwise(places), pairwise(halves), strict=True)
        ):
            break
    items = tuple(Label(place, (text,)) for place, text in found)
    return Labels(items, slanted=False, height=_LINE + _GAP)


def _numbers(data: Data, low: float, high: float, most: int) -> list[tuple[float, str]]:
    whole = data.kind != "histogram" and all(x == int(x) for series in data.series for x in series.xs)
    values, step = steps(low, high, most, whole=whole)
    write = written_as(values, step)
    inside = [value for value in values if low - step * 1e-6 <= value <= high + step * 1e-6]
    plain = max(map(abs, values)) < 10_000  # years have no comma
    return [(value, write(value).replace(",", "") if plain else write(value)) for value in inside]


def _categories(data: Data, scale: Scale) -> Labels:
    room = (scale.end - scale.start) / len(data.categories)
    lined = data.kind in ("line", "area") and len(data.categories) > _ORDERLY
    if not lined:
        lines = [tuple(wrapped(text, TICK, room - 8, 2)) for text in data.categories]
        if all(not line.endswith("…") for each in lines for line in each):
            tall = max(map(len, lines), default=1)
            items = tuple(Label(float(n), each) for n, each in enumerate(lines))
            return Labels(items, slanted=False, height=tall * _LINE + _GAP)
    longest = min(max(width(text, TICK) for text in data.categories), _LONGEST_SLANTED)
    every = max(1, math.ceil((longest + 16) / room)) if lined else max(1, math.ceil((TICK + 2) / (room * _SLANT[1])))
    items = tuple(
        Label(float(n), (_fitting(text, scale.at(n), lined=lined),))
        for n, text in enumerate(data.categories)
        if n % every == 0
    )
    if lined:
        return Labels(items, slanted=False, height=_LINE + _GAP)
    drawn = max(width(label.lines[0], TICK) for label in items)
    return Labels(items, slanted=True, height=drawn * _SLANT[1] + TICK + _GAP)


def _fitting(text: str, x: float, *, lined: bool) -> str:
    """The label, shortened so that a slanted one does not begin outside of the picture."""
    most = _LONGEST_SLANTED if lined else min(_LONGEST_SLANTED, max((x - 4) / _SLANT[0], 30.0))
    return shortened(text, TICK, most)
