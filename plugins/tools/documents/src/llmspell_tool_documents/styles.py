"""What the styles and lists of a Word document say: which paragraphs are headings, and which are items of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

import attrs

from llmspell_tool_documents.package import Package

_DEEPEST = 9  # levels of headings, and of lists, that Word has
_MOST_BASES = 50
_Levels = Mapping[tuple[str, int], str]


@attrs.frozen
class Look:
    """How a paragraph is meant.

    Attributes:
        heading: its level, from 1; 0 for none.
        marker: what stands before an item of a list, such as `- `; empty for what is none.
    """

    heading: int = 0
    marker: str = ""


@attrs.frozen
class _Style:
    based_on: str
    heading: int
    list_id: str


class Styles:
    """The styles of a document.

    Args:
        package: the document.
        main: its main part.
    """

    def __init__(self, package: Package, main: str) -> None:
        parts = {relation.kind: relation.part for relation in package.relations(main) if package.has(relation.part)}
        self._styles: dict[str, _Style] = {}
        if "styles" in parts:
            for each in package.elements(parts["styles"], "style"):
                self._styles[each.get("styleId", "")] = _style(each)
        self._formats: _Levels = _list_formats(package, parts["numbering"]) if "numbering" in parts else {}

    def look(self, paragraph: Element) -> Look:
        """How a paragraph is meant, by itself or by its style."""
        properties = paragraph.find("pPr")
        if properties is None:
            return Look()
        chain = self._chain(_value(properties, "pStyle"))
        heading = _outline(properties) or next((style.heading for style in chain if style.heading), 0)
        list_id = _value(properties, "numPr/numId") or next((style.list_id for style in chain if style.list_id), "")
        if heading or list_id in ("", "0"):
            return Look(heading)
        level = _level(_value(properties, "numPr/ilvl"))
        bullet = self._formats.get((list_id, level), "bullet") in ("bullet", "none")
        return Look(marker="  " * level + ("- " if bullet else "1. "))

    def _chain(self, name: str) -> list[_Style]:
        """A style, and those that it is based on; a circle is cut."""
        found: list[_Style] = []
        while name in self._styles and len(found) < _MOST_BASES:
            found.append(self._styles[name])
            name = self._styles[name].based_on
        return found


def _style(element: Element) -> _Style:
    name = _value(element, "name").lower()
    heading = _outline(element.find("pPr"))
    if name == "title":
        heading = 1
    elif name.startswith("heading "):
        heading = _level(name.removeprefix("heading "), least=1)
    return _Style(_value(element, "basedOn"), heading, _value(element, "pPr/numPr/numId"))


def _list_formats(package: Package, part: str) -> _Levels:
    """`bullet`, `decimal` and so on by the number of a list and the level in it."""
    abstract: dict[str, Iterable[tuple[int, str]]] = {}
    formats: dict[tuple[str, int], str] = {}
    for each in package.elements(part, "abstractNum", "num"):
        if each.tag == "abstractNum":
            levels = [(_level(level.get("ilvl", "")), _value(level, "numFmt")) for level in each.iter("lvl")]
            abstract[each.get("abstractNumId", "")] = levels
        else:
            own = abstract.get(_value(each, "abstractNumId"), ())
            formats |= {(each.get("numId", ""), level): form for level, form in own}
    return formats


def _value(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else found.get("val", "")


def _outline(properties: Element | None) -> int:
    """The level that stands in the properties themselves, where 9 means plain text."""
    written = _value(properties, "outlineLvl") if properties is not None else ""
    return int(written) + 1 if written in "012345678" and written else 0


def _level(written: str, least: int = 0) -> int:
    return (
        min(max(int(written), least), _DEEPEST)
        if written.isascii() and written.isdigit() and len(written) < 4
        else least
    )
