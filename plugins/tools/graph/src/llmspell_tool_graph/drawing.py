"""A small writer of SVG: the same drawing is always the same text, and no text is ever markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape

from llmspell_tool_graph.theme import FONTS

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Attribute = str | float | None
Place = tuple[float, float]


class Drawing:
    """Shapes, in the order in which they are drawn.

    Args:
        width: pixels.
        height: pixels.
        title: for those who do not see it.
        description: the same, with what is in it.
    """

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.width = width
        self.height = height
        self._title = title
        self._description = description
        self._parts: list[str] = []

    def add(self, tag: str, /, **attributes: Attribute) -> None:
        """Add an element without content; `_` in the names of attributes stands for `-`, None for none."""
        self._parts.append(f"<{tag}{_written(attributes)}/>")

    @contextmanager
    def group(self, **attributes: Attribute) -> Iterator[None]:
        """Give what is added inside of the `with` attributes in common."""
        self._parts.append(f"<g{_written(attributes)}>")
        yield
        self._parts.append("</g>")

    def text(self, place: Place, content: str, size: float, fill: str, **attributes: Attribute) -> None:
        """Add one line of text, whose baseline begins at a place."""
        if content:
            given = _written({"x": place[0], "y": place[1], "font_size": size, "fill": fill, **attributes})
            self._parts.append(f"<text{given}>{_plain(content)}</text>")

    def line(self, start: Place, end: Place, stroke: str, width: float = 1, **attributes: Attribute) -> None:
        """Add a straight line."""
        self.add(
            "line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=stroke, stroke_width=width, **attributes
        )

    def render(self) -> str:
        """The drawing as SVG."""
        label = f"{self._title}. {self._description}" if self._title else self._description
        head: dict[str, Attribute] = {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": self.width,
            "height": self.height,
            "viewBox": f"0 0 {self.width} {self.height}",
            "role": "img",
            "aria-label": label,
            "font-family": FONTS,
        }
        names = f"<title>{_plain(self._title or 'Chart')}</title>\n<desc>{_plain(self._description)}</desc>"
        return "\n".join([f"<svg{_written(head)}>", names, *self._parts, "</svg>"]) + "\n"


def number(value: float) -> str:
    """A coordinate with two decimals at most."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # adding 0 makes -0 one of it


def _written(attributes: Mapping[str, Attribute]) -> str:
    found = {name.replace("_", "-"): value for name, value in attributes.items() if value is not None}
    return "".join(
        f' {name}="{_plain(value) if isinstance(value, str) else number(value)}"' for name, value in found.items()
    )


def _plain(text: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", text))
