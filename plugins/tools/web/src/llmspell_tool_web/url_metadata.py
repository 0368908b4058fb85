"""The tool `url_metadata`: what a page says about itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.http import Response
from llmspell.threads import in_thread
from llmspell.tools import Example, tool
from llmspell_tool_web.charset import decoded
from llmspell_tool_web.html import Element, parse
from llmspell_tool_web.pages import fetched, joined, media_type, shown

MAX_BYTES = 1024 * 1024
_ACCEPT = "text/html, application/xhtml+xml"
_PAGES = frozenset({"", "application/xhtml+xml", "text/html"})
_LONGEST = 2_000  # characters of one value
_MOST = 50  # values of one vocabulary
_URLS = ("audio", "image", "player", "url", "video")  # properties of both vocabularies that are URLs


@tool(
    category="web",
    tags=("canonical", "card", "favicon", "opengraph", "preview", "title", "twitter"),
    needs=("net",),
    idempotent=True,
    examples=(Example({"url": "https://example.com/"}, "title, description and preview of a page"),),
)
async def url_metadata(context: Context, url: Annotated[str, {"minLength": 1}]) -> dict[str, Any]:
    """Answers what a page says about itself: title, description, OpenGraph, Twitter card, canonical URL, favicon.

    Args:
        context: what the call may use.
        url: the page, http or https.
    """
    answer = await fetched(context, url, accept=_ACCEPT, max_bytes=MAX_BYTES, cut=True)
    if media_type(answer) not in _PAGES:
        kind = media_type(answer)[:100]
        raise UsageError(f"{shown(answer.url)} is no page: it is {kind}", hint="url_check tells a URL's type and size")
    return await in_thread(_metadata, answer)


def _metadata(answer: Response) -> dict[str, Any]:
    text, encoding = decoded(answer.body, answer.headers.get("content-type", ""))
    root = parse(text)
    title, html, base = root.find("title"), root.find("html"), root.find("base")
    start = joined(answer.url, base.get("href")) or answer.url if base else answer.url
    named = dict(_named(root))
    graph, card = _below("og:", named, start), _below("twitter:", named, start)
    return {
        "url": answer.url,
        "title": (title.text()[:_LONGEST] if title else "") or graph.get("title", "") or card.get("title", ""),
        "description": named.get("description", "") or graph.get("description", "") or card.get("description", ""),
        "language": html.get("lang")[:50] if html else "",
        "canonical": _linked(root, "canonical", start),
        "favicon": _linked(root, "icon", start) or joined(answer.url, "/favicon.ico"),
        "author": named.get("author", ""),
        "published": named.get("article:published_time", ""),
        "robots": named.get("robots", ""),
        "open_graph": graph,
        "twitter": card,
        "charset": encoding,
        "truncated": answer.truncated,
    }


def _named(root: Element) -> Iterator[tuple[str, str]]:
    """The page's statements by name; of several of one name, the first."""
    known = set()
    for element in root.walk():
        name = (element.get("property") or element.get("name")).lower()
        if element.name == "meta" and name and name not in known and "content" in element.attributes:
            known.add(name)
            yield name, " ".join(element.get("content").split())[:_LONGEST]


def _below(prefix: str, named: dict[str, str], base: str) -> dict[str, str]:
    found = [(name.removeprefix(prefix), value) for name, value in named.items() if name.startswith(prefix)]
    return {
        name[:100]: joined(base, value) if name.partition(":")[0] in _URLS and _is_reference(name) else value
        for name, value in found[:_MOST]
    }


def _is_reference(name: str) -> bool:
    """Whether it is the thing itself, and not its width or type."""
    return name.partition(":")[2] in ("", "secure_url", "src", "url")


def _linked(root: Element, relation: str, base: str) -> str:
    for element in root.walk():
        if element.name == "link" and relation in element.get("rel").lower().split() and element.get("href"):
            return joined(base, element.get("href"))[:_LONGEST]
    return ""
