"""The tool `chart`: data as a picture."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_graph.data import MOST_SERIES, Kind, SeriesData

_MOST_PIXELS = 32_000_000
_Text = Annotated[str, {"maxLength": 500}]


@tool(
    category="graph",
    tags=("diagram", "plot", "svg", "png", "picture", "line", "bar", "pie", "histogram"),
    idempotent=True,
    output_bytes=8 << 20,
    examples=(
        Example(
            {
                "kind": "bar",
                "categories": ["Mon", "Tue", "Wed"],
                "series": [{"name": "Visitors", "values": [120, 95, 143]}],
                "title": "Visitors a day",
            },
            "bars as SVG text",
        ),
        Example(
            {"kind": "scatter", "series": [{"points": [[1, 2.5], [2, 3.1], [4, 2.2]]}], "format": "png"},
            "dots as PNG in base64",
        ),
    ),
)
def chart(
    kind: Kind,
    series: Annotated[list[SeriesData], {"minItems": 1, "maxItems": MOST_SERIES}],
    *,
    context: Context,
    categories: list[str | float] | None = None,
    title: _Text = "",
    x_label: _Text = "",
    y_label: _Text = "",
    stacked: bool = False,
    classes: Annotated[int | None, {"minimum": 1, "maximum": 200}] = None,
    legend: Literal["auto", "always", "never"] = "auto",
    theme: Literal["light", "dark"] = "light",
    width: Annotated[int, {"minimum": 200, "maximum": 4000}] = 800,
    height: Annotated[int, {"minimum": 150, "maximum": 4000}] = 480,
    format_: Literal["svg", "png"] | None = None,
    scale: Annotated[float, {"minimum": 0.5, "maximum": 4}] = 2.0,
    path: str = "",
    description: Annotated[str, {"maxLength": 2000}] = "",
) -> dict[str, Any]:
    """Draws a chart of numbers as SVG or PNG: line, bar, area, pie, donut, scatter or histogram.

    With a path the picture is written there; without one the answer has it, as `svg` text or as PNG in `base64`.

    Args:
        kind: line, bar, area, pie, donut, scatter or histogram.
        series: what is drawn, each with a name and values (or points, pairs of x and y).
        categories: what the values of all series belong to: names, dates in ISO 8601, or numbers.
        title: stands above the chart.
        x_label: what the horizontal axis shows, with its unit.
        y_label: what the vertical axis shows, with its unit.
        stacked: put bars or areas on top of each other.
        classes: how many bars a histogram has; by itself as many as suit.
        legend: the names of the series; auto shows them where there are two or more.
        theme: light or dark.
        width: pixels.
        height: pixels.
        format: svg or png; by itself what the path ends in, or svg.
        scale: pixels of PNG for each pixel of width and height.
        path: where to write the picture, relative to the project folder; its folder must exist.
        description: for people who cannot see the picture; by itself a summary of the data.
    """
    from llmspell_tool_graph.data import data_of
    from llmspell_tool_graph.histogram import counted
    from llmspell_tool_graph.picture import Words, described, draw
    from llmspell_tool_graph.png import missing, png
    from llmspell_tool_graph.theme import THEMES

    form = format_ or ("png" if path.lower().endswith(".png") else "svg")
    if form == "png" and width * height * scale**2 > _MOST_PIXELS:
        raise UsageError(
            f"{width} x {height} pixels at scale {scale:g} are more than {_MOST_PIXELS}", hint="choose a smaller scale"
        )
    data = data_of(kind, series, categories, stacked=stacked)
    told = description or described(data)
    if kind == "histogram":
        data = counted(data, classes)
    elif classes is not None:
        raise UsageError(f"a {kind} chart has no `classes`", hint="leave them out, or draw a histogram")
    shown = legend == "always" or (legend == "auto" and len(data.series) > 1)
    drawing = draw(data, Words(title, x_label, y_label, told), THEMES[theme], (width, height), with_legend=shown)
    svg = drawing.render()
    answer: dict[str, Any] = {"format": form, "width": width, "height": height, "description": told}
    content = svg.encode() if form == "svg" else png(svg, scale)
    if form == "png":
        answer |= {"width": round(width * scale), "height": round(height * scale)}
        lost = missing(svg)
        if lost:
            answer["missing_characters"] = lost
    if path:
        context.writing.write(path, content)
        return {**answer, "path": path, "bytes": len(content)}
    if form == "svg":
        return {**answer, "svg": svg}
    from base64 import b64encode

    return {**answer, "media_type": "image/png", "base64": b64encode(content).decode()}
