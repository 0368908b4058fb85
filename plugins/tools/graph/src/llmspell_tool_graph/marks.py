"""The data of charts with two axes: lines, areas, bars and points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmspell_tool_graph.data import Data, Series
from llmspell_tool_graph.drawing import Attribute, Drawing, number
from llmspell_tool_graph.numbers import short
from llmspell_tool_graph.plan import Frame
from llmspell_tool_graph.text import width
from llmspell_tool_graph.theme import TICK, Theme

_Band = tuple[float, float]  # from where to where a bar reaches, or an area at one place
_MOST_DOTS = 48  # on lines; with more they would hide them
_BARS = 0.74  # of the room of a category
_WIDEST_BAR = 90.0


def bands(data: Data) -> list[list[_Band | None]]:
    """From where to where each value reaches: from 0, or from the values that it stands on; None for gaps."""
    above: dict[int, float] = {}
    below: dict[int, float] = {}
    found: list[list[_Band | None]] = []
    for series in data.series:
        row: list[_Band | None] = []
        for at, y in enumerate(series.ys):
            sums = above if y is None or y >= 0 else below
            start = sums.get(at, 0.0) if data.stacked else 0.0
            sums[at] = start + (y or 0.0)
            row.append(None if y is None else (start, start + y))
        found.append(row)
    return found


def lines(drawing: Drawing, theme: Theme, frame: Frame, data: Data) -> None:
    """Draw a line for each series, broken at its gaps."""
    dotted = sum(len(series.ys) for series in data.series) <= _MOST_DOTS
    for index, series in enumerate(data.series):
        colour, dash = theme.colour(index), theme.dash(index)
        for run in _runs(series):
            points = [(frame.x.at(x), frame.y.at(y)) for x, y in run]
            if len(points) > 1:
                _stroke(drawing, points, colour, dash)
            if dotted or len(points) == 1:
                for x, y in points:
                    drawing.add("circle", cx=x, cy=y, r=3.5, fill=colour, stroke=theme.background, stroke_width=1.5)


def areas(drawing: Drawing, theme: Theme, frame: Frame, data: Data) -> None:
    """Draw a surface for each series: on top of each other where they are stacked, else one behind the other."""
    solid = 0.85 if data.stacked else 0.28 if len(data.series) > 1 else 0.35
    for index, (series, row) in enumerate(zip(data.series, bands(data), strict=True)):
        colour = theme.colour(index)
        for run in _ranges(series, row, fill=data.stacked):
            upper = [(frame.x.at(x), frame.y.at(band[1])) for x, band in run]
            lower = [(frame.x.at(x), frame.y.at(band[0])) for x, band in reversed(run)]
            if len(run) == 1:  # as wide as a line, so that it is seen
                drawing.line(lower[0], upper[0], colour, 6)
                continue
            drawing.add("path", d=_path([*upper, *lower]) + "Z", fill=colour, fill_opacity=solid)
            _stroke(drawing, upper, colour, None if data.stacked else theme.dash(index))


def dots(drawing: Drawing, theme: Theme, frame: Frame, data: Data) -> None:
    """Draw a dot for each pair, smaller ones where there are many."""
    count = len(data.values)
    radius = 4.5 if count <= 200 else 3.2 if count <= 1500 else 2.2
    for index, series in enumerate(data.series):
        with drawing.group(fill=theme.colour(index), fill_opacity=0.75 if count <= 1500 else 0.5):
            for x, y in zip(series.xs, series.ys, strict=True):
                if y is not None:
                    drawing.add("circle", cx=frame.x.at(x), cy=frame.y.at(y), r=radius)


def bars(drawing: Drawing, theme: Theme, frame: Frame, data: Data) -> None:
    """Draw a bar for each value: beside each other in their category, on top of each other where stacked."""
    room = frame.x.at(data.room) - frame.x.at(0)
    columns = 1 if data.stacked else len(data.series)
    whole = room - 1 if data.kind == "histogram" else min(room * _BARS, _WIDEST_BAR * columns)
    wide = max(whole / columns, 0.5)
    inner = wide - (1.5 if columns > 1 and wide > 6 else 0)
    numbered = not data.stacked and _numbers_fit(data, wide if columns > 1 else room)
    for index, (series, row) in enumerate(zip(data.series, bands(data), strict=True)):
        shift = 0 if data.stacked else (index - (columns - 1) / 2) * wide
        for x, band in zip(series.xs, row, strict=True):
            if band is None:
                continue
            middle = frame.x.at(x) + shift
            ends = frame.y.at(band[0]), frame.y.at(band[1])
            radius = 0.0 if data.stacked else min(3.0, inner / 3, abs(ends[1] - ends[0]))
            path = _bar((middle - inner / 2, middle + inner / 2), ends, radius)
            drawing.add("path", d=path, fill=theme.colour(index))
            if numbered:
                _value(drawing, theme, frame, (middle, band[1]), theme.colour(index))


def _bar(sides: _Band, ends: _Band, radius: float) -> str:
    """The path of one bar, in pixels, with round corners where it ends."""
    (left, right), (start, end) = sides, ends
    turn = end + (radius if end < start else -radius)  # towards where it stands
    path = f"M{number(left)} {number(start)}V{number(turn)}"
    if radius:
        path += f"Q{number(left)} {number(end)} {number(left + radius)} {number(end)}H{number(right - radius)}"
        path += f"Q{number(right)} {number(end)} {number(right)} {number(turn)}"
    else:
        path += f"H{number(right)}"
    return f"{path}V{number(start)}Z"


def _value(drawing: Drawing, theme: Theme, frame: Frame, bar: tuple[float, float], colour: str) -> None:
    """Write the value of a bar at its end, or inside of it where it would hit the labels of the axis.

    `bar` is its middle in pixels, and its value; `colour` is what it is filled with.
    """
    y, fill = frame.y.at(bar[1]), theme.soft
    if bar[1] >= 0:
        y -= 5
    elif y + TICK + 4 < frame.bottom:
        y += TICK + 1
    else:
        y, fill = y - 6, theme.on(colour)
    drawing.text((bar[0], y), short(bar[1]), TICK - 1, fill, text_anchor="middle")


def _numbers_fit(data: Data, room: float) -> bool:
    return len(data.values) <= 40 and all(width(short(value), TICK - 1) + 4 <= room for value in data.values)


def _runs(series: Series) -> Iterator[list[tuple[float, float]]]:
    """The pairs between the gaps."""
    run: list[tuple[float, float]] = []
    for x, y in zip(series.xs, series.ys, strict=True):
        if y is not None:
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _ranges(series: Series, row: Sequence[_Band | None], *, fill: bool) -> Iterator[list[tuple[float, _Band]]]:
    """The places between the gaps, with what they reach over; in a stack a gap is nothing thick."""
    run: list[tuple[float, _Band]] = []
    for x, band in zip(series.xs, row, strict=True):
        if band is not None:
            run.append((x, band))
        elif run and not fill:
            yield run
            run = []
    if run:
        yield run


def _stroke(drawing: Drawing, places: Sequence[tuple[float, float]], colour: str, dash: str | None) -> None:
    attributes: dict[str, Attribute] = {"stroke_linejoin": "round", "stroke_linecap": "round", "stroke_dasharray": dash}
    drawing.add("path", d=_path(places), fill="none", stroke=colour, stroke_width=2.25, **attributes)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in places)
