"""The tool `sitemap_read`: the pages that a site lists."""

from __future__ import annotations

from collections import deque
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

import attrs

from llmspell.context import Context
from llmspell.errors import LlmspellError
from llmspell.http.url import parse_url
from llmspell.threads import in_thread
from llmspell.tools import Example, tool
from llmspell_tool_web.pages import fetched

_ROBOTS_BYTES = 512 * 1024  # what RFC 9309, section 2.5 wants to be read at least
_ACCEPT = "application/xml, text/xml, text/plain;q=0.9, */*;q=0.5"


@tool(
    category="web",
    tags=("crawl", "pages", "robots", "site", "urls"),
    needs=("net",),
    idempotent=True,
    timeout=120.0,
    output_bytes=8 << 20,
    examples=(Example({"url": "https://example.com/", "limit": 100}, "up to 100 pages of a site"),),
)
async def sitemap_read(
    context: Context,
    url: Annotated[str, {"minLength": 1}],
    limit: Annotated[int, {"minimum": 1, "maximum": 20_000}] = 1_000,
    max_sitemaps: Annotated[int, {"minimum": 1, "maximum": 100}] = 10,
) -> dict[str, Any]:
    """Lists the pages of a website from its sitemap, with the date of their last change where it is told.

    Args:
        context: what the call may use.
        url: a sitemap (also in gzip, or an index of sitemaps), or a site's root, whose robots.txt is asked for it.
        limit: how many pages are answered.
        max_sitemaps: how many sitemaps are read, those of an index included.
    """
    parse_url(url)
    first = await _discovered(context, url) if urlsplit(url).path in ("", "/", "/robots.txt") else (url,)
    reading = _Reading(context, limit, max_sitemaps)
    await reading.follow(first)
    return {
        "pages": reading.pages,
        "sitemaps": reading.read,
        "truncated": reading.truncated,
    }


async def _discovered(context: Context, url: str) -> tuple[str, ...]:
    """The sitemaps that the site's robots.txt names, or where a sitemap usually is."""
    from llmspell_tool_web.sitemap import listed_by_robots

    try:
        robots = await fetched(
            context, urljoin(url, "/robots.txt"), accept="text/plain", max_bytes=_ROBOTS_BYTES, cut=True
        )
    except LlmspellError as error:
        if error.kind not in ("network", "not_found"):
            raise
        named: tuple[str, ...] = ()
    else:
        named = listed_by_robots(robots)
    return named or (urljoin(url, "/sitemap.xml"),)


@attrs.define
class _Reading:
    """Reads sitemaps until there are enough pages; what an index names comes after it, and nothing comes twice."""

    context: Context
    limit: int
    max_sitemaps: int
    pages: list[dict[str, Any]] = attrs.field(factory=list)
    read: list[dict[str, Any]] = attrs.field(factory=list)
    truncated: bool = False

    async def follow(self, urls: tuple[str, ...]) -> None:
        """Read these and what they name.

        Raises:
            LlmspellError: the only one to begin with cannot be read; others are told of in `read`.
        """
        waiting, known = deque(dict.fromkeys(urls)), set(urls)
        while waiting:
            if len(self.read) >= self.max_sitemaps or len(self.pages) >= self.limit:
                self.truncated = True
                return
            found = await self._one(waiting.popleft(), alone=len(urls) == 1 and not self.read)
            new = [url for url in dict.fromkeys(found) if url not in known]
            known.update(new)
            waiting.extend(new)

    async def _one(self, url: str, *, alone: bool) -> tuple[str, ...]:
        from llmspell_tool_web.sitemap import MAX_BYTES, read_sitemap

        try:
            answer = await fetched(self.context, url, accept=_ACCEPT, max_bytes=MAX_BYTES)
            sitemap = await in_thread(read_sitemap, answer)
        except LlmspellError as error:
            if alone or error.kind in ("budget", "cancelled"):
                raise
            self.read.append({"url": url, "error": error.message, "kind": error.kind, "hint": error.hint})
            return ()
        room = self.limit - len(self.pages)
        self.pages += sitemap.pages[:room]
        self.read.append({"url": url, "pages": len(sitemap.pages), "sitemaps": len(sitemap.sitemaps)})
        self.truncated = self.truncated or len(sitemap.pages) > room
        return sitemap.sitemaps
