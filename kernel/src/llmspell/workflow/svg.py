"""Workflows as an SVG image: a frame for each workflow, its steps in columns, arrows between those in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import attrs

from llmspell.workflow.outline import Box, Column, Outline

_CHARACTER = 7  # pixels, of the font below
_LINE = 17
_PAD = 10
_GAP = 24
_STYLE = (
    "text{font:12px ui-monospace,monospace;fill:#1f2933}.title{font-weight:bold}.label{fill:#7b5e00}"
    ".flow{fill:#f5f7fa;stroke:#9aa5b1}.step{fill:#fff;stroke:#3e4c59}.arrow{stroke:#3e4c59;fill:none}"
)
_ARROW = (
    '<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#3e4c59"/></marker>'
)


@attrs.frozen
class Piece:
    """A part of the image: its size in pixels, and its elements from its own left upper corner."""

    width: int
    height: int
    elements: tuple[str, ...]

    def at(self, x: int, y: int) -> str:
        """The part where it belongs."""
        return f'<g transform="translate({x} {y})">{"".join(self.elements)}</g>'


def svg(outlines: Sequence[Outline]) -> str:
    """One image of all of them, one below the other."""
    whole = _stacked([_flow(each) for each in outlines], arrows=False)
    width, height = whole.width + 2 * _PAD, whole.height + 2 * _PAD
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<style>{_STYLE}</style><defs>{_ARROW}</defs>{whole.at(_PAD, _PAD)}</svg>\n"
    )


def _flow(drawn: Outline) -> Piece:
    """A workflow in its frame."""
    header = _text((drawn.title,), "title") if not drawn.again else _titled(drawn.title, drawn.again)
    body = _beside([_column(column) for column in drawn.columns])
    width = max(header.width, body.width) + 2 * _PAD
    height = header.height + body.height + 3 * _PAD
    frame = f'<rect class="flow" width="{width}" height="{height}" rx="8"/>'
    inside = body.at((width - body.width) // 2, header.height + 2 * _PAD)
    return Piece(width, height, (frame, header.at(_PAD, _PAD), inside))


def _titled(title: str, again: str) -> Piece:
    return _stacked([_text((title,), "title"), _text((again,), "label")], arrows=False, gap=0, centred=False)


def _column(column: Column) -> Piece:
    boxes = [_box(box) for box in column.boxes]
    if not column.label:
        return _stacked(boxes, arrows=True)
    return _stacked([_text((column.label,), "label"), *boxes], arrows=True)


def _box(box: Box) -> Piece:
    if box.inner is not None:
        return _flow(box.inner)
    words = _text(box.lines, "")
    width, height = words.width + 2 * _PAD, words.height + 2 * _PAD
    return Piece(
        width, height, (f'<rect class="step" width="{width}" height="{height}" rx="4"/>', words.at(_PAD, _PAD))
    )


def _text(lines: Sequence[str], style: str) -> Piece:
    marked = f' class="{style}"' if style else ""
    elements = [f'<text{marked} y="{_LINE * row + 12}">{_escaped(line)}</text>' for row, line in enumerate(lines)]
    return Piece(max(map(len, lines)) * _CHARACTER, len(lines) * _LINE, tuple(elements))


def _escaped(text: str) -> str:
    """The text without what XML cannot hold."""
    return escape("".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text))


def _stacked(pieces: Sequence[Piece], *, arrows: bool, gap: int = _GAP, centred: bool = True) -> Piece:
    width = max((piece.width for piece in pieces), default=0)
    elements = tuple(_placed(pieces, width, arrows=arrows, gap=gap, centred=centred))
    return Piece(width, sum(piece.height for piece in pieces) + gap * max(0, len(pieces) - 1), elements)


def _placed(pieces: Sequence[Piece], width: int, *, arrows: bool, gap: int, centred: bool) -> Iterator[str]:
    y = 0
    for number, piece in enumerate(pieces):
        if number and arrows:
            yield f'<path class="arrow" marker-end="url(#head)" d="M{width // 2} {y - gap}V{y}"/>'
        yield piece.at((width - piece.width) // 2 if centred else 0, y)
        y += piece.height + gap


def _beside(pieces: Sequence[Piece]) -> Piece:
    x, elements = 0, []
    for piece in pieces:
        elements.append(piece.at(x, 0))
        x += piece.width + _GAP
    height = max((piece.height for piece in pieces), default=0)
    return Piece(max(0, x - _GAP), height, tuple(elements))
