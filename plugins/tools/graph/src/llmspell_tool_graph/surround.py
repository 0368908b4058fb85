"""What stands around the data: title, legend, axes and their labels."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llmspell_tool_graph.drawing import Drawing
from llmspell_tool_graph.plan import ANGLE, Frame
from llmspell_tool_graph.text import shortened, width, wrapped
from llmspell_tool_graph.theme import EDGE, LABEL, TICK, TITLE, Theme

_BOX, _LINE, _AFTER_SWATCH, _BETWEEN = 11.0, 20.0, 6.0, 18.0
_ROW = 21.0
_LONGEST_NAME = 220.0


@attrs.frozen
class Entry:
    """A name in a legend; `shape` is `box`, `line` or `dot`, `dash` how a line is broken."""

    name: str
    colour: str
    shape: str = "box"
    dash: str | None = None


def title(drawing: Drawing, theme: Theme, text: str, top: float) -> float:
    """Draw the title in two lines at most; gives where it ends."""
    for line in wrapped(text, TITLE, drawing.width - 2 * EDGE, 2, bold=True):
        drawing.text((EDGE, top + TITLE * 0.9), line, TITLE, theme.ink, font_weight="600")
        top += TITLE * 1.3
    return top + (8 if text else 0)


def legend(drawing: Drawing, theme: Theme, entries: Sequence[Entry], top: float) -> float:
    """Draw the entries in rows, as many as fit into a third of the picture; gives where they end."""
    x, y, most = EDGE, top, top + max(drawing.height / 3.0, _ROW)
    for number, entry in enumerate(entries):
        name = shortened(entry.name, LABEL, min(_LONGEST_NAME, drawing.width - 2 * EDGE - 30))
        before = (_LINE if entry.shape == "line" else _BOX) + _AFTER_SWATCH
        wide = before + width(name, LABEL)
        if x > EDGE and x + wide > drawing.width - EDGE:
            x, y = EDGE, y + _ROW
        left = len(entries) - number
        rest = f"… and {left} more"
        if y + 2 * _ROW > most and left > 1 and x + wide + _BETWEEN + width(rest, LABEL) > drawing.width - EDGE:
            drawing.text((x, y + _BOX), rest, LABEL, theme.soft)
            break
        swatch(drawing, entry, x, y)
        drawing.text((x + before, y + _BOX - 0.5), name, LABEL, theme.soft)
        x += wide + _BETWEEN
    return y + _ROW + 4 if entries else top


def swatch(drawing: Drawing, entry: Entry, x: float, y: float) -> None:
    """Draw what an entry's series looks like."""
    middle = y + _BOX / 2 + 1
    if entry.shape == "line":
        drawing.line((x, middle), (x + _LINE, middle), entry.colour, 3, stroke_dasharray=entry.dash)
    elif entry.shape == "dot":
        drawing.add("circle", cx=x + _BOX / 2, cy=middle, r=4.5, fill=entry.colour)
    else:
        drawing.add("rect", x=x, y=y + 1, width=_BOX, height=_BOX, rx=2.5, fill=entry.colour)


def axes(drawing: Drawing, theme: Theme, frame: Frame) -> None:
    """Draw the lines behind the data, and the labels of both axes."""
    for label in frame.beside:
        y = frame.y.at(label.place)
        drawing.line((frame.left, y), (frame.right, y), theme.grid)
        drawing.text((frame.left - 8, y + TICK * 0.36), label.lines[0], TICK, theme.soft, text_anchor="end")
    for label in frame.below.items:
        x, y = frame.x.at(label.place), frame.bottom + TICK + 6
        if frame.below.slanted:
            turned = f"rotate({ANGLE} {x + 3:.2f} {y:.2f})"
            drawing.text((x + 3, y), label.lines[0], TICK, theme.soft, text_anchor="end", transform=turned)
            continue
        half = max(width(line, TICK) for line in label.lines) / 2 + 4
        x = min(max(x, half), drawing.width - half)  # nothing is cut off at the sides
        for number, line in enumerate(label.lines):
            drawing.text((x, y + number * (TICK + 4)), line, TICK, theme.soft, text_anchor="middle")


def baseline(drawing: Drawing, theme: Theme, frame: Frame) -> None:
    """Draw the line that values stand on, in front of them."""
    drawing.line((frame.left, frame.base), (frame.right, frame.base), theme.axis, 1.2)
