"""url_metadata: what pages say about themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError

from .contract import NO_URLS, AskingContract
from .kit import BROKEN, bench, called, saying, sending, serving

PAGE = """<html lang=de><head><title>T</title><meta name=description content=" D  e ">
<meta property="og:title" content="OG"><meta property="og:image" content="/a.png"><meta property="og:image" content="/b">
<meta property="og:image:width" content="100"><meta name="twitter:card" content="summary">
<meta name="author" content="Ann"><meta property="article:published_time" content="2026-01-02">
<link rel="shortcut icon" href="i.ico"><link rel=canonical href="https://a.test/x"><meta name=robots content=noindex>"""


class TestUrlMetadataContract(AskingContract):
    name = "url_metadata"
    answer = staticmethod(saying(PAGE))
    bad = NO_URLS


async def test_a_page_tells_what_it_is(tmp_path: Path) -> None:
    async with serving(saying(PAGE)) as server:
        found = await bench(tmp_path, server).call("url_metadata", {"url": server.url("/a/b")})
    assert found == {
        "url": server.url("/a/b"),
        "title": "T",
        "description": "D e",
        "language": "de",
        "canonical": "https://a.test/x",
        "favicon": server.url("/a/i.ico"),
        "author": "Ann",
        "published": "2026-01-02",
        "robots": "noindex",
        "open_graph": {"title": "OG", "image": server.url("/a.png"), "image:width": "100"},
        "twitter": {"card": "summary"},
        "charset": "utf-8",
        "truncated": False,
    }


async def test_a_page_without_a_word_about_itself_has_empty_values(tmp_path: Path) -> None:
    found = await called(tmp_path, saying("hello"), "url_metadata")
    assert found["favicon"].endswith("/favicon.ico")
    assert (found["title"], found["canonical"], found["open_graph"]) == ("", "", {})


async def test_a_title_is_taken_from_its_preview_where_there_is_no_other(tmp_path: Path) -> None:
    page = '<meta property="og:title" content="A"><meta name="twitter:description" content="B">'
    found = await called(tmp_path, saying(page), "url_metadata")
    assert (found["title"], found["description"]) == ("A", "B")


async def test_of_a_great_page_the_beginning_is_read(tmp_path: Path) -> None:
    found = await called(tmp_path, saying("<title>T</title>" + "x" * 2_000_000), "url_metadata")
    assert (found["title"], found["truncated"]) == ("T", True)


@pytest.mark.parametrize(
    "page",
    [
        "<meta>",
        "<meta name content>",
        "<meta property=og:title>",
        "<meta property=og: content=x>",
        "<link rel=canonical href='javascript:alert(1)'>",
        "<link rel=canonical href='http://[::1'>",
        "<base href='http://[bad'><link rel=icon href=x>",
        "<title>" + "x" * 100_000,
        "<meta property=og:title content='" + "x" * 100_000 + "'>",
        "".join(f"<meta property=og:a{number} content=x>" for number in range(10_000)),
        "<meta property=og:image content='http://[::1'>",
        "<meta name=description content='never ends",
    ],
    ids=range(12),
)
async def test_what_a_hostile_page_says_is_bounded(tmp_path: Path, page: str) -> None:
    found = await called(tmp_path, saying(page), "url_metadata")
    assert len(str(found)) < 20_000
    assert found["canonical"] == ""


async def test_what_is_no_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no page: it is image/png$"):
        await called(tmp_path, saying(b"", "image/png"), "url_metadata")


async def test_a_missing_page_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LlmspellError, match=r"answered 404 Not Found"):
        await called(tmp_path, saying(status=404), "url_metadata")


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with serving(saying(PAGE)) as server, serving(saying(PAGE)) as other:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, other).call("url_metadata", {"url": server.url()})
        assert f"--allow-net={server.place}" in caught.value.hint


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "too great a promise"])
async def test_a_broken_answer_is_an_error(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server).call("url_metadata", {"url": server.url()})
    assert caught.value.kind == "network"
