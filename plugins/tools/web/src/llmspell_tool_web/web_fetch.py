"""The tool `web_fetch`: a page as readable text."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.http import Response
from llmspell.threads import in_thread
from llmspell.tools import Example, tool
from llmspell_tool_web.charset import decoded
from llmspell_tool_web.html import Element, main_content, markdown, parse
from llmspell_tool_web.html.content import own, shown
from llmspell_tool_web.pages import fetched, joined, media_type
from llmspell_tool_web.pages import shown as shown_url

MAX_BYTES = 4 * 1024 * 1024
_ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5"
_PAGES = frozenset({"", "application/xhtml+xml", "text/html"})
_TEXTS = ("application/javascript", "application/json", "application/xml", "application/yaml")
_MOST_LINKS = 500
_LONGEST = 2_000  # characters of a title or a URL


@tool(
    category="web",
    tags=("article", "browse", "html", "markdown", "page", "read", "url"),
    needs=("net",),
    idempotent=True,
    output_bytes=4 << 20,
    examples=(Example({"url": "https://example.com/"}, "the page as Markdown"),),
)
async def web_fetch(
    context: Context,
    *,
    url: Annotated[str, {"minLength": 1}],
    max_chars: Annotated[int, {"minimum": 100, "maximum": 500_000}] = 50_000,
    offset: Annotated[int, {"minimum": 0, "maximum": 4_194_304}] = 0,
    whole: bool = False,
    links: bool = False,
) -> dict[str, Any]:
    """Fetches a web page and answers its title and its main text as Markdown, without menus and advertisements.

    Args:
        context: what the call may use.
        url: the page, http or https.
        max_chars: how much of the text is answered; `truncated` says whether there is more.
        offset: how many characters of the text to leave out, to read on where an answer was truncated.
        whole: the text of the whole page, menus and footers too.
        links: also the links in that text, with their URLs.
    """
    answer = await fetched(context, url, accept=_ACCEPT, max_bytes=MAX_BYTES)
    page = await in_thread(_read, answer, whole, links)
    text = page.pop("text")
    if offset and offset >= len(text):
        raise UsageError(f"the text of {shown_url(answer.url)} has {len(text)} characters, and the offset is {offset}")
    return {
        "url": answer.url,
        **page,
        "text": text[offset : offset + max_chars],
        "length": len(text),
        "truncated": len(text) > offset + max_chars,
    }


def _read(answer: Response, whole: bool, links: bool) -> dict[str, Any]:
    kind = media_type(answer)
    if kind not in _PAGES:
        return _text(answer, kind)
    text, _ = decoded(answer.body, answer.headers.get("content-type", ""))
    if not kind and "\0" in text:
        raise _no_text(answer, "data without a type")
    root = parse(text)
    title, html = root.find("title"), root.find("html")
    content, keep = (root.find("body") or root, shown) if whole else (main_content(root), own)
    found: dict[str, Any] = {
        "title": title.text()[:_LONGEST] if title else "",
        "language": html.get("lang")[:50] if html else "",
        "content_type": kind or "text/html",
        "text": markdown(content, keep),
    }
    if links:
        found["links"], found["links_truncated"] = _links(root, content, answer.url)
    return found


def _text(answer: Response, kind: str) -> dict[str, Any]:
    if not kind.startswith("text/") and not kind.startswith(_TEXTS) and not kind.endswith(("+json", "+xml")):
        raise _no_text(answer, kind)
    text, _ = decoded(answer.body, answer.headers.get("content-type", ""))
    return {"title": "", "language": "", "content_type": kind, "text": text}


def _no_text(answer: Response, kind: str) -> UsageError:
    return UsageError(f"{shown_url(answer.url)} is no page: it is {kind[:100]}", hint="save it with download")


def _links(root: Element, content: Element, url: str) -> tuple[list[dict[str, str]], bool]:
    base = root.find("base")
    start = joined(url, base.get("href")) or url if base else url
    found: dict[str, str] = {}
    for element in content.walk():
        if element.name == "a" and (href := element.get("href")) and (target := joined(start, href)):
            found.setdefault(target.partition("#")[0][:_LONGEST], element.text()[:200])
            if len(found) > _MOST_LINKS:
                break
    listed = [{"url": target, "text": text} for target, text in found.items()]
    return listed[:_MOST_LINKS], len(listed) > _MOST_LINKS
