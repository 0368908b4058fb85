"""DuckDuckGo's page for browsers without scripts: no key, no promise; it refuses those who ask often."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from llmspell.errors import LlmspellError
from llmspell.threads import in_thread
from llmspell_tool_web.charset import decoded
from llmspell_tool_web.html import Element, parse
from llmspell_tool_web.pages import joined
from llmspell_tool_web.search.provider import Engine, Found, Query, SearchProvider

_FRESHNESS = {"day": "d", "week": "w", "month": "m", "year": "y"}


class DuckDuckGo(SearchProvider):
    """Asks DuckDuckGo, as a browser without scripts would."""

    name = "duckduckgo"
    base_url = "https://html.duckduckgo.com"

    async def search(self, engine: Engine, query: Query) -> list[Found]:
        """What DuckDuckGo finds, without advertisements."""
        form = {"q": query.text, "b": "", "kl": "", "df": _FRESHNESS.get(query.freshness, "")}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        where = engine.place("/html/")
        answer = await engine.http.post(where, body=urlencode(form), headers=headers, **engine.options)
        self.check(answer)
        root = await in_thread(parse, decoded(answer.body, answer.headers.get("content-type", ""))[0])
        if answer.status == 202 or _has(root, "anomaly-modal"):
            raise LlmspellError(
                "duckduckgo asks whether a person is asking, because too many questions came from here",
                kind="rate_limited",
                retryable=True,
                hint="wait, or choose a provider with a key in llmspell.toml: [tool.web_search] provider",
            )
        found = [result for element in root.walk() if (result := _result(element, where))]
        if not found and not _has(root, "no-results") and not _has(root, "serp__results"):
            raise LlmspellError(
                "duckduckgo answered a page without results, in a form that is not known", kind="network"
            )
        return found


def _result(element: Element, url: str) -> Found | None:
    if "result" not in _classes(element) or "result--ad" in _classes(element):
        return None
    link = next((each for each in element.walk() if "result__a" in _classes(each)), None)
    snippet = next((each for each in element.walk() if "result__snippet" in _classes(each)), None)
    target = _target(joined(url, link.get("href"))) if link else ""
    if link is None or not target:
        return None
    return Found(link.text(), target, snippet.text() if snippet else "")


def _target(link: str) -> str:
    """Where a link leads that goes through DuckDuckGo's counter; empty for an advertisement."""
    parts = urlsplit(link)
    if parts.path == "/l/":
        return joined(link, parse_qs(parts.query, max_num_fields=20).get("uddg", [""])[0])
    return "" if parts.path == "/y.js" else link


def _has(root: Element, name: str) -> bool:
    return any(name in _classes(element) for element in root.walk())


def _classes(element: Element) -> list[str]:
    return element.get("class").split() if "class" in element.attributes else []
