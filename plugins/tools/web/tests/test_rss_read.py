"""rss_read: feeds of every usual format, and what pretends to be one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell_tool_web.dates import iso

from .contract import NO_URLS, AskingContract
from .kit import BROKEN, bench, called, head, saying, sending, serving

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News &amp; more</title>
<atom:link href="http://a.test/feed"/><link>http://a.test/</link><description>All &lt;b&gt;of&lt;/b&gt; it</description>
<item><media:title>wrong</media:title><title>One</title><link>/one</link><guid isPermaLink="false">id-1</guid>
<pubDate>Sun, 22 Nov 2026 10:00:00 +0100</pubDate><dc:creator>Ann</dc:creator><category>x</category><category>y</category>
<description><![CDATA[<p>First <i>summary</i></p><script>no</script>]]></description>
<enclosure url="http://a.test/1.mp3" length="5" type="audio/mpeg"/></item>
<item><title>Two</title><guid>http://a.test/two</guid><content:encoded>long</content:encoded></item></channel></rss>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Old</title><link>http://a.test/</link>
<description>d</description></channel><item rdf:about="http://a.test/1"><title>One</title><link>http://a.test/1</link>
<dc:date>2026-11-22T09:00:00Z</dc:date><dc:subject>s</dc:subject></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.test/b/"><title type="text">Atom</title>
<subtitle>sub</subtitle><link rel="self" href="/feed"/><link href="/"/><entry><title type="html">A &lt;b&gt;1&lt;/b&gt;</title>
<link href="one"/><link rel="enclosure" href="one.mp3"/><id>urn:1</id><updated>2026-11-22T09:00:00Z</updated>
<published>2026-11-21</published><author><name>Ann</name></author><author><name>Bob</name></author>
<category term="t"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Some <b>text</b></div></content>
</entry></feed>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "J",
    "home_page_url": "http://a.test/",
    "items": [
        {
            "id": 5,
            "url": "/one",
            "title": "One",
            "content_html": "<p>Text</p>",
            "date_published": "2026-11-22T09:00:00+01:00",
            "authors": [{"name": "Ann"}, {"name": "Bob"}],
            "tags": ["t", 5],
            "attachments": [{"url": "a.mp3"}],
        },
        "nonsense",
        {"content_text": "only text", "author": {"name": "Old"}},
    ],
}


class TestRssReadContract(AskingContract):
    name = "rss_read"
    answer = staticmethod(saying(RSS, "application/rss+xml"))
    bad = (*NO_URLS, {"url": "http://a.test/", "limit": 0}, {"url": "http://a.test/", "limit": 501})


async def read(folder: Path, body: str | bytes, kind: str = "application/xml", **arguments: Any) -> Any:
    return await called(folder, saying(body, kind), "rss_read", **arguments)


async def test_rss_2_is_read(tmp_path: Path) -> None:
    async with serving(saying(RSS, "application/rss+xml")) as server:
        found = await bench(tmp_path, server).call("rss_read", {"url": server.url("/feed.xml")})
    one, two = found.pop("items")
    assert found == {
        "format": "rss 2.0",
        "title": "News & more",
        "url": "http://a.test/",
        "description": "All of it",
        "truncated": False,
    }
    assert one == {
        "title": "One",
        "url": server.url("/one"),
        "summary": "First summary",
        "id": "id-1",
        "published": "2026-11-22T10:00:00+01:00",
        "author": "Ann",
        "enclosure": "http://a.test/1.mp3",
        "categories": ["x", "y"],
    }
    assert two == {"title": "Two", "url": "http://a.test/two", "summary": "long", "id": "http://a.test/two"}


async def test_rss_1_is_read(tmp_path: Path) -> None:
    found = await read(tmp_path, RDF)
    assert (found["format"], found["title"], found["url"]) == ("rss 1.0", "Old", "http://a.test/")
    assert found["items"] == [
        {
            "title": "One",
            "url": "http://a.test/1",
            "summary": "",
            "id": "http://a.test/1",
            "published": "2026-11-22T09:00:00+00:00",
            "categories": ["s"],
        }
    ]


async def test_atom_is_read(tmp_path: Path) -> None:
    found = await read(tmp_path, ATOM)
    assert (found["format"], found["title"], found["url"], found["description"]) == (
        "atom",
        "Atom",
        "http://a.test/",
        "sub",
    )
    assert found["items"] == [
        {
            "title": "A 1",
            "url": "http://a.test/b/one",
            "summary": "Some text",
            "id": "urn:1",
            "published": "2026-11-21T00:00:00",
            "updated": "2026-11-22T09:00:00+00:00",
            "author": "Ann, Bob",
            "enclosure": "http://a.test/b/one.mp3",
            "categories": ["t"],
        }
    ]


async def test_json_feed_is_read(tmp_path: Path) -> None:
    async with serving(saying(json.dumps(JSON), "application/feed+json")) as server:
        found = await bench(tmp_path, server).call("rss_read", {"url": server.url("/feed")})
    assert (found["format"], found["title"], found["url"]) == ("json feed", "J", "http://a.test/")
    assert found["items"] == [
        {
            "title": "One",
            "url": server.url("/one"),
            "summary": "Text",
            "id": "5",
            "published": "2026-11-22T09:00:00+01:00",
            "author": "Ann, Bob",
            "enclosure": server.url("/a.mp3"),
            "categories": ["t"],
        },
        {"title": "", "url": "", "summary": "only text", "author": "Old"},
    ]


async def test_a_limit_cuts_and_says_so(tmp_path: Path) -> None:
    found = await read(tmp_path, RSS, limit=1)
    assert (len(found["items"]), found["truncated"]) == (1, True)


async def test_a_long_summary_is_cut_and_says_so(tmp_path: Path) -> None:
    feed = f"<rss><channel><item><description>{'word ' * 1_000}</description></item></channel></rss>"
    [item] = (await read(tmp_path, feed))["items"]
    assert (len(item["summary"]), item["summary_truncated"]) == (1_000, True)


@pytest.mark.parametrize("encoding", ["windows-1251", "shift_jis", "utf-16", "iso-8859-5"])
async def test_a_feed_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    feed = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><title>да</title></channel></rss>'
    assert (await read(tmp_path, feed.encode(encoding)))["title"] == "да"


async def test_a_page_is_no_feed_and_its_feeds_are_named(tmp_path: Path) -> None:
    page = '<!DOCTYPE html><html><link rel=alternate type="application/rss+xml" href="/feed.xml">'
    with pytest.raises(UsageError, match=r"is a page, and no feed$") as caught:
        await read(tmp_path, page, "text/html")
    assert caught.value.hint.startswith("it names these feeds: http://127.0.0.1:")
    assert caught.value.hint.endswith("/feed.xml")
    with pytest.raises(UsageError) as caught:
        await read(tmp_path, "<html>", "text/html")
    assert caught.value.hint == "it names no feed either"


LAUGHS = '<!DOCTYPE r [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + number)} "{f"&{chr(97 + number)};" * 10}">' for number in range(9)
)
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "is no feed: it is empty"),
    "spaces": (" \n ", "is no feed: it is empty"),
    "no XML": ("hello", "is no XML: syntax error at line 1, column 1"),
    "half of it": (RSS[:400], r"is no XML: .* at line \d+"),
    "ends that do not fit": ("<rss><channel></rss>", "is no XML: mismatched tag"),
    "two roots": ("<rss/><rss/>", "is no XML: junk after document element"),
    "another document": ("<urlset/>", "is XML, but no feed: its root is <urlset>"),
    "an rss without a channel": ("<rss/>", "is XML, but no feed: its root is <rss>"),
    "a billion laughs": (LAUGHS + "]><rss>&i;</rss>", "has a document type, whose entities are not read"),
    "an external entity": (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
        "has a document type",
    ),
    "a parameter entity": ('<!DOCTYPE r [<!ENTITY % x SYSTEM "http://10.0.0.1/">%x;]><rss/>', "has a document type"),
    "an external document type": ('<!DOCTYPE r SYSTEM "http://10.0.0.1/x.dtd"><rss/>', "has a document type"),
    "an unknown entity": ("<rss><channel><title>&nbsp;</title></channel></rss>", "is no XML: undefined entity"),
    "too deep": ("<rss>" + "<a>" * 200, "has more than 100 elements within each other"),
    "too many": ("<rss>" + "<a/>" * 200_001, "has more than 200000 elements"),
    "NUL": ("<rss>\0</rss>", "is no XML: not well-formed"),
    "a false prefix": ("<x:rss/>", "is no XML: unbound prefix"),
    "no JSON": ("{'a': 1}", "is no JSON: Expecting property name .* at line 1, column 2"),
    "JSON of something else": ('{"version": 1}', "is JSON, but no JSON Feed"),
    "deep JSON": ('{"a":' * 100_000, "is no JSON: it is too deep"),
    "a great number": ('{"a":' + "9" * 5_000 + "}", "is no JSON: a number in it is too long"),
    "binary": (bytes(range(256)), "is no XML"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_feed_is_refused_in_time(tmp_path: Path, name: str) -> None:
    body, message = REFUSED[name]
    begin = process_time()
    with pytest.raises(LlmspellError, match=message) as caught:
        await read(tmp_path, body)
    assert caught.value.kind == "network"
    assert process_time() - begin < 20


ODD: dict[str, str] = {
    "items that are empty": "<rss><channel>" + "<item/>" * 50_000 + "</channel></rss>",
    "many attributes": "<rss " + " ".join(f"a{number}='1'" for number in range(50_000)) + "><channel/></rss>",
    "many namespaces": "<rss " + " ".join(f"xmlns:a{number}='{number}'" for number in range(20_000)) + "><channel/></rss>",
    "a long text": "<rss><channel><title>" + "x" * 4_000_000 + "</title></channel></rss>",
    "markup that never ends": "<rss><channel><item><description>" + "&lt;b&gt;" * 20_000 + "</description></item></channel></rss>",
    "a link to a script": "<rss><channel><item><link>javascript:alert(1)</link></item></channel></rss>",
    "a link that is none": "<rss><channel><item><link>http://[::1</link></item></channel></rss>",
    "a long id": "<rss><channel><item><guid>" + "x" * 1_000_000 + "</guid></item></channel></rss>",
    "a date that is none": "<rss><channel><item><pubDate>" + "9" * 500 + "</pubDate></item></channel></rss>",
    "JSON of wrong types": json.dumps({"version": "https://jsonfeed.org/version/1", "title": [], "items": [{"url": 5, "tags": {}, "authors": 1, "date_published": {}}]}),
    "JSON without items": json.dumps({"version": "https://jsonfeed.org/version/1"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
async def test_what_is_odd_is_read_in_bounded_time_and_size(tmp_path: Path, name: str) -> None:
    begin = process_time()
    found = await read(tmp_path, ODD[name])
    assert process_time() - begin < 20
    assert len(str(found)) < 10_000
    assert "javascript:" not in str(found)


async def test_a_bomb_is_given_up(tmp_path: Path) -> None:
    body = gzip.compress(b"<rss>" + bytes(50_000_000))
    async with sending(head(f"Content-Length: {len(body)}", "Content-Encoding: gzip") + body) as server:
        with pytest.raises(LlmspellError, match=r"has more than 5242880 bytes"):
            await bench(tmp_path, server).call("rss_read", {"url": server.url()})


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server).call("rss_read", {"url": server.url()})
    assert caught.value.kind == "network"


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with serving(saying(RSS)) as server, serving(saying(RSS)) as other:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, other).call("rss_read", {"url": server.url()})
        assert f"--allow-net={server.place}" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", "2026-11-22T10:00:00+00:00"),
        ("22 Nov 26 10:00 -0500", "2026-11-22T10:00:00-05:00"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ("yesterday", "yesterday"),
        ("Sun, 99 Nov 2026 10:00:00 GMT", "Sun, 99 Nov 2026 10:00:00 GMT"),
        ("", ""),
    ],
)
def test_dates_become_iso_8601(text: str, date: str) -> None:
    assert iso(text) == date
