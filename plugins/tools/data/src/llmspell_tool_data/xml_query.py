"""The tool `xml_query`: picks elements, attributes and texts out of XML with an XPath expression."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_data.answers import Page
from llmspell_tool_data.sources import text_of
from llmspell_tool_data.xml_tree import Element

_BOOKS = "<books><book id='b1'><title>Emma</title></book><book id='b2'><title>Ulysses</title></book></books>"


@tool(
    category="data",
    tags=("xml", "xpath", "query"),
    idempotent=True,
    examples=(
        Example({"query": "//book[@id='b2']/title/text()", "text": _BOOKS}, "the title of one book"),
        Example({"query": "//book/@id", "text": _BOOKS}, "the values of an attribute"),
    ),
)
def xml_query(
    context: Context,
    *,
    query: Annotated[str, {"minLength": 1}],
    text: str | None = None,
    path: str | None = None,
    namespaces: dict[str, str] | None = None,
    answer: Literal["object", "text"] = "object",
    limit: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 100,
) -> dict[str, Any]:
    """Picks elements, attributes or texts out of XML with an XPath expression, such as //book[@id='b1']/title/text().

    The answer has matches, count and truncated. An element is an object with tag, attributes, text and children.
    Known of XPath are /a/b, //a, *, ., .., @name, text(), and the predicates [2], [last()], [@a], [@a='x'], [b='x'].

    Args:
        context: what the call may use.
        query: the XPath expression; it starts at the document.
        text: the XML; one with a document type (DOCTYPE) is refused.
        path: an XML file in UTF-8, instead of text.
        namespaces: URIs by the prefixes that the query uses; the prefix "" is for names without one.
        answer: what is answered for an element, an object or all text in it.
        limit: how many matches to answer.
    """
    from llmspell_tool_data import xml_select, xml_tree, xpath

    steps = xpath.parse(query, namespaces or {})
    found = xml_select.select(xml_tree.parse(text_of(context, text, path)), steps)
    shape = _object if answer == "object" else _text
    page = Page(limit).take(each if isinstance(each, str) else shape(each) for each in found)
    return {"matches": page.items, "count": len(found), "truncated": page.truncated}


def _object(element: Element) -> dict[str, Any]:
    return {
        "tag": element.tag,
        "attributes": dict(element.attributes),
        "text": element.own_text.strip(),
        "children": [_object(child) for child in element.children],
    }


def _text(element: Element) -> str:
    return "".join(each for each in element.inside() if isinstance(each, str)).strip()
