"""web_search: each engine in its own words, and one answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from llmspell.config import load
from llmspell.config.settings import Settings
from llmspell.errors import ConfigError, LlmspellError, PermissionDenied
from llmspell.plugins import Plugins

from .contract import AskingContract
from .kit import BROKEN, Handler, Server, bench, saying, sending, serving

KEY = "hunter22-hunter22"
JSON = "application/json"
SEARXNG = {
    "query": "q",
    "number_of_results": 0,
    "results": [
        {"url": "https://a.test/1", "title": "One", "content": "first &amp; best", "engine": "x", "score": 1.0},
        {"url": "https://a.test/1", "title": "One again", "content": ""},
        {"url": "javascript:alert(1)", "title": "bad", "content": ""},
        {"url": "https://a.test/2", "title": "Two"},
    ],
    "answers": [],
    "suggestions": [],
}
BRAVE = {
    "type": "search",
    "query": {"original": "q", "more_results_available": True},
    "web": {
        "type": "search",
        "results": [
            {"type": "search_result", "title": "One", "url": "https://a.test/1", "description": "first &amp; <strong>best</strong>"},
            {"type": "search_result", "title": "Two", "url": "https://a.test/2", "description": ""},
        ],
    },
}  # fmt: skip
TAVILY = {
    "query": "q",
    "answer": None,
    "images": [],
    "results": [
        {"title": "One", "url": "https://a.test/1", "content": "first & best", "score": 0.9, "raw_content": None},
        {"title": "Two", "url": "https://a.test/2", "content": "", "score": 0.1},
    ],
    "response_time": 0.5,
}
DUCKDUCKGO = """<!DOCTYPE html><html><body><div class="serp__results"><div id="links" class="results">
<div class="result results_links results_links_deep result--ad"><h2 class="result__title"><a class="result__a"
 href="https://duckduckgo.com/y.js?ad_domain=x">Ad</a></h2></div>
<div class="result web-result result--ad"><a class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fad.test">Ad</a></div>
<div class="result results_links results_links_deep web-result "><div class="links_main links_deep result__body">
<h2 class="result__title"><a rel="nofollow" class="result__a"
 href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.test%2F1&amp;rut=abc">One</a></h2>
<a class="result__snippet" href="//duckduckgo.com/l/?uddg=x">first &amp; <b>best</b></a></div></div>
<div class="result web-result"><h2><a class="result__a" href="https://a.test/2">Two</a></h2></div>
<div class="result web-result"><h2><a class="result__a" href="//duckduckgo.com/l/?uddg=javascript%3Aalert(1)">Bad</a></h2></div>
</div></div></body></html>"""
ENGINES: dict[str, tuple[str, str]] = {
    "searxng": (json.dumps(SEARXNG), JSON),
    "brave": (json.dumps(BRAVE), JSON),
    "tavily": (json.dumps(TAVILY), JSON),
    "duckduckgo": (DUCKDUCKGO, "text/html; charset=UTF-8"),
}
ENVIRON = {"BRAVE_API_KEY": KEY, "TAVILY_API_KEY": KEY, "OTHER_KEY": KEY}


class TestWebSearchContract(AskingContract):
    name = "web_search"
    answer = staticmethod(saying(*ENGINES["searxng"]))
    bad = ({}, {"query": ""}, {"query": "  "}, {"query": "a", "count": 0}, {"query": "a", "freshness": "old"})

    def calls(self, server: Server) -> tuple[dict[str, Any], ...]:
        self.tables = {"web_search": {"provider": "searxng", "base_url": server.url()}}
        return ({"query": "q"}, {"query": "q", "count": 1, "freshness": "week"})


async def searched(
    folder: Path, provider: str, answer: Handler, options: Mapping[str, Any] | None = None, **arguments: Any
) -> tuple[Server, Any]:
    async with serving(answer) as server:
        tables = {"web_search": {"provider": provider, "base_url": server.url("/").rstrip("/"), **(options or {})}}
        tool = bench(folder, server, allow={"secrets": ["*"]}, environ=ENVIRON, tables=tables)
        found = await tool.call("web_search", {"query": "q", **arguments})
        assert KEY not in json.dumps([dict(event.data) for event in tool.events], default=str)
        return server, found


@pytest.mark.parametrize("provider", ENGINES)
async def test_every_engine_gives_the_same_answer(tmp_path: Path, provider: str) -> None:
    _, found = await searched(tmp_path, provider, saying(*ENGINES[provider]))
    assert found == {
        "provider": provider,
        "query": "q",
        "results": [
            {"title": "One", "url": "https://a.test/1", "snippet": "first & best"},
            {"title": "Two", "url": "https://a.test/2", "snippet": ""},
        ],
    }


@pytest.mark.parametrize("provider", ENGINES)
async def test_no_more_is_answered_than_was_asked_for(tmp_path: Path, provider: str) -> None:
    _, found = await searched(tmp_path, provider, saying(*ENGINES[provider]), count=1)
    assert [result["title"] for result in found["results"]] == ["One"]


async def test_searxng_is_asked_for_json(tmp_path: Path) -> None:
    answer = staticmethod(saying(*ENGINES["searxng"]))
    server, _ = await searched(tmp_path, "searxng", answer, query="a & b", freshness="month")
    [seen] = server.seen
    assert (seen.method, urlsplit(seen.path).path) == ("GET", "/search")
    assert parse_qs(urlsplit(seen.path).query) == {"q": ["a & b"], "format": ["json"], "time_range": ["month"]}


async def test_brave_is_asked_with_its_header(tmp_path: Path) -> None:
    server, _ = await searched(tmp_path, "brave", saying(*ENGINES["brave"]), count=5, freshness="year")
    [seen] = server.seen
    assert (seen.method, urlsplit(seen.path).path) == ("GET", "/res/v1/web/search")
    assert parse_qs(urlsplit(seen.path).query) == {
        "q": ["q"],
        "count": ["5"],
        "result_filter": ["web"],
        "freshness": ["py"],
    }
    assert (seen.headers["x-subscription-token"], seen.headers["accept"]) == (KEY, "application/json")


async def test_tavily_is_asked_with_a_bearer_token(tmp_path: Path) -> None:
    server, _ = await searched(tmp_path, "tavily", saying(*ENGINES["tavily"]), count=5, freshness="day")
    [seen] = server.seen
    assert (seen.method, seen.path, seen.headers["authorization"]) == ("POST", "/search", f"Bearer {KEY}")
    assert json.loads(seen.body) == {"query": "q", "max_results": 5, "search_depth": "basic", "time_range": "day"}


async def test_duckduckgo_is_asked_as_a_form(tmp_path: Path) -> None:
    server, _ = await searched(tmp_path, "duckduckgo", saying(*ENGINES["duckduckgo"]), freshness="week")
    [seen] = server.seen
    assert (seen.method, seen.path) == ("POST", "/html/")
    assert parse_qs(seen.body.decode()) == {"q": ["q"], "df": ["w"]}


async def test_a_key_may_have_another_name(tmp_path: Path) -> None:
    server, _ = await searched(tmp_path, "brave", saying(*ENGINES["brave"]), {"secret": "OTHER_KEY"})
    assert server.seen[0].headers["x-subscription-token"] == KEY


async def test_a_key_must_be_granted_and_be_there(tmp_path: Path) -> None:
    tables = {"web_search": {"provider": "brave", "base_url": "http://127.0.0.1:1"}}
    with pytest.raises(PermissionDenied) as caught:
        await bench(tmp_path, allow={"net": ["127.0.0.1"]}, environ=ENVIRON, tables=tables).call(
            "web_search", {"query": "q"}
        )
    assert "--allow-secret" in caught.value.hint
    allow = {"net": ["127.0.0.1"], "secrets": ["*"]}
    with pytest.raises(ConfigError, match=r"needs the key BRAVE_API_KEY; run: llmspell keys set BRAVE_API_KEY"):
        await bench(tmp_path, allow=allow, environ={}, tables=tables).call("web_search", {"query": "q"})


@pytest.mark.parametrize("provider", ENGINES)
async def test_an_engine_must_be_granted(tmp_path: Path, provider: str) -> None:
    async with serving(saying()) as server, serving(saying()) as other:
        tables = {"web_search": {"provider": provider, "base_url": server.url()}}
        tool = bench(tmp_path, other, allow={"net": [other.place], "secrets": ["*"]}, environ=ENVIRON, tables=tables)
        with pytest.raises(PermissionDenied) as caught:
            await tool.call("web_search", {"query": "q"})
        assert f"--allow-net={server.place}" in caught.value.hint


@pytest.mark.parametrize(
    ("provider", "status", "kind", "hint"),
    [
        ("searxng", 403, "authentication", "add json to search.formats in the server's settings.yml"),
        ("brave", 401, "authentication", "look at the key, and set it anew: llmspell keys set BRAVE_API_KEY"),
        ("tavily", 401, "authentication", "look at the key, and set it anew: llmspell keys set TAVILY_API_KEY"),
        ("brave", 429, "rate_limited", ""),
        ("tavily", 432, "rate_limited", ""),
        ("duckduckgo", 403, "authentication", ""),
        ("brave", 422, "network", ""),
        ("searxng", 500, "network", ""),
    ],
)
async def test_what_an_engine_refuses_is_told(tmp_path: Path, provider: str, status: int, kind: str, hint: str) -> None:
    with pytest.raises(LlmspellError, match=rf"^{provider} answered {status}") as caught:
        await searched(tmp_path, provider, saying("{}", JSON, status=status))
    assert (caught.value.kind, caught.value.hint) == (kind, hint)


@pytest.mark.parametrize("page", [("<div class=anomaly-modal__mask><div class='anomaly-modal'>", 200), ("", 202)])
async def test_duckduckgo_that_asks_for_a_person_is_told(tmp_path: Path, page: tuple[str, int]) -> None:
    with pytest.raises(LlmspellError, match=r"duckduckgo asks whether a person is asking") as caught:
        await searched(tmp_path, "duckduckgo", saying(page[0], status=page[1]))
    assert caught.value.kind == "rate_limited"


EMPTY = {
    "searxng": '{"results": []}',
    "brave": '{"type": "search"}',
    "tavily": '{"results": []}',
    "duckduckgo": "<div class='no-results'>No results.</div>",
}


@pytest.mark.parametrize("provider", EMPTY)
async def test_nothing_found_is_an_answer(tmp_path: Path, provider: str) -> None:
    _, found = await searched(tmp_path, provider, saying(EMPTY[provider], ENGINES[provider][1]))
    assert found["results"] == []


HOSTILE = [
    "",
    "null",
    "[]",
    "5",
    '{"results": {}, "web": {"results": {}}}',
    '{"results": 5, "web": 5}',
    '{"web": {"results": "x"}, "results": "x"}',
    "[" * 100_000,
    "<html>",
    "\0",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("provider", ENGINES)
async def test_an_answer_in_another_format_is_an_error(tmp_path: Path, provider: str, body: str) -> None:
    with pytest.raises(
        LlmspellError, match=provider if provider == "duckduckgo" else r"no JSON|without a list of"
    ) as caught:
        await searched(tmp_path, provider, saying(body, ENGINES[provider][1]))
    assert caught.value.kind == "network"


@pytest.mark.parametrize(
    "item",
    [
        "5",
        "null",
        "{}",
        '{"url": 5}',
        '{"url": "https://a.test/", "title": [], "content": {}, "description": 1}',
        '{"url": "https://a.test/' + "a" * 9_000 + '"}',
    ],
)
@pytest.mark.parametrize("provider", ["searxng", "brave", "tavily"])
async def test_results_of_wrong_types_are_left_out_or_empty(tmp_path: Path, provider: str, item: str) -> None:
    body = f'{{"results": [{item}], "web": {{"results": [{item}]}}}}'
    _, found = await searched(tmp_path, provider, saying(body, JSON))
    assert found["results"] in ([], [{"title": "", "url": "https://a.test/", "snippet": ""}])


async def test_a_long_snippet_is_cut(tmp_path: Path) -> None:
    body = json.dumps({"results": [{"url": "https://a.test/", "title": "t", "content": "x" * 5_000}]})
    _, found = await searched(tmp_path, "searxng", saying(body, JSON))
    assert (len(found["results"][0]["snippet"]), found["results"][0]["snippet"][-1]) == (1_000, "…")


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        tables = {"web_search": {"provider": "searxng", "base_url": server.url()}}
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server, tables=tables).call("web_search", {"query": "q"})
    assert caught.value.kind == "network"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("tool.web_search.provider=altavista", r"provider.*'altavista'"),
        ("tool.web_search.provider=searxng", r"`tool\.web_search\.base_url` says where searxng is, and is missing"),
        ("tool.web_search.timeout=0", r"timeout"),
        ("tool.web_search.keys=5", r"keys"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, option: str, message: str) -> None:
    with pytest.raises(LlmspellError, match=message):
        Plugins(Settings(load(tmp_path, {}, [option]))).get("tool", "web_search")
