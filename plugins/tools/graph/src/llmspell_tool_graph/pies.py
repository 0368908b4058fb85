"""Pies and donuts: shares of a whole, with their names beside them."""

from __future__ import annotations

import math

from llmspell_tool_graph.data import Data
from llmspell_tool_graph.drawing import Attribute, Drawing, number
from llmspell_tool_graph.numbers import short
from llmspell_tool_graph.surround import Entry, swatch
from llmspell_tool_graph.text import shortened, width
from llmspell_tool_graph.theme import EDGE, LABEL, TITLE, Theme

_ROW = 24.0
_HOLE = 0.6  # of a donut, of its radius
_LEAST_NAMED = 0.05  # the smallest share whose percentage stands in it
_WIDEST_NAMES = 0.45  # of the picture


def pie(drawing: Drawing, theme: Theme, data: Data, top: float) -> None:
    """Draw the slices, clockwise from the top, and beside them their names, values and percentages."""
    values = [y or 0.0 for y in data.series[0].ys]
    total = math.fsum(values)
    shares = [value / total if total else 0.0 for value in values]
    rows = [
        (name, f"{short(value)}  ·  {_percent(share)}")
        for name, value, share in zip(data.categories, values, shares, strict=True)
    ]
    beside = min(
        max(max(width(name, LABEL), 0) + width(told, LABEL) + 58 for name, told in rows), drawing.width * _WIDEST_NAMES
    )
    bottom = drawing.height - EDGE
    radius = max(min(drawing.width - beside - 3.5 * EDGE, bottom - top) / 2, 20.0)
    free = drawing.width - 2 * EDGE - 2 * radius - beside - EDGE * 1.5
    x, y = EDGE + max(free, 0) / 2 + radius, (top + bottom) / 2
    _slices(drawing, theme, shares, (x, y, radius), hollow=data.kind == "donut")
    if data.kind == "donut":
        told = short(total)
        size = min(TITLE * 1.5, radius * _HOLE * 1.5 / max(width(told, 1, bold=True), 1))
        drawing.text((x, y + size * 0.36), told, size, theme.ink, text_anchor="middle", font_weight="600")
    _names(drawing, theme, rows, (x + radius + EDGE * 1.5, top, bottom, beside))


def _slices(
    drawing: Drawing, theme: Theme, shares: list[float], circle: tuple[float, float, float], *, hollow: bool
) -> None:
    x, y, radius = circle
    inner = radius * _HOLE if hollow else 0.0
    if not any(shares):
        ring = (radius + inner) / 2
        drawing.add("circle", cx=x, cy=y, r=ring, fill="none", stroke=theme.grid, stroke_width=radius - inner)
        return
    begun = 0.0
    edge: dict[str, Attribute] = {"stroke": theme.background, "stroke_width": 1.5, "stroke_linejoin": "round"}
    for index, share in enumerate(shares):
        if share > 0.99999:
            middle, thick = (radius + inner) / 2, radius - inner
            drawing.add("circle", cx=x, cy=y, r=middle, fill="none", stroke=theme.colour(index), stroke_width=thick)
        elif share > 0:
            drawing.add("path", d=_slice(circle, inner, begun, begun + share), fill=theme.colour(index), **edge)
        begun += share
    begun = 0.0
    for index, share in enumerate(shares):
        if share >= _LEAST_NAMED and radius >= 60:
            angle = math.tau * (begun + share / 2)
            away = (radius + inner) / 2 if hollow else radius * (0.68 if share < 0.99 else 0)
            drawing.text(
                (x + away * math.sin(angle), y - away * math.cos(angle) + LABEL * 0.36),
                _percent(share),
                LABEL,
                theme.on(theme.colour(index)),
                text_anchor="middle",
                font_weight="600",
            )
        begun += share


def _slice(circle: tuple[float, float, float], inner: float, begun: float, ended: float) -> str:
    """The path of a slice between two shares of the circle."""
    x, y, radius = circle

    def at(share: float, away: float) -> str:
        return f"{number(x + away * math.sin(math.tau * share))} {number(y - away * math.cos(math.tau * share))}"

    large = int(ended - begun > 0.5)
    outer = f"M{at(begun, radius)}A{number(radius)} {number(radius)} 0 {large} 1 {at(ended, radius)}"
    if not inner:
        return f"{outer}L{number(x)} {number(y)}Z"
    return f"{outer}L{at(ended, inner)}A{number(inner)} {number(inner)} 0 {large} 0 {at(begun, inner)}Z"


def _names(
    drawing: Drawing, theme: Theme, rows: list[tuple[str, str]], place: tuple[float, float, float, float]
) -> None:
    """Draw the names below each other, as many as fit."""
    x, top, bottom, wide = place
    fitting = max(int((bottom - top) // _ROW), 1)
    shown = rows if len(rows) <= fitting else rows[: max(fitting - 1, 1)]
    tall = len(shown) + (len(shown) < len(rows))
    y = (top + bottom - tall * _ROW) / 2 + _ROW / 2
    for index, (name, told) in enumerate(shown):
        swatch(drawing, Entry(name, theme.colour(index)), x, y - 7)
        room = wide - width(told, LABEL) - 34
        drawing.text((x + 18, y + 4), shortened(name, LABEL, room), LABEL, theme.ink)
        drawing.text((x + wide, y + 4), told, LABEL, theme.soft, text_anchor="end")
        y += _ROW
    if len(shown) < len(rows):
        drawing.text((x + 18, y + 4), f"… and {len(rows) - len(shown)} more", LABEL, theme.soft)


def _percent(share: float) -> str:
    return (
        f"{share * 100:.1f}%"
        if share * 100 < 10 and round(share * 100, 1) != round(share * 100)
        else f"{share * 100:.0f}%"
    )
