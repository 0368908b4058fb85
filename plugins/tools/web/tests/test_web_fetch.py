"""web_fetch: pages as text."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError

from .contract import NO_URLS, AskingContract
from .kit import BROKEN, bench, called, head, saying, sending, sending_to, serving, site

PAGE = """<!doctype html><html lang="en-GB"><head><title> A &amp; B </title><base href="/deep/"></head><body>
<nav><a href="/home">Home</a></nav><main><h1>Title</h1><p>Some <b>text</b> with <a href="one#part">a link</a>,
<a href="//other.test/x">another</a> and <a href="javascript:alert(1)">none</a>.</p></main></body></html>"""


class TestWebFetchContract(AskingContract):
    name = "web_fetch"
    answer = staticmethod(saying(PAGE))
    bad = (*NO_URLS, {"url": "http://a.test/", "max_chars": 5}, {"url": "http://a.test/", "offset": -1})


async def test_a_page_is_answered_as_its_main_text(tmp_path: Path) -> None:
    found = await called(tmp_path, saying(PAGE), "web_fetch")
    assert found.pop("url").startswith("http://127.0.0.1:")
    assert found == {
        "title": "A & B",
        "language": "en-GB",
        "content_type": "text/html",
        "text": "# Title\n\nSome **text** with a link, another and none.",
        "length": 53,
        "truncated": False,
    }


async def test_the_whole_page_is_answered_on_request(tmp_path: Path) -> None:
    assert (await called(tmp_path, saying(PAGE), "web_fetch", whole=True))["text"].startswith("Home\n\n# Title")


async def test_links_are_absolute_and_lead_to_the_web(tmp_path: Path) -> None:
    async with serving(saying(PAGE)) as server:
        found = await bench(tmp_path, server).call("web_fetch", {"url": server.url("/a/b"), "links": True})
    assert found["links"] == [
        {"url": server.url("/deep/one"), "text": "a link"},
        {"url": "http://other.test/x", "text": "another"},
    ]
    assert found["links_truncated"] is False


async def test_many_links_are_cut_and_it_says_so(tmp_path: Path) -> None:
    page = "".join(f"<p><a href=/{number}>x</a>" for number in range(600))
    found = await called(tmp_path, saying(page), "web_fetch", links=True, whole=True)
    assert (len(found["links"]), found["links_truncated"]) == (500, True)


async def test_a_long_text_is_read_in_parts(tmp_path: Path) -> None:
    async with serving(saying("<p>" + "0123456789" * 30)) as server:
        tool = bench(tmp_path, server)
        first = await tool.call("web_fetch", {"url": server.url(), "max_chars": 200})
        second = await tool.call("web_fetch", {"url": server.url(), "max_chars": 200, "offset": 200})
        assert (len(first["text"]), first["length"], first["truncated"]) == (200, 300, True)
        assert (len(second["text"]), second["truncated"]) == (100, False)
        with pytest.raises(UsageError, match=r"has 300 characters, and the offset is 300$"):
            await tool.call("web_fetch", {"url": server.url(), "offset": 300})


@pytest.mark.parametrize(
    ("kind", "text"),
    [("text/plain", "a < b\n"), ("application/json; charset=utf-8", '{"a": "ü"}'), ("image/svg+xml", "<svg/>")],
)
async def test_text_that_is_no_page_is_answered_as_it_is(tmp_path: Path, kind: str, text: str) -> None:
    found = await called(tmp_path, saying(text, kind), "web_fetch")
    assert (found["text"], found["content_type"]) == (text, kind.partition(";")[0])


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream"])
async def test_what_is_no_text_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UsageError, match=rf"is no page: it is {kind}$") as caught:
        await called(tmp_path, saying(b"\x89PNG\0", kind), "web_fetch")
    assert caught.value.hint == "save it with download"


async def test_data_without_a_type_is_refused(tmp_path: Path) -> None:
    async with sending(head("Content-Length: 4") + b"\x89P\0\0") as server:
        with pytest.raises(UsageError, match=r"is no page: it is data without a type"):
            await bench(tmp_path, server).call("web_fetch", {"url": server.url()})


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [(404, "not_found", False), (410, "not_found", False), (403, "network", False), (503, "network", True)],
)
async def test_a_failure_of_the_server_is_an_error(tmp_path: Path, status: int, kind: str, retryable: bool) -> None:
    with pytest.raises(LlmspellError, match=rf"^http://127\.0\.0\.1:\d+/ answered {status} [A-Z]") as caught:
        await called(tmp_path, saying("no", status=status), "web_fetch")
    assert (caught.value.kind, caught.value.retryable, caught.value.details) == (kind, retryable, {"status": status})


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with serving(saying(PAGE)) as server, serving(saying(PAGE)) as other:
        with pytest.raises(PermissionDenied, match=r"not") as caught:
            await bench(tmp_path, other).call("web_fetch", {"url": server.url()})
        assert f"--allow-net={server.place}" in caught.value.hint
        assert server.seen == []


async def test_a_redirect_to_a_private_address_is_not_followed(tmp_path: Path) -> None:
    async with serving(saying("secret")) as inside, serving(sending_to(inside.url())) as server:
        with pytest.raises(PermissionDenied, match=r"that is not reached unless it is granted by name|not allow"):
            await bench(tmp_path, server, allow={"net": [server.place, "*"]}).call("web_fetch", {"url": server.url()})
        assert inside.seen == []


async def test_a_circle_of_redirects_ends(tmp_path: Path) -> None:
    with pytest.raises(LlmspellError, match=r"redirects once more, after 5 redirects"):
        await called(tmp_path, sending_to("/"), "web_fetch")


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server).call("web_fetch", {"url": server.url()})
    assert caught.value.kind == "network"


@pytest.mark.parametrize(
    "body", [gzip.compress(bytes(50_000_000)), gzip.compress(b"<div>" * 5_000_000)], ids=["zeros", "tags"]
)
async def test_a_bomb_is_given_up(tmp_path: Path, body: bytes) -> None:
    answer = head(f"Content-Length: {len(body)}", "Content-Encoding: gzip", "Content-Type: text/html") + body
    async with sending(answer) as server:
        with pytest.raises(LlmspellError, match=r"has more than 4194304 bytes"):
            await bench(tmp_path, server).call("web_fetch", {"url": server.url()})


async def test_a_page_of_too_many_elements_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LlmspellError, match=r"has more than 100000 elements"):
        await called(tmp_path, saying("<b>" * 100_001), "web_fetch")


PAGES = {
    "utf-8": ("<p>ü".encode(), "text/html", "ü"),
    "header": ("<p>ü".encode("latin-1"), "text/html; charset=ISO-8859-1", "ü"),
    "meta": (b"<meta charset=windows-1251><p>" + "да".encode("cp1251"), "text/html", "да"),
    "http-equiv": (b'<meta http-equiv=a content="text/html; charset=shift_jis">' + "日本".encode("cp932"), "text/html", "日本"),
    "mark": (b"\xef\xbb\xbf<p>" + "ü".encode(), "text/html; charset=latin-1", "ü"),
    "mark of utf-16": ("\ufeff<p>日".encode("utf-16-le"), "text/html", "日"),
    "none of them": (b"<p>caf\xe9 \x80", "text/html", "café €"),
    "a false one": (b"<meta charset=utf-16><p>caf\xc3\xa9", "text/html", "café"),
    "an unknown one": ("<meta charset=nonsense><p>é".encode(), "text/html; charset=none", "é"),
    "one that is no encoding of text": ("<p>é".encode(), "text/html; charset=base64", "é"),
    "one that takes quadratic time": (b"<p>a-b", "text/html; charset=punycode", "a-b"),
    "broken": (b"<p>a\xff", "text/html; charset=utf-8", "a\ufffd"),
    "gb2312": (b"<meta charset=gb2312><p>" + "漢€".encode("gb18030"), "text/html", "漢€"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_read_in_its_encoding(tmp_path: Path, name: str) -> None:
    body, kind, text = PAGES[name]
    assert (await called(tmp_path, site({"/": saying(body, kind)}), "web_fetch"))["text"] == text
