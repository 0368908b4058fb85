"""What is sent, what comes back, and what is told when nothing does."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web

from llmspell.errors import LlmspellError, TimedOut, UsageError
from llmspell.http import Http, Response
from llmspell.http.client import _check_library
from llmspell.http.connections import Connections
from llmspell.http.request import make_request
from llmspell.http.resolver import resolve

from .kit import Answer, asking, saying, sending, serving


async def test_a_request_arrives_as_it_was_described() -> None:
    async with serving(saying("done", status=201, headers={"X-A": "1"})) as server, asking("127.0.0.1") as tool:
        url = f"http://127.0.0.1:{server.port}/path?x=1#part"
        response = await tool.http.request(
            "PATCH", url, headers={"X-Own": "ü\ta"}, params={"q": "a b"}, body="übergabe"
        )
        [seen] = server.seen
    assert (seen.method, seen.path, seen.body) == ("PATCH", "/path?x=1&q=a+b", "übergabe".encode())
    assert seen.headers["x-own"] == "ü\ta"
    assert seen.headers["user-agent"].startswith("llmspell/")
    assert "content-type" not in seen.headers
    assert (response.status, response.ok, response.text(), response.headers["x-a"]) == (201, True, "done", "1")
    assert response.url == f"http://127.0.0.1:{server.port}/path?x=1&q=a+b"


async def test_json_is_sent_and_read() -> None:
    async def echo(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=await request.read(), content_type="application/json")

    data = {"name": "ü", "list": [1, 2.5, None, True]}
    async with serving(echo) as server, asking("127.0.0.1") as tool:
        response = await tool.http.post(f"http://127.0.0.1:{server.port}/", json=data)
        assert response.json() == data
        assert server.seen[0].headers["content-type"] == "application/json"
        own = {"Content-Type": "application/ld+json"}
        await tool.http.post(f"http://127.0.0.1:{server.port}/", json=data, headers=own)
        assert server.seen[1].headers["content-type"] == "application/ld+json"


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_status_that_says_failure_is_an_answer(status: int) -> None:
    async with serving(saying("why", status=status)) as server, asking("127.0.0.1") as tool:
        response = await tool.http.get(f"http://127.0.0.1:{server.port}/")
        assert (response.status, response.ok, response.text()) == (status, False, "why")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "get"}, r"the method is 'get'"),
        ({"method": "CONNECT"}, r"the method is 'CONNECT'"),
        ({"method": "TRACE"}, r"the method is 'TRACE'"),
        ({"method": "GET / HTTP/1.1\r\nHost: a"}, r"the method is 'GET / HTTP"),
        ({"body": b"a", "json": {}}, r"a request has both body and json"),
        ({"body": bytearray(b"a")}, r"a body is bytes or text, and not bytearray"),
        ({"body": {"a": 1}}, r"a body is bytes or text, and not dict"),
        ({"json": float("nan")}, r"the request's json cannot be written"),
        ({"json": {1}}, r"the request's json cannot be written: .* is not JSON serializable"),
        ({"headers": {"Host": "evil.test"}}, r"the header 'Host' cannot be set"),
        ({"headers": {"content-LENGTH": "5"}}, r"the header 'content-LENGTH' cannot be set"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, r"the header 'Transfer-Encoding' cannot be set"),
        ({"headers": {"Connection": "close"}}, r"the header 'Connection' cannot be set"),
        ({"headers": {"Accept-Encoding": "br"}}, r"the header 'Accept-Encoding' cannot be set"),
        ({"headers": {"Proxy-Authorization": "x"}}, r"the header 'Proxy-Authorization' cannot be set"),
        ({"headers": {"Expect": "100-continue"}}, r"the header 'Expect' cannot be set"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, r"the header 'x-a' is there twice"),
        ({"headers": {"X A": "1"}}, r"'X A' is no name of a header"),
        ({"headers": {"X-A\r\nHost": "1"}}, r"is no name of a header"),
        ({"headers": {"X-A:": "1"}}, r"'X-A:' is no name of a header"),
        ({"headers": {"": "1"}}, r"'' is no name of a header"),
        ({"headers": {"X-Ä": "1"}}, r"is no name of a header"),
        ({"headers": {5: "1"}}, r"5 is no name of a header"),
        ({"headers": {"X-A": "secret\r\nHost: evil.test"}}, r"the header 'X-A' holds a line break or another hidden"),
        ({"headers": {"X-A": "secret\0"}}, r"the header 'X-A' holds a line break or another hidden"),
        ({"headers": {"X-A": 5}}, r"the header 'X-A' is no text, but int"),
        ({"headers": {"X-A": "a" * 8_001}}, r"the header 'X-A' has more than 8000 bytes"),
        ({"headers": {f"X-{number}": "" for number in range(65)}}, r"a request has 65 headers, and at most 64"),
        ({"timeout": 0}, r"the timeout is 0"),
        ({"timeout": -1.0}, r"the timeout is -1.0"),
        ({"timeout": float("inf")}, r"the timeout is inf"),
        ({"timeout": float("nan")}, r"the timeout is nan"),
        ({"timeout": True}, r"the timeout is True"),
        ({"timeout": None}, r"the timeout is None"),
        ({"max_bytes": -1}, r"max_bytes is -1"),
        ({"max_bytes": 1.5}, r"max_bytes is 1.5"),
        ({"max_redirects": -1}, r"max_redirects is -1"),
        ({"max_redirects": True}, r"max_redirects is True"),
    ],
    ids=str,
)
async def test_what_cannot_be_sent_is_refused_before_anything_is(arguments: dict[str, Any], message: str) -> None:
    async with asking("*") as tool:
        with pytest.raises(UsageError, match=message) as caught:
            await tool.http.request(**{"method": "POST", "url": "http://a.test/", **arguments})
        assert "secret" not in caught.value.message
        assert (tool.names.asked, tool.events()) == ([], [])


def test_a_request_shows_neither_its_headers_nor_its_body() -> None:
    request = make_request("POST", "http://a.test/", headers={"X-Key": "hunter22"}, body="hunter23")
    assert "hunter" not in repr(request)


# Answers

CHARSETS = {
    "text/html": ("ü".encode(), "ü"),
    "text/html; charset=utf-8": ("ü".encode(), "ü"),
    "text/html; Charset=ISO-8859-1": (b"\xfc", "ü"),
    'text/html; charset="windows-1252"': (b"\x80", "€"),
    "text/html; charset=shift_jis": ("日本".encode("shift_jis"), "日本"),
    "text/html; charset=utf-16": ("日本".encode("utf-16"), "日本"),
    "text/html; charset=us-ascii": (b"a\xfc", "a\ufffd"),
    "text/html; charset=unknown-8": (b"a\xfc", "a\ufffd"),
    "text/html; charset=": (b"a\xfc", "a\ufffd"),
    "text/html; charset=zlib": (b"a", "a"),
    "text/html; charset=punycode": (b"a-b", "a-b"),
    "text/html; charset=idna": (b"a\xfc", "a\ufffd"),
    "text/html; charset=unicode_escape": (b"\\u0041", "\\u0041"),
    "text/html; charset=utf-7": (b"+AGE-", "+AGE-"),
    "text/html; charset=undefined": (b"a", "a"),
}


@pytest.mark.parametrize("kind", CHARSETS)
def test_text_is_decoded_as_its_type_says(kind: str) -> None:
    body, text = CHARSETS[kind]
    assert Response(200, {"content-type": kind}, body, "http://a.test/").text() == text


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b'{"a": }', b"\xff", b"[" * 100_000], ids=["page", "empty", "cut", "no text", "deep"]
)
def test_an_answer_that_is_no_json_is_told_without_its_secrets(body: bytes) -> None:
    answer = Response(502, {"content-type": "text/html"}, body, "http://a.test/?api_key=hunter22")
    with pytest.raises(
        LlmspellError, match=r"http://a\.test/\?api_key=\[redacted\] answered 502 with no JSON \(text/html\)"
    ) as caught:
        answer.json()
    assert (caught.value.kind, caught.value.details) == ("network", {"status": 502})


async def test_headers_of_one_name_are_joined() -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLink: <a>\r\nLINK: <b>\r\n\r\n"
    async with sending(sent) as port, asking("127.0.0.1") as tool:
        assert (await tool.http.get(f"http://127.0.0.1:{port}/")).headers["link"] == "<a>, <b>"


# Downloads


def streaming(*parts: bytes, status: int = 200) -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        return response

    return answer


async def test_a_download_goes_to_its_sink_in_parts() -> None:
    async with serving(streaming(*[bytes(100_000)] * 5)) as server, asking("127.0.0.1") as tool:
        parts: list[bytes] = []
        response = await tool.http.download(f"http://127.0.0.1:{server.port}/", parts.append, max_bytes=500_000)
        assert (response.body, sum(map(len, parts))) == (b"", 500_000)
        assert len(parts) > 1
        assert tool.events()[0].data["bytes"] == 500_000


async def test_a_sink_may_be_a_coroutine_function() -> None:
    parts: list[bytes] = []

    async def keep(part: bytes) -> None:
        await asyncio.sleep(0)
        parts.append(part)

    async with serving(saying("hello")) as server, asking("127.0.0.1") as tool:
        await tool.http.download(f"http://127.0.0.1:{server.port}/", keep, max_bytes=5)
    assert b"".join(parts) == b"hello"


async def test_a_download_ends_where_it_becomes_too_large() -> None:
    async with serving(streaming(*[bytes(50_000)] * 10)) as server, asking("127.0.0.1") as tool:
        parts: list[bytes] = []
        with pytest.raises(LlmspellError, match="has more than 120000 bytes"):
            await tool.http.download(f"http://127.0.0.1:{server.port}/", parts.append, max_bytes=120_000)
        assert sum(map(len, parts)) <= 120_000


async def test_what_is_no_success_does_not_go_to_the_sink() -> None:
    async with serving(saying("no such file", status=404)) as server, asking("127.0.0.1") as tool:
        parts: list[bytes] = []
        response = await tool.http.download(f"http://127.0.0.1:{server.port}/", parts.append, max_bytes=100)
        assert (parts, response.text()) == ([], "no such file")


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), TimeoutError("the sink's own"), ValueError("odd")]
)
async def test_what_a_sink_raises_is_raised_as_it_is(error: Exception) -> None:
    def full(part: bytes) -> None:
        raise error

    async with serving(saying("hello")) as server, asking("127.0.0.1") as tool:
        with pytest.raises(type(error)) as caught:
            await tool.http.download(f"http://127.0.0.1:{server.port}/", full, max_bytes=100)
        assert caught.value is error
        assert tool.events()[0].data["error"] == "internal"


# What goes wrong


async def test_the_whole_request_is_timed() -> None:
    parts = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"a"] * 999]
    async with sending(*parts, pause=0.05) as port, asking("127.0.0.1") as tool:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(TimedOut, match=rf"GET {url} took longer than 0\.3 seconds") as caught:
            await tool.http.get(url, timeout=0.3)
        assert (caught.value.kind, caught.value.retryable) == ("timeout", True)
        [event] = tool.events()
        assert (event.data["status"], event.data["error"]) == (200, "timeout")


async def test_redirects_share_one_time() -> None:
    async def slow(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return web.Response(status=302, headers={"Location": "/next"})

    async with serving(slow) as server, asking("127.0.0.1") as tool:
        with pytest.raises(TimedOut):
            await tool.http.get(f"http://127.0.0.1:{server.port}/", timeout=0.5)
        assert 2 <= len(server.seen) <= 3


async def test_a_resolver_that_does_not_answer_is_timed_too() -> None:
    async def never(host: str, port: int) -> tuple[()]:
        await asyncio.sleep(60)
        return ()

    async with asking("*") as tool:
        http = Http(
            tool.run.root,
            lambda kind, data: tool.run.log.append(kind, "run", data),
            Connections(tool.run.spawn, asyncio.get_running_loop()),
            never,
        )
        with pytest.raises(TimedOut, match=r"GET http://a\.test/ took longer than 0\.1 seconds"):
            await http.get("http://a.test/", timeout=0.1)
        assert tool.events()[0].data["error"] == "timeout"


async def test_a_cancelled_request_stops_and_is_recorded_as_such() -> None:
    async with sending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", pause=30) as port, asking("127.0.0.1") as tool:
        task = asyncio.ensure_future(tool.http.get(f"http://127.0.0.1:{port}/"))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert tool.events()[0].data["error"] == "cancelled"


async def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with asking("127.0.0.1") as tool:
        with pytest.raises(LlmspellError, match=rf"'127.0.0.1:{port}' cannot be reached: connection refused") as caught:
            await tool.http.get(f"http://127.0.0.1:{port}/?token=hunter22")
        assert (caught.value.kind, caught.value.retryable) == ("network", True)
        assert "hunter22" not in caught.value.message
        assert tool.events()[0].data["error"] == "network"


@pytest.mark.parametrize(("number", "passing"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, True)])
async def test_a_name_that_is_not_known_is_told(number: int, passing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(host: str, port: int, **options: object) -> None:
        raise socket.gaierror(number, "nobody knows it")

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    with pytest.raises(LlmspellError, match=r"the host 'a\.test' is not known: nobody knows it") as caught:
        await resolve("a.test", 80)
    assert (caught.value.kind, caught.value.retryable) == ("network", passing)
    assert caught.value.hint == "check its spelling, and the network"


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"], ids=["before the head", "in the body"]
)
async def test_a_connection_that_is_reset_is_told(head: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        await writer.drain()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server, asking("127.0.0.1") as tool:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(
            LlmspellError, match=rf"http://127.0.0.1:{port}/: the (connection was lost|answer broke off)"
        ) as caught:
            await tool.http.post(f"http://127.0.0.1:{port}/", body=b"a")
        assert (caught.value.kind, caught.value.retryable) == ("network", True)


async def test_the_system_s_resolver_gives_addresses() -> None:
    assert [str(address) for address in await resolve("127.0.0.1", 80)] == ["127.0.0.1"]


@pytest.mark.parametrize("missing", ["aiohttp", "idna"])
async def test_a_missing_library_is_told_with_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _check_library.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    async with asking("*") as tool:
        with pytest.raises(LlmspellError, match=f"{missing} is not installed") as caught:
            await tool.http.get("http://a.test/")
    assert (caught.value.kind, caught.value.hint) == ("plugin", 'pip install "llmspell[http]"')


async def test_a_hundred_requests_at_once_are_all_answered() -> None:
    async with serving(saying("hello")) as server, asking("127.0.0.1") as tool:
        url = f"http://127.0.0.1:{server.port}/"
        answers = await asyncio.gather(*(tool.http.get(url, params={"n": number}) for number in range(100)))
        assert {answer.text() for answer in answers} == {"hello"}
        assert len({seen.path for seen in server.seen}) == 100


async def test_what_an_event_tells_is_data() -> None:
    async with serving(saying("hello")) as server, asking("127.0.0.1") as tool:
        await tool.http.post(
            f"http://127.0.0.1:{server.port}/?key=hunter22",
            headers={"Authorization": "Bearer hunter23"},
            body="hunter24",
        )
        [event] = tool.events()
    assert set(event.data) == {"method", "url", "status", "bytes", "seconds"}
    assert isinstance(event.data, Mapping)
    assert "hunter" not in json.dumps(dict(event.data))
