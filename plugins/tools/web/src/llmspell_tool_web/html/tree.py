"""The elements of a page. What a page leaves open or nests too deep is closed and flattened, as browsers do too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from llmspell.errors import LlmspellError
from llmspell_tool_web.html.tokens import RAW, Start, tokens

MOST_ELEMENTS = 100_000
DEEPEST = 100
"""Elements within each other; deeper ones stand beside each other."""

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
BLOCKS = frozenset(
    """address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody
    td tfoot th thead tr ul""".split()  # noqa: SIM905  # words read better than quotes
)
"""What begins a line of its own."""

_AROUND_TABLES = frozenset({"table", "template"})
_CELLS = frozenset({"caption", "table", "td", "template", "th"})
_TABLE = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
_ENDS_P = BLOCKS - {"body", "html", "legend", "tbody", "td", "tfoot", "th", "thead", "tr"}
# What a start tag ends, and what keeps it from looking further out.
_ENDS = {
    **dict.fromkeys(_ENDS_P, (frozenset({"p"}), _CELLS | {"button"})),
    "a": (frozenset({"a"}), _CELLS),
    "dd": (frozenset({"dd", "dt", "p"}), _CELLS | {"dl"}),
    "dt": (frozenset({"dd", "dt", "p"}), _CELLS | {"dl"}),
    "li": (frozenset({"li", "p"}), _CELLS | {"menu", "ol", "ul"}),
    "optgroup": (frozenset({"optgroup", "option"}), frozenset({"select"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "body": (frozenset({"head"}), frozenset()),
    **dict.fromkeys(("td", "th"), (frozenset({"caption", "td", "th"}), frozenset({"table", "tr"}))),
    "tr": (frozenset({"caption", "td", "th", "tr"}), frozenset({"table"})),
    **dict.fromkeys(
        ("tbody", "tfoot", "thead"),
        (frozenset({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"}), frozenset({"table"})),
    ),
}


@attrs.define
class Element:
    """An element: its name in small letters, its attributes, and what is in it.

    `holds_block` says whether something in it begins a line of its own.
    """

    name: str
    attributes: dict[str, str] = attrs.field(factory=dict)
    children: list[Element | str] = attrs.field(factory=list)
    holds_block: bool = False

    def get(self, name: str) -> str:
        """An attribute without the space around it; empty when it is not there."""
        return self.attributes.get(name, "").strip()

    def walk(self) -> Iterator[Element]:
        """It and all elements in it, in the order of the page."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [child for child in reversed(element.children) if isinstance(child, Element)]

    def find(self, *names: str) -> Element | None:
        """The first element of one of these names."""
        return next((element for element in self.walk() if element.name in names), None)

    def texts(self, line_end: str = " ") -> Iterator[str]:
        """The texts in it, in the order of the page; a space where a block in it begins, and what a line ends with."""
        waiting: list[Element | str] = [*reversed(self.children)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                yield node
            else:
                if node.name in BLOCKS:
                    yield " "
                elif node.name == "br":
                    yield line_end
                waiting += reversed(node.children)

    def text(self) -> str:
        """Its text on one line."""
        return " ".join("".join(self.texts()).split())


def parse(page: str) -> Element:
    """The root of a page, named ``.

    Raises:
        LlmspellError: it has too many elements; of kind `network`.
    """
    builder = _Builder()
    for token in tokens(page):
        if isinstance(token, str):
            builder.text(token)
        elif isinstance(token, Start):
            builder.start(token)
        else:
            builder.end(token.name)
    return builder.root


def plain_text(markup: str) -> str:
    """The text of a piece of HTML on one line."""
    return parse(markup).text() if "<" in markup or "&" in markup else " ".join(markup.split())


class _Builder:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._names: Counter[str] = Counter()  # of the open elements
        self._flat: Counter[str] = Counter()  # what stands beside what it should be in, and was not ended yet
        self._count = 0

    def text(self, text: str) -> None:
        if self._open[-1].name not in RAW:
            self._open[-1].children.append(text)

    def start(self, tag: Start) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise LlmspellError(f"the page has more than {MOST_ELEMENTS} elements", kind="network")
        if rule := _ENDS.get(tag.name):
            self._end(*rule)
        element = Element(tag.name, dict(tag.attributes))
        self._open[-1].children.append(element)
        if tag.name in BLOCKS:
            self._mark()
        if tag.name in _VOID or tag.closed:
            return
        if len(self._open) > DEEPEST and tag.name not in RAW:
            self._flat[tag.name] += 1
        else:
            self._open.append(element)
            self._names[tag.name] += 1

    def end(self, name: str) -> None:
        if self._flat[name]:
            self._flat[name] -= 1
        elif name not in ("body", "html"):  # what follows them belongs to them
            self._end(frozenset({name}), _AROUND_TABLES if name in _TABLE else _CELLS, nearest=True)

    def _end(self, names: frozenset[str], barriers: frozenset[str], *, nearest: bool = False) -> None:
        """End the outermost open element of these names, or the nearest, and all that is in it."""
        if not any(self._names[name] for name in names):
            return
        found = 0
        for place in range(len(self._open) - 1, 0, -1):
            name = self._open[place].name
            if name in names:
                found = place
                if nearest:
                    break
            elif name in barriers:
                break
        if found:
            self._names.subtract(element.name for element in self._open[found:])
            del self._open[found:]

    def _mark(self) -> None:
        for element in reversed(self._open):
            if element.holds_block:
                return
            element.holds_block = True
