"""Colours and sizes. The colours of series can be told apart by colour-blind people (after Okabe and Ito)."""

from __future__ import annotations

import attrs

FONTS = "Inter, 'Helvetica Neue', Arial, sans-serif"


@attrs.frozen
class Theme:
    """What a chart is drawn in.

    Attributes:
        background: behind everything.
        ink: titles.
        soft: labels.
        axis: the line that values stand on.
        grid: the other lines.
        series: one after another; after the last the first one follows, in another dash.
    """

    background: str
    ink: str
    soft: str
    axis: str
    grid: str
    series: tuple[str, ...]

    def colour(self, index: int) -> str:
        """The colour of a series, counted from 0."""
        return self.series[index % len(self.series)]

    def dash(self, index: int) -> str | None:
        """How the line of a series is broken, so that those of one colour differ."""
        return _DASHES[index // len(self.series) % len(_DASHES)]

    def on(self, colour: str) -> str:
        """The colour of text on a colour."""
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
        return "#1b1f24" if light > 0.3 else "#ffffff"


_DASHES = (None, "7 4", "2 3", "10 3 2 3")
THEMES = {
    "light": Theme(
        background="#ffffff",
        ink="#1b1f24",
        soft="#57606a",
        axis="#8c959f",
        grid="#e7eaee",
        series=("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#5b4b9a", "#8a8d91"),
    ),
    "dark": Theme(
        background="#14181d",
        ink="#f0f3f6",
        soft="#a3adb8",
        axis="#6b7682",
        grid="#2a3038",
        series=("#56b4e9", "#f0b429", "#2cc69b", "#ff8552", "#f4ea6b", "#e29cc4", "#8f9bff", "#a9adb3"),
    ),
}
TITLE, LABEL, TICK = 17.0, 12.5, 12.0  # sizes of text, in pixels
EDGE = 20.0  # left free around everything
