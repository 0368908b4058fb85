"""What a search engine is to `web_search`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Literal

import attrs

from llmspell.errors import LlmspellError
from llmspell.http import Http, Response
from llmspell.secrets import Secret
from llmspell_tool_web.html import plain_text
from llmspell_tool_web.pages import phrase

Freshness = Literal["any", "day", "week", "month", "year"]

MAX_BYTES = 4 * 1024 * 1024
_LONGEST_SNIPPET = 1_000
_LONGEST = 2_000  # characters of a title or URL
_MOST_MARKUP = 20_000  # characters of a snippet that are read


@attrs.frozen
class Query:
    """What is looked for: at most `count` results, no older than `freshness`."""

    text: str
    count: int
    freshness: Freshness


@attrs.frozen
class Found:
    """One result; title and snippet may hold HTML until `to_dict`."""

    title: str
    url: str
    snippet: str

    def to_dict(self) -> dict[str, str]:
        """The result as plain text."""
        snippet = plain_text(self.snippet[:_MOST_MARKUP])
        return {
            "title": plain_text(self.title[:_LONGEST]),
            "url": self.url,
            "snippet": snippet if len(snippet) <= _LONGEST_SNIPPET else f"{snippet[: _LONGEST_SNIPPET - 1]}…",
        }


@attrs.frozen
class Engine:
    """An engine as it is asked: where it is, with which key, and how long it may take."""

    http: Http
    base_url: str
    key: Secret | None
    timeout: float

    def place(self, path: str) -> str:
        """The URL of a path of the engine."""
        return self.base_url.rstrip("/") + path

    @property
    def options(self) -> dict[str, Any]:
        """What every request of it is bounded by."""
        return {"timeout": self.timeout, "max_bytes": MAX_BYTES}


class SearchProvider(ABC):
    """A search engine.

    Attributes:
        name: as `[tool.web_search] provider` names it.
        base_url: where it is; empty where everybody has their own.
        secret: the name of the key that it needs; empty for none.
    """

    name: str
    base_url: str = ""
    secret: str = ""

    @abstractmethod
    async def search(self, engine: Engine, query: Query) -> list[Found]:
        """What the engine finds, best first.

        Raises:
            LlmspellError: it cannot be asked, refuses, or answers in another format.
        """

    def check(self, answer: Response) -> None:
        """Refuse an answer that says failure.

        Raises:
            LlmspellError: of kind `authentication`, `rate_limited` or `network`.
        """
        if answer.ok:
            return
        told = f"{self.name} answered {answer.status} {phrase(answer.status)}".rstrip()
        details = {"status": answer.status}
        if answer.status in (401, 403):
            raise LlmspellError(told, kind="authentication", hint=self.hint(answer.status), details=details)
        if answer.status in (429, 432, 433):  # the last two are a used-up plan, in Tavily's words
            raise LlmspellError(told, kind="rate_limited", retryable=answer.status == 429, details=details)
        raise LlmspellError(told, kind="network", retryable=answer.status >= 500, details=details)

    def hint(self, status: int) -> str:
        """What to do about a status that says that one may not ask."""
        return f"look at the key, and set it anew: llmspell keys set {self.secret}" if self.secret else ""

    def results(self, data: Any, *path: str) -> list[dict[str, Any]]:  # Any: JSON-like data
        """The list of objects at a path of what the engine answered; empty where the last of it is missing.

        Raises:
            LlmspellError: there is something else.
        """
        for key in path[:-1]:
            data = data.get(key, {}) if isinstance(data, dict) else None
        found = data.get(path[-1], []) if isinstance(data, dict) else None
        if not isinstance(found, list):
            raise LlmspellError(f"{self.name} answered without a list of {'.'.join(path)}", kind="network")
        return [each for each in found if isinstance(each, dict)]


def made(results: Iterable[dict[str, Any]], snippet: str) -> list[Found]:
    """Results with a title, a URL, and a snippet under the name that the engine has for it."""
    return [
        Found(_text(each, "title"), _text(each, "url"), _text(each, snippet))
        for each in results
        if _text(each, "url").lower().startswith(("http://", "https://")) and len(_text(each, "url")) <= _LONGEST
    ]


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""
