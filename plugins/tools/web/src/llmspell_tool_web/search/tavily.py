"""The Tavily API (docs.tavily.com): a key, and at most 20 results a request."""

from __future__ import annotations

from typing import Any

from llmspell_tool_web.search.provider import Engine, Found, Query, SearchProvider, made


class Tavily(SearchProvider):
    """Asks Tavily."""

    name = "tavily"
    base_url = "https://api.tavily.com"
    secret = "TAVILY_API_KEY"  # noqa: S105  # its name

    async def search(self, engine: Engine, query: Query) -> list[Found]:
        """What Tavily finds."""
        asked: dict[str, Any] = {"query": query.text, "max_results": query.count, "search_depth": "basic"}
        if query.freshness != "any":
            asked["time_range"] = query.freshness
        assert engine.key is not None
        headers = {"Authorization": f"Bearer {engine.key.reveal()}"}
        answer = await engine.http.post(engine.place("/search"), json=asked, headers=headers, **engine.options)
        self.check(answer)
        return made(self.results(answer.json(), "results"), "content")
