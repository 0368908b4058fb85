"""Search engines, each with its own wire format and all with one answer.

provider    what an engine is, and what it is asked and gives
searxng     a SearXNG server of one's own
brave       the Brave Search API
tavily      the Tavily API
duckduckgo  the page of DuckDuckGo that needs no script
"""

from llmspell_tool_web.search.brave import Brave
from llmspell_tool_web.search.duckduckgo import DuckDuckGo
from llmspell_tool_web.search.provider import Found, Query, SearchProvider
from llmspell_tool_web.search.searxng import SearXNG
from llmspell_tool_web.search.tavily import Tavily

PROVIDERS: dict[str, SearchProvider] = {each.name: each for each in (Brave(), DuckDuckGo(), SearXNG(), Tavily())}

__all__ = ["PROVIDERS", "Found", "Query", "SearchProvider"]
