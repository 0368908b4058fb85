"""Elements as Markdown, for reading: headings, lists, tables, code and quotations keep their shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeGuard

from llmspell_tool_web.html.tree import BLOCKS, Element

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*"}
_DEEPEST = 6  # lists and quotations within each other that are indented
_MOST_COLUMNS = 50


def markdown(element: Element, keep: Callable[[Element], bool]) -> str:
    """What is in an element, but for the elements in it that are not to be kept."""
    return "\n\n".join(_Writer(keep).blocks(element, 0))


class _Writer:
    def __init__(self, keep: Callable[[Element], bool]) -> None:
        self._keep = keep

    def blocks(self, element: Element, depth: int) -> Iterator[str]:
        """The paragraphs, lists and so on in an element; `depth` counts lists and quotations around it."""
        line: list[str] = []
        for child in element.children:
            if isinstance(child, str):
                line.append(_spaced(child))
            elif self._keep(child):
                if child.name in BLOCKS or child.holds_block:
                    yield from _paragraph(line)
                    line = []
                    yield from self._block(child, depth)
                else:
                    line.append(self._inline(child))
        yield from _paragraph(line)

    def _block(self, element: Element, depth: int) -> Iterator[str]:
        name = element.name
        if name in _HEADINGS:
            text = self._line(element)
            yield from [f"{_HEADINGS[name]} {text}"] if text else []
        elif name == "hr":
            yield "---"
        elif name == "pre":
            yield from _code(element)
        elif name in ("ol", "ul", "menu", "dir") and depth < _DEEPEST:
            yield from self._list(element, depth + 1)
        elif name == "blockquote" and depth < _DEEPEST:
            inner = "\n\n".join(self.blocks(element, depth + 1))
            yield from ["\n".join(f"> {line}".rstrip() for line in inner.split("\n"))] if inner else []
        elif name == "table":
            yield from self._table(element, depth)
        elif name == "dt":
            text = self._line(element)
            yield from [f"**{text}**"] if text else []
        else:
            yield from self.blocks(element, depth)

    def _inline(self, element: Element) -> str:
        """A piece of a line; what is marked keeps the space around it outside of the marks."""
        if element.name == "br":
            return "\n"
        if element.name == "img":
            return _spaced(element.get("alt"))
        if element.name in ("code", "kbd", "samp", "tt"):
            return _quoted(element.text())
        inner = "".join(
            _spaced(child) if isinstance(child, str) else self._inline(child) if self._keep(child) else ""
            for child in element.children
        )
        mark, text = _MARKS.get(element.name, ""), inner.strip()
        if not mark or not text or mark[0] in (text[0], text[-1]):
            return inner
        return inner.replace(text, f"{mark}{text}{mark}", 1)

    def _line(self, element: Element) -> str:
        """All of an element on one line."""
        return " ".join(" ".join(self.blocks(element, _DEEPEST)).split())

    def _list(self, element: Element, depth: int) -> Iterator[str]:
        start = element.get("start")
        number = int(start) if re.fullmatch(r"[0-9]{1,6}", start) else 1
        lines: list[str] = []
        for child in element.children:
            if isinstance(child, str):
                lines += _paragraph([_spaced(child)])
                continue
            if not self._keep(child):
                continue
            inner = "\n".join(self.blocks(child, depth) if child.name == "li" else self._block(child, depth))
            if inner:
                mark = f"{number}. " if element.name == "ol" else "- "
                lines.append(mark + inner.replace("\n", "\n" + " " * len(mark)))
                number += 1
        if lines:
            yield "\n".join(lines)

    def _table(self, table: Element, depth: int) -> Iterator[str]:
        rows = [[cell for cell in row.children if _is_cell(cell) and self._keep(cell)] for row in self._rows(table)]
        rows = [row for row in rows if row]
        nested = any(inner is not table and inner.name == "table" for inner in table.walk())
        columns = max(map(len, rows), default=0)
        if nested or not 2 <= columns <= _MOST_COLUMNS:  # it lays the page out
            yield from self.blocks(Element("", children=[*table.children]), depth)
            return
        yield from self.blocks(Element("", children=[*_beside(table)]), depth)
        written = [[self._line(cell).replace("|", "\\|") for cell in row] for row in rows]
        ruled = [written[0], ["---"] * columns, *written[1:]]
        yield "\n".join("| " + " | ".join(_padded(row, columns)) + " |" for row in ruled)

    def _rows(self, table: Element) -> Iterator[Element]:
        for child in table.children:
            if isinstance(child, Element) and self._keep(child):
                if child.name == "tr":
                    yield child
                elif child.name in ("tbody", "tfoot", "thead"):
                    yield from self._rows(child)


def _is_cell(node: Element | str) -> TypeGuard[Element]:
    return isinstance(node, Element) and node.name in ("td", "th")


def _beside(element: Element) -> Iterator[Element | str]:
    """What stands in a table, but in none of its cells; browsers show it before the table."""
    for child in element.children:
        if isinstance(child, Element) and child.name in ("tbody", "tfoot", "thead", "tr"):
            yield from _beside(child)
        elif not _is_cell(child):
            yield child


def _padded(row: list[str], columns: int) -> list[str]:
    return [*row, *[""] * (columns - len(row))]


def _spaced(text: str) -> str:
    """The text with each run of white space as one space."""
    return re.sub(r"\s+", " ", text)


def _paragraph(line: list[str]) -> Iterator[str]:
    rows = (" ".join(row.split()) for row in "".join(line).split("\n"))
    if text := "\n".join(filter(None, rows)):
        yield text


def _quoted(text: str) -> str:
    if not text:
        return ""
    mark = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{space}{text}{space}{mark}"


def _code(element: Element) -> Iterator[str]:
    text = "".join(element.texts("\n")).strip("\n").rstrip()
    if text.strip():
        fence = "`" * max(3, _longest_run(text) + 1)
        yield f"{fence}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)
