"""Word documents (ECMA-376, part 1, section 17) as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import attrs

from llmspell_tool_documents.package import Package
from llmspell_tool_documents.styles import Styles

_FORMAT = "wordprocessingml"
_MOST_COLUMNS = 63  # of a table in Word
_MARKDOWN_LEVELS = 6
_PLAIN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Text that was moved away, what old programs show instead of what stands beside it, and what is no text.
_SKIPPED = {"moveFrom", "Fallback", "pPr", "rPr", "tblPr", "tcPr", "trPr", "sectPr"}
_PROPERTIES = ("title", "subject", "creator", "created", "modified")


@attrs.frozen
class Block:
    """A piece of a document; `kind` is `heading`, `item` (of a list), `paragraph` or `table`, `text` Markdown."""

    kind: str
    text: str


def blocks(package: Package) -> Iterator[Block]:
    """What a document consists of, in order; paragraphs without text are passed over.

    Raises:
        UsageError: it is no Word document, or damaged.
    """
    main = package.main(_FORMAT)
    styles = Styles(package, main)
    for element in package.elements(main, "p", "tbl"):
        block = _table(element) if element.tag == "tbl" else _paragraph(element, styles)
        if block.text:
            yield block


def properties(package: Package) -> dict[str, str]:
    """What the document says of itself: `title`, `creator`, `created` and so on, as far as it does."""
    parts = [relation.part for relation in package.relations() if relation.kind == "core-properties"]
    if not parts or not package.has(parts[0]):
        return {}
    found = {each.tag: (each.text or "").strip()[:1000] for each in package.elements(parts[0], *_PROPERTIES)}
    return {name: found[name] for name in _PROPERTIES if found.get(name)}


def _paragraph(element: Element, styles: Styles) -> Block:
    text = _text(element).strip()
    look = styles.look(element)
    if look.heading and text:
        marks = "#" * min(look.heading, _MARKDOWN_LEVELS)
        return Block("heading", f"{marks} {' '.join(text.split())}")
    if look.marker and text:
        return Block("item", look.marker + text.replace("\n", "\n" + " " * len(look.marker)))
    return Block("paragraph", text)


def _table(element: Element) -> Block:
    rows = [_row(row) for row in _children(element, "tr")]
    width = max((len(row) for row in rows), default=0)
    if width == 0:
        return Block("table", "")
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return Block("table", "\n".join(lines))


def _row(element: Element) -> list[str]:
    """The texts of a row's cells; one that spans several columns is followed by empty ones."""
    cells: list[str] = []
    for cell in _children(element, "tc"):
        cells.append(" ".join(_text(cell).split()).replace("|", "\\|"))
        span = cell.find("tcPr/gridSpan")
        written = span.get("val", "") if span is not None else ""
        more = int(written) - 1 if written.isdecimal() and len(written) < 3 else 0
        cells += [""] * more
        if len(cells) >= _MOST_COLUMNS:
            return cells[:_MOST_COLUMNS]
    return cells


def _children(element: Element, tag: str) -> Iterator[Element]:
    """The nearest elements of a tag below, in content controls and the like too, but not those inside of one."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _SKIPPED:
            yield from _children(child, tag)


def _text(element: Element) -> str:
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: Element, parts: list[str]) -> None:
    for child in element:
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag in _PLAIN:
            parts.append(_PLAIN[child.tag])
        elif child.tag not in _SKIPPED:
            _collect(child, parts)
            if child.tag in ("p", "tr", "tc"):  # of a cell, a text box or a table in a cell
                parts.append("\n")
