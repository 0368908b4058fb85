"""SearXNG (docs.searxng.org/dev/search_api.html): a server of one's own, which must allow the format json."""

from __future__ import annotations

from llmspell_tool_web.search.provider import Engine, Found, Query, SearchProvider, made


class SearXNG(SearchProvider):
    """Asks a SearXNG server, whose address is configured."""

    name = "searxng"

    async def search(self, engine: Engine, query: Query) -> list[Found]:
        """What the server finds; it gives whole pages, of which the first are taken."""
        parameters = {"q": query.text, "format": "json"}
        if query.freshness != "any":
            parameters["time_range"] = query.freshness
        answer = await engine.http.get(engine.place("/search"), params=parameters, **engine.options)
        self.check(answer)
        return made(self.results(answer.json(), "results"), "content")

    def hint(self, status: int) -> str:
        """It refuses formats that its settings do not name."""
        return "add json to search.formats in the server's settings.yml"
