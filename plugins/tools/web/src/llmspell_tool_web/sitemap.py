"""Sitemaps (sitemaps.org): a list of pages, or of other sitemaps, as XML or plain text, maybe in gzip."""

from __future__ import annotations

import re
import zlib
from typing import Any

import attrs

from llmspell.errors import LlmspellError
from llmspell.http import Response
from llmspell_tool_web.charset import decoded
from llmspell_tool_web.dates import iso
from llmspell_tool_web.pages import joined, media_type, shown
from llmspell_tool_web.xml_tree import local, parse_xml

MAX_BYTES = 10 * 1024 * 1024
"""Of one sitemap, decompressed; the standard allows 50 MiB, which is more than one wants to read at once."""
_LONGEST_URL = 2_048
_GZIP = 16 + zlib.MAX_WBITS
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@attrs.frozen
class Sitemap:
    """One document: the pages that it lists, or the sitemaps."""

    pages: tuple[dict[str, Any], ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(answer: Response) -> Sitemap:
    """What an answer lists.

    Raises:
        LlmspellError: it is no sitemap; of kind `network`.
    """
    name = shown(answer.url)
    body = _decompressed(answer.body, name)
    if not body.strip():
        raise LlmspellError(f"{name} is no sitemap: it is empty", kind="network")
    if media_type(answer) == "text/plain" and not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = decoded(body)[0].split("\n")
        return Sitemap(pages=tuple({"url": url} for line in lines if (url := _location(answer.url, line))))
    root = parse_xml(body, answer.headers.get("content-type", ""), name)
    entries = [{local(child.tag): (child.text or "").strip() for child in entry} for entry in root]
    match local(root.tag):
        case "urlset":
            found = (_page(answer.url, entry) for entry in entries)
            return Sitemap(pages=tuple(page for page in found if page["url"]))
        case "sitemapindex":
            urls = (_location(answer.url, entry.get("loc", "")) for entry in entries)
            return Sitemap(sitemaps=tuple(filter(None, urls)))
        case other:
            raise LlmspellError(f"{name} is XML, but no sitemap: its root is <{other[:100]}>", kind="network")


def listed_by_robots(answer: Response) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (RFC 9309, section 2.2.4)."""
    found = (_location(answer.url, line) for line in _SITEMAP_LINE.findall(decoded(answer.body)[0]))
    return tuple(filter(None, found))


def _page(base: str, entry: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"url": _location(base, entry.get("loc", ""))}
    if changed := entry.get("lastmod"):
        found["last_modified"] = iso(changed)
    if often := entry.get("changefreq"):
        found["change_frequency"] = often[:20]
    if re.fullmatch(r"[01](\.[0-9]{1,6})?", entry.get("priority", "")):
        found["priority"] = float(entry["priority"])
    return found


def _location(base: str, text: str) -> str:
    text = text.strip()
    return joined(base, text) if 0 < len(text) <= _LONGEST_URL else ""


def _decompressed(body: bytes, name: str) -> bytes:
    """The body, out of gzip where it is in it; servers send `.xml.gz` as a file and not as an encoding."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(_GZIP)
    try:
        found = stream.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        raise LlmspellError(
            f"{name} is no sitemap: it is not in the gzip that it begins with", kind="network"
        ) from None
    if len(found) > MAX_BYTES:
        raise LlmspellError(f"{name} has more than {MAX_BYTES} bytes out of gzip", kind="network")
    if not stream.eof:
        raise LlmspellError(f"{name} is no sitemap: its gzip ends too early", kind="network")
    return found
