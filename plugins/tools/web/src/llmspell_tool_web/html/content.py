"""The part of a page that is its own: without menus, side notes, footers and what is hidden."""

from __future__ import annotations

import re

import attrs

from llmspell_tool_web.html.tree import Element

_NEVER = frozenset(
    """audio button canvas datalist dialog head iframe input map meter noembed noframes noscript object option progress
    script select style svg template textarea title video""".split()  # noqa: SIM905  # words read better than quotes
)
_AROUND = frozenset({"aside", "footer", "nav"})
_ROLES = frozenset({"alert", "banner", "complementary", "contentinfo", "dialog", "navigation", "search"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNLIKELY = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert|advertisement|banner|breadcrumbs?|comments?|cookies?|footer|masthead|menu|modal|nav|"
    r"navbar|navigation|newsletter|pagination|popup|promo|related|share|sharing|sidebar|skip|social|sponsor|subscribe|"
    r"toolbar)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LONGEST_NAMES = 500  # characters of a class attribute that are looked at
_ENOUGH = 200  # characters, of what a page itself calls its content
_LEAST_SHARE = 0.25  # of all the text, for what is taken for the content
_PARAGRAPHS = frozenset({"blockquote", "p", "pre", "td"})


def shown(element: Element) -> bool:
    """Whether an element is text for people at all."""
    return not (
        element.name in _NEVER
        or "hidden" in element.attributes
        or element.get("aria-hidden") == "true"
        or _HIDDEN.search(element.attributes.get("style", "")[:_LONGEST_NAMES])
    )


def own(element: Element) -> bool:
    """Whether an element is shown, and does not look like what surrounds a page's content."""
    if not shown(element) or element.name in _AROUND or element.get("role").lower() in _ROLES:
        return False
    if not element.attributes:
        return True
    names = (
        f"{element.attributes.get('class', '')[:_LONGEST_NAMES]} {element.attributes.get('id', '')[:_LONGEST_NAMES]}"
    )
    return element.name in ("article", "body", "html", "main") or not _UNLIKELY.search(names)


def main_content(root: Element) -> Element:
    """The element that holds the content: what the page calls so, else where its paragraphs are, else all of it."""
    measures = _Measuring()
    total = measures.visit(root)
    body = root.find("body") or root
    marked = [
        element
        for element in root.walk()
        if element.name in ("article", "main") or element.get("role").lower() in ("article", "main")
    ]
    largest = max(marked, key=measures.length, default=None)
    if largest and measures.length(largest) >= min(_ENOUGH, total * _LEAST_SHARE or 1):
        return largest
    best = max(measures.scored, key=measures.score, default=None)
    return best if best and measures.length(best) >= total * _LEAST_SHARE else body


@attrs.define
class _Measure:
    element: Element
    length: int = 0
    linked: int = 0
    score: float = 0.0


class _Measuring:
    """How much text each element has, how much of it links elsewhere, and how much is prose."""

    def __init__(self) -> None:
        self._measures: dict[int, _Measure] = {}

    @property
    def scored(self) -> list[Element]:
        """The elements with prose in them."""
        return [measure.element for measure in self._measures.values() if measure.score > 0]

    def length(self, element: Element) -> int:
        """Characters of text that the element shows; 0 for what is left out."""
        return self._measures[id(element)].length if id(element) in self._measures else 0

    def score(self, element: Element) -> float:
        """How much an element looks like the content; links count against it."""
        measure = self._measures[id(element)]
        return measure.score * (1 - measure.linked / max(measure.length, 1))

    def visit(self, element: Element, *parents: _Measure) -> int:
        """Measure an element and what is in it; the parents are the two nearest."""
        measure = self._measures[id(element)] = _Measure(element)
        for child in element.children:
            if isinstance(child, str):
                measure.length += len(child.strip())
            elif own(child):
                measure.length += self.visit(child, measure, *parents[:1])
                measure.linked += self._measures[id(child)].linked
        if element.name == "a":
            measure.linked = measure.length
        if element.name in _PARAGRAPHS and measure.length >= 25:
            worth = 1 + min(measure.length / 100, 3)
            for parent, share in zip(parents, (1.0, 0.5), strict=False):
                parent.score += worth * share
        return measure.length
