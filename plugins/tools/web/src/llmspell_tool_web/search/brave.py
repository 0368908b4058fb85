"""The Brave Search API (api-dashboard.search.brave.com): a key, and at most 20 results a request."""

from __future__ import annotations

from llmspell_tool_web.search.provider import Engine, Found, Query, SearchProvider, made

_FRESHNESS = {"day": "pd", "week": "pw", "month": "pm", "year": "py"}


class Brave(SearchProvider):
    """Asks Brave."""

    name = "brave"
    base_url = "https://api.search.brave.com"
    secret = "BRAVE_API_KEY"  # noqa: S105  # its name

    async def search(self, engine: Engine, query: Query) -> list[Found]:
        """What Brave finds; descriptions hold `<strong>`."""
        parameters = {"q": query.text, "count": str(query.count), "result_filter": "web"}
        if query.freshness != "any":
            parameters["freshness"] = _FRESHNESS[query.freshness]
        assert engine.key is not None
        headers = {"Accept": "application/json", "X-Subscription-Token": engine.key.reveal()}
        where = engine.place("/res/v1/web/search")
        answer = await engine.http.get(where, params=parameters, headers=headers, **engine.options)
        self.check(answer)
        return made(self.results(answer.json(), "web", "results"), "description")
