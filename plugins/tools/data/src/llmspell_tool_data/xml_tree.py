"""XML read into a tree, without document types: nothing can be declared, so nothing expands and nothing is fetched.

Names with a namespace are written as `{uri}name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import attrs

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import MAX_DEPTH, MAX_VALUES, shown


@attrs.define(eq=False)
class Element:
    """An element of a document; two are the same only if they are one.

    Attributes:
        tag: its name.
        attributes: their values by name.
        parent: what it is in; None for the document.
        order: its place in the document.
        content: its texts and elements, in order.
    """

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    order: int
    content: list[str | Element] = attrs.field(factory=list)

    @property
    def children(self) -> list[Element]:
        """The elements right in it."""
        return [each for each in self.content if isinstance(each, Element)]

    @property
    def own_text(self) -> str:
        """The text right in it, without that of its children."""
        return "".join(each for each in self.content if isinstance(each, str))

    def inside(self) -> Iterator[str | Element]:
        """Itself, and all texts and elements in it, in the order of the document."""
        stack: list[str | Element] = [self]
        while stack:
            top = stack.pop()
            yield top
            if isinstance(top, Element):
                stack.extend(reversed(top.content))


def parse(text: str) -> Element:
    """The document of an XML text: an element without a name that has the root in it.

    Raises:
        UsageError: it is not XML, has a document type, or is too large or too deep.
    """
    from xml.parsers.expat import ExpatError, ParserCreate

    builder = _Builder()
    parser = ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8"), True)
    except ExpatError as error:
        raise UsageError(
            f"the XML is wrong in line {error.lineno}, column {error.offset + 1}: {_reason(error)}"
        ) from None
    except UnicodeEncodeError as error:
        raise UsageError(f"the XML is wrong: it has {shown(text[error.start])}, which is no character") from None
    return builder.document


class _Builder:
    """Takes what the parser finds."""

    def __init__(self) -> None:
        self.document = self._place = Element("", {}, None, 0)
        self._count = 0
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1 + len(attributes)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UsageError(f"the XML nests deeper than {MAX_DEPTH} levels")
        if self._count > MAX_VALUES:
            raise UsageError(f"the XML has more than {MAX_VALUES} elements and attributes", hint="pass a part of it")
        named = {_name(key): value for key, value in attributes.items()}
        element = Element(_name(tag), named, self._place, self._count)
        self._place.content.append(element)
        self._place = element

    def end(self, _: str) -> None:
        self._depth -= 1
        assert self._place.parent is not None
        self._place = self._place.parent

    def text(self, text: str) -> None:
        self._place.content.append(text)


def _refuse(*_: Any) -> NoReturn:
    raise UsageError(
        "the XML has a document type (<!DOCTYPE ...>), and these are refused",
        hint="take it out; its entities must be written as text",
    )


def _name(name: str) -> str:
    uri, space, local = name.rpartition(" ")
    return f"{{{uri}}}{local}" if space else name


def _reason(error: Exception) -> str:
    return str(error).partition(":")[0]
