"""The tool `rss_read`: the items of a feed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.http import Response
from llmspell.threads import in_thread
from llmspell.tools import Example, tool
from llmspell_tool_web.charset import decoded
from llmspell_tool_web.html import parse, plain_text
from llmspell_tool_web.pages import fetched, joined, media_type, shown

if TYPE_CHECKING:
    from llmspell_tool_web.feeds import Feed

MAX_BYTES = 5 * 1024 * 1024
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_FEED_TYPES = ("application/atom+xml", "application/feed+json", "application/rss+xml")


@tool(
    category="web",
    tags=("atom", "blog", "feed", "news", "podcast", "rss"),
    needs=("net",),
    idempotent=True,
    output_bytes=4 << 20,
    examples=(Example({"url": "https://example.com/feed.xml", "limit": 5}, "the five newest items of a feed"),),
)
async def rss_read(
    context: Context,
    url: Annotated[str, {"minLength": 1}],
    limit: Annotated[int, {"minimum": 1, "maximum": 500}] = 20,
) -> dict[str, Any]:
    """Reads a news feed (RSS, Atom or JSON Feed) and answers its items with title, url, summary and dates.

    Args:
        context: what the call may use.
        url: the feed's own URL; for a page, the error names the feeds that it links to.
        limit: how many items, as the feed orders them.
    """
    answer = await fetched(context, url, accept=_ACCEPT, max_bytes=MAX_BYTES)
    return await in_thread(_answered, answer, limit)


def _answered(answer: Response, limit: int) -> dict[str, Any]:
    feed = _feed(answer)
    return {
        "format": feed.format,
        "title": plain_text(feed.title[:2_000]),
        "url": feed.url,
        "description": plain_text(feed.description[:2_000]),
        "items": [item.to_dict() for item in islice(feed.items, limit)],
        "truncated": feed.count > limit,
    }


def _feed(answer: Response) -> Feed:
    from llmspell_tool_web.feeds import read_json, read_xml
    from llmspell_tool_web.xml_tree import local, parse_xml

    name = shown(answer.url)
    content_type = answer.headers.get("content-type", "")
    if not answer.body.strip():
        raise LlmspellError(f"{name} is no feed: it is empty", kind="network")
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json(decoded(answer.body, content_type)[0], answer.url, name)
    if _is_page(answer):
        raise _page(answer, name)
    root = parse_xml(answer.body, content_type, name)
    feed = read_xml(root, answer.url)
    if feed is None:
        raise LlmspellError(
            f"{name} is XML, but no feed: its root is <{local(root.tag)[:100]}>",
            kind="network",
            hint="use sitemap_read for a sitemap" if local(root.tag) in ("urlset", "sitemapindex") else "",
        )
    return feed


def _is_page(answer: Response) -> bool:
    head = answer.body[:1_000].lower()
    return b"<html" in head or b"<!doctype html" in head or (media_type(answer) == "text/html" and b"<?xml" not in head)


def _page(answer: Response, name: str) -> UsageError:
    root = parse(decoded(answer.body, answer.headers.get("content-type", ""))[0])
    links = [
        joined(answer.url, element.get("href"))
        for element in root.walk()
        if element.name == "link" and element.get("type").lower() in _FEED_TYPES and element.get("href")
    ]
    found = ", ".join(link for link in links[:5] if link)[:1_000]
    hint = f"it names these feeds: {found}" if found else "it names no feed either"
    return UsageError(f"{name} is a page, and no feed", hint=hint)
