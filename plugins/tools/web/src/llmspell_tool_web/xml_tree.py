"""XML of anybody's: without document types and their entities, bounded in depth and number."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder  # it builds what expat below reads
from xml.parsers import expat

from llmspell.errors import LlmspellError
from llmspell_tool_web.charset import decoded

MOST_ELEMENTS = 200_000
DEEPEST = 100


def parse_xml(body: bytes, content_type: str, name: str) -> Element:
    """The root element; names are `{namespace}local`, as in the standard library.

    Args:
        body: the document, bounded by whoever fetched it.
        content_type: its header.
        name: what it is called in errors.

    Raises:
        LlmspellError: it is no XML, has a document type, or is too deep or too large; of kind `network`.
    """
    text, _ = decoded(body, content_type)
    return _Reading(name).read(text.lstrip("\ufeff \t\r\n"))


def local(name: str) -> str:
    """An element's name without its namespace."""
    return name.rpartition("}")[2]


class _Reading:
    def __init__(self, name: str) -> None:
        self._name = name
        self._builder = TreeBuilder()
        self._depth = 0
        self._count = 0

    def read(self, text: str) -> Element:
        # What the document says of its encoding does not count any more.
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
            return self._builder.close()
        except expat.ExpatError as cause:
            where = f"line {cause.lineno}, column {cause.offset + 1}"
            raise self._refused(f"is no XML: {expat.ErrorString(cause.code)} at {where}") from None
        except AssertionError as cause:  # it has no root
            raise self._refused("is no XML: it has no element") from cause

    def _doctype(self, *_: object) -> None:
        raise self._refused("has a document type, whose entities are not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        self._depth += 1
        if self._count > MOST_ELEMENTS:
            raise self._refused(f"has more than {MOST_ELEMENTS} elements")
        if self._depth > DEEPEST:
            raise self._refused(f"has more than {DEEPEST} elements within each other")
        self._builder.start(_named(name), {_named(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_named(name))

    def _refused(self, reason: str) -> LlmspellError:
        return LlmspellError(f"{self._name} {reason}", kind="network")


def _named(name: str) -> str:
    return "{" + name if "}" in name else name
