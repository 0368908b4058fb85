"""sitemap_read: the pages that sites list, and what pretends to be a list."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from aiohttp import web

from llmspell.errors import LlmspellError, PermissionDenied

from .contract import NO_URLS, AskingContract
from .kit import BROKEN, Handler, Server, bench, head, saying, sending, serving, site

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urls(*paths: str) -> str:
    return f"<urlset {SPACE}>" + "".join(f"<url><loc>{path}</loc></url>" for path in paths) + "</urlset>"


def index(*paths: str) -> str:
    return (
        f"<sitemapindex {SPACE}>"
        + "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in paths)
        + "</sitemapindex>"
    )


class TestSitemapReadContract(AskingContract):
    name = "sitemap_read"
    answer = staticmethod(saying(urls("/a"), "application/xml"))
    bad = (*NO_URLS, {"url": "http://a.test/", "limit": 0}, {"url": "http://a.test/", "max_sitemaps": 0})


async def read(folder: Path, answer: Handler, path: str = "/sitemap.xml", **arguments: Any) -> tuple[Server, Any]:
    async with serving(answer) as server:
        return server, await bench(folder, server).call("sitemap_read", {"url": server.url(path), **arguments})


async def test_a_sitemap_lists_pages(tmp_path: Path) -> None:
    text = f"""<urlset {SPACE} xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><url><loc> /a?x=1&amp;y=2 </loc>
    <lastmod>2026-11-22</lastmod><changefreq>weekly</changefreq><priority>0.8</priority><i:image><i:loc>/i</i:loc></i:image>
    </url><url><loc>http://b.test/</loc><priority>nan</priority></url><url/></urlset>"""
    server, found = await read(tmp_path, saying(text, "application/xml"))
    assert found == {
        "pages": [
            {
                "url": server.url("/a?x=1&y=2"),
                "last_modified": "2026-11-22T00:00:00",
                "change_frequency": "weekly",
                "priority": 0.8,
            },
            {"url": "http://b.test/"},
        ],
        "sitemaps": [{"url": server.url("/sitemap.xml"), "pages": 2, "sitemaps": 0}],
        "truncated": False,
    }


@pytest.mark.parametrize("path", ["", "/", "/robots.txt"])
async def test_a_site_is_asked_for_its_sitemaps(tmp_path: Path, path: str) -> None:
    robots = "User-agent: *\nDisallow: /x\nSitemap: /one.xml\n sitemap:  /two.xml # comment\nSitemap: ftp://a.test/\n"
    pages: dict[str, Handler | bytes | str] = {"/robots.txt": robots, "/one.xml": urls("/1"), "/two.xml": urls("/2")}
    server, found = await read(tmp_path, site(pages, "application/xml"), path)
    assert [page["url"] for page in found["pages"]] == [server.url("/1"), server.url("/2")]


async def test_a_site_without_a_word_about_sitemaps_has_one_in_the_usual_place(tmp_path: Path) -> None:
    server, found = await read(tmp_path, site({"/sitemap.xml": urls("/1")}, "application/xml"), "/")
    assert [page["url"] for page in found["pages"]] == [server.url("/1")]


async def test_an_index_is_followed(tmp_path: Path) -> None:
    pages: dict[str, Handler | bytes | str] = {
        "/sitemap.xml": index("/a.xml", "/b.xml", "/none.xml", "/sitemap.xml"),
        "/a.xml": urls("/1", "/2"),
        "/b.xml": index("/c.xml", "/a.xml"),
        "/c.xml": urls("/3"),
    }
    server, found = await read(tmp_path, site(pages, "application/xml"))
    assert [page["url"] for page in found["pages"]] == [server.url("/1"), server.url("/2"), server.url("/3")]
    assert found["truncated"] is False
    assert [each["url"] for each in found["sitemaps"]] == [
        server.url(path) for path in ("/sitemap.xml", "/a.xml", "/b.xml", "/none.xml", "/c.xml")
    ]
    [failed] = [each for each in found["sitemaps"] if "error" in each]
    assert (failed["kind"], failed["error"]) == ("not_found", f"{server.url('/none.xml')} answered 404 Not Found")


async def test_gzip_and_plain_text_are_read(tmp_path: Path) -> None:
    pages: dict[str, Handler | bytes | str] = {
        "/sitemap.xml": index("/a.xml.gz", "/b.txt"),
        "/a.xml.gz": saying(gzip.compress(urls("/1").encode()), "application/octet-stream"),
        "/b.txt": saying("\ufeff/2\nhttp://b.test/3\n\nftp://no\n", "text/plain; charset=utf-8"),
    }
    server, found = await read(tmp_path, site(pages, "application/xml"))
    assert [page["url"] for page in found["pages"]] == [server.url("/1"), server.url("/2"), "http://b.test/3"]


async def test_limits_cut_and_say_so(tmp_path: Path) -> None:
    pages: dict[str, Handler | bytes | str] = {
        "/sitemap.xml": index(*[f"/{number}.xml" for number in range(30)]),
        **{f"/{number}.xml": urls(f"/{number}a", f"/{number}b") for number in range(30)},
    }
    answer = site(pages, "application/xml")
    server, found = await read(tmp_path, answer, limit=3)
    assert (len(found["pages"]), found["truncated"], len(server.seen)) == (3, True, 3)
    server, found = await read(tmp_path, answer, max_sitemaps=4)
    assert (len(found["pages"]), found["truncated"], len(server.seen)) == (6, True, 4)


async def test_an_index_without_end_ends(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=index(f"{request.raw_path}1", f"{request.raw_path}2"), content_type="application/xml")

    server, found = await read(tmp_path, answer, max_sitemaps=7)
    assert (len(server.seen), found["truncated"]) == (7, True)


def bomb() -> bytes:
    stream = zlib.compressobj(9, wbits=31)
    return b"".join(stream.compress(bytes(1 << 20)) for _ in range(50)) + stream.flush()


REFUSED: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "nothing": (lambda: "", "is no sitemap: it is empty"),
    "nothing in gzip": (lambda: gzip.compress(b""), "is no sitemap: it is empty"),
    "a page": (lambda: "<html><body>", "is no XML"),
    "a feed": (lambda: "<rss/>", "is XML, but no sitemap: its root is <rss>"),
    "half of it": (lambda: urls("/a")[:-5], "is no XML: unclosed token"),
    "gzip that is none": (lambda: b"\x1f\x8bhello, this is none", "it is not in the gzip that it begins with"),
    "half of a gzip": (lambda: gzip.compress(urls("/a").encode())[:-12], "its gzip ends too early"),
    "a bomb": (bomb, "has more than 10485760 bytes out of gzip"),
    "a bomb in a bomb": (lambda: gzip.compress(bomb()), "is no XML"),
    "laughs": (lambda: '<!DOCTYPE u [<!ENTITY a "b">]><urlset>&a;</urlset>', "has a document type"),
    "an external entity": (lambda: '<!DOCTYPE u SYSTEM "file:///etc/passwd"><urlset/>', "has a document type"),
    "too deep": (lambda: "<urlset>" * 200, "has more than 100 elements within each other"),
    "too many": (lambda: "<urlset>" + "<url/>" * 200_001 + "</urlset>", "has more than 200000 elements"),
    "too large": (lambda: "<urlset>" + " " * 11_000_000, "has more than 10485760 bytes"),
    "binary": (lambda: bytes(range(256)), "is no XML"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_sitemap_is_refused_in_time(tmp_path: Path, name: str) -> None:
    make, message = REFUSED[name]
    begin = process_time()
    with pytest.raises(LlmspellError, match=message) as caught:
        await read(tmp_path, saying(make(), "application/xml"))
    assert caught.value.kind == "network"
    assert process_time() - begin < 20


async def test_hostile_locations_are_left_out(tmp_path: Path) -> None:
    text = urls("javascript:alert(1)", "file:///etc/passwd", "http://[::1", "/" + "a" * 3_000, "", "/good")
    server, found = await read(tmp_path, saying(text, "application/xml"))
    assert found["pages"] == [{"url": server.url("/good")}]


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server).call("sitemap_read", {"url": server.url("/sitemap.xml")})
    assert caught.value.kind == "network"


async def test_a_sitemap_of_another_server_is_read_only_where_it_is_granted(tmp_path: Path) -> None:
    async with serving(saying(urls("/1"), "application/xml")) as other:
        _, found = await read(tmp_path, saying(index(other.url("/x.xml"), "http://10.0.0.1/x.xml"), "application/xml"))
        assert other.seen == []
    assert [each.get("kind") for each in found["sitemaps"]] == [None, "permission", "permission"]
    assert f"--allow-net={other.place}" in found["sitemaps"][1]["hint"]


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with serving(saying(urls("/1"))) as server, serving(saying()) as other:
        for path in ("/", "/sitemap.xml"):
            with pytest.raises(PermissionDenied) as caught:
                await bench(tmp_path, other).call("sitemap_read", {"url": server.url(path)})
            assert f"--allow-net={server.place}" in caught.value.hint


async def test_an_answer_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    async with sending(head("Content-Length: 500") + urls("/a").encode()) as server:
        with pytest.raises(LlmspellError, match=r"the answer broke off"):
            await bench(tmp_path, server).call("sitemap_read", {"url": server.url("/s.xml")})
