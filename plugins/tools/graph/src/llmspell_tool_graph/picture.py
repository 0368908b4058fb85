"""A chart as a drawing."""

from __future__ import annotations

import attrs

from llmspell.errors import UsageError
from llmspell_tool_graph import marks, moments
from llmspell_tool_graph.data import Data
from llmspell_tool_graph.drawing import Drawing
from llmspell_tool_graph.numbers import short
from llmspell_tool_graph.pies import pie
from llmspell_tool_graph.plan import frame_of
from llmspell_tool_graph.surround import Entry, axes, baseline, legend, title
from llmspell_tool_graph.text import shortened
from llmspell_tool_graph.theme import EDGE, LABEL, Theme

_LEAST = 40.0  # pixels of height and width that the data need
_SHAPES = {"line": "line", "scatter": "dot"}


@attrs.frozen
class Words:
    """What is written on a chart; empty for nothing."""

    title: str
    x_label: str
    y_label: str
    description: str


def draw(data: Data, words: Words, theme: Theme, size: tuple[int, int], *, with_legend: bool) -> Drawing:
    """The chart.

    Raises:
        UsageError: it is too small for what is written on it.
    """
    drawing = Drawing(*size, words.title, words.description)
    drawing.add("rect", width=float(size[0]), height=float(size[1]), fill=theme.background)
    top = title(drawing, theme, words.title, EDGE)
    if data.kind in ("pie", "donut"):
        pie(drawing, theme, data, top)
        return drawing
    if with_legend:
        top = legend(drawing, theme, _entries(data, theme), top)
    _axes_and_data(drawing, data, words, theme, top)
    return drawing


def described(data: Data) -> str:
    """What the chart shows, in one or two sentences, for those who do not see it."""
    kind = {"pie": "Pie chart", "donut": "Donut chart", "histogram": "Histogram"}.get(data.kind, f"{data.kind} chart")
    names = ", ".join(series.name[:40] for series in data.series[:5])
    more = f" and {len(data.series) - 5} more" if len(data.series) > 5 else ""
    values = data.values
    told = f"{kind[0].upper()}{kind[1:]} of {names}{more}: {_count(values)}"
    return f"{told}, {_reach(data)}." if data.kind != "histogram" else f"{told}."


def _count(values: list[float]) -> str:
    if len(values) == 1:
        return f"one value, {short(values[0])}"
    return f"{len(values)} values from {short(min(values))} to {short(max(values))}"


def _reach(data: Data) -> str:
    if data.x == "category":
        return f"{data.categories[0][:40]} to {data.categories[-1][:40]}"
    places = [x for series in data.series for x in series.xs]
    first, last = min(places), max(places)
    if data.x == "time":
        return f"{moments.written(first)} to {moments.written(last)}"
    return f"{first:g} to {last:g}"


def _entries(data: Data, theme: Theme) -> list[Entry]:
    shape = _SHAPES.get(data.kind, "box")
    dashed = data.kind == "line"
    return [
        Entry(series.name, theme.colour(index), shape, theme.dash(index) if dashed else None)
        for index, series in enumerate(data.series)
    ]


def _axes_and_data(drawing: Drawing, data: Data, words: Words, theme: Theme, top: float) -> None:
    bottom = drawing.height - EDGE
    if words.y_label:
        most = drawing.width - 2 * EDGE
        drawing.text((EDGE, top + LABEL - 2), shortened(words.y_label, LABEL, most), LABEL, theme.soft)
        top += LABEL + 8
    if words.x_label:
        bottom -= LABEL + 8
    reached = (
        [end for row in marks.bands(data) for band in row if band for end in band] if data.stacked else data.values
    )
    frame = frame_of(data, reached, (EDGE, top + 10, drawing.width - EDGE, bottom))
    if frame.bottom - frame.top < _LEAST or frame.right - frame.left < _LEAST:
        raise UsageError(
            f"{drawing.width} x {drawing.height} pixels are too few for this chart",
            hint="make it larger, or its title, names and categories shorter",
        )
    axes(drawing, theme, frame)
    if data.kind == "line":
        baseline(drawing, theme, frame)
        marks.lines(drawing, theme, frame, data)
    elif data.kind == "scatter":
        baseline(drawing, theme, frame)
        marks.dots(drawing, theme, frame, data)
    else:
        surface = marks.areas if data.kind == "area" else marks.bars
        surface(drawing, theme, frame, data)
        baseline(drawing, theme, frame)
    if words.x_label:
        middle, y = (frame.left + frame.right) / 2, drawing.height - EDGE + 2
        label = shortened(words.x_label, LABEL, frame.right - frame.left)
        drawing.text((middle, y), label, LABEL, theme.soft, text_anchor="middle")
