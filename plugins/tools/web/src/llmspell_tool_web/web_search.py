"""The tool `web_search`: the web by words, with the search engine that is configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import attrs

from llmspell.context import Context
from llmspell.errors import ConfigError
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.tool import Tool
from llmspell.tools import Example, FunctionTool, tool
from llmspell_tool_web.search import PROVIDERS
from llmspell_tool_web.search.provider import Engine, Found, Freshness, Query


@attrs.frozen
class Options:
    """The table `[tool.web_search]`.

    Attributes:
        provider: the search engine.
        base_url: where it is; empty for its usual place, which SearXNG has none of.
        secret: the name of its key; empty for the usual one.
        timeout: seconds for a search.
    """

    provider: Literal["brave", "duckduckgo", "searxng", "tavily"] = "duckduckgo"
    base_url: str = ""
    secret: str = ""
    timeout: float = attrs.field(default=20.0, validator=[attrs.validators.gt(0), attrs.validators.le(50)])


def make(options: Options) -> FunctionTool:
    """The tool, configured.

    Raises:
        ConfigError: it is not said where the engine is.
    """
    provider = PROVIDERS[options.provider]
    base_url, secret = options.base_url or provider.base_url, options.secret or provider.secret
    if not base_url:
        raise ConfigError([f"`tool.web_search.base_url` says where {provider.name} is, and is missing"])

    @tool(
        category="web",
        tags=("brave", "duckduckgo", "find", "internet", "query", "searxng", "tavily"),
        needs=("net", "secrets") if secret else ("net",),
        idempotent=True,
        cost=None,
        examples=(Example({"query": "python 3.14 release notes", "count": 3}, "the three best results"),),
    )
    async def web_search(
        context: Context,
        query: Annotated[str, {"minLength": 1, "maxLength": 400, "pattern": r"\S"}],
        count: Annotated[int, {"minimum": 1, "maximum": 20}] = 10,
        freshness: Freshness = "any",
    ) -> dict[str, Any]:
        """Searches the web and answers results with title, url and snippet, best first.

        Args:
            context: what the call may use.
            query: the words to look for.
            count: how many results at most.
            freshness: how old a result may be.
        """
        key = await context.secret(secret) if secret else None
        engine = Engine(context.http, base_url, key, options.timeout)
        found = await provider.search(engine, Query(query, count, freshness))
        return {"provider": provider.name, "query": query, "results": _answered(found, count)}

    return web_search


def _answered(found: list[Found], count: int) -> list[dict[str, str]]:
    """The first of each URL."""
    once = {result.url: result for result in reversed(found)}
    return [result.to_dict() for result in found if once.get(result.url) is result][:count]


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The tool, configured by `[tool.web_search]`."""
    return {"web_search": make(settings.table("tool", "web_search", Options))}
