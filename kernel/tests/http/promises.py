"""What the guard promises, each as a coroutine function that fails when it is broken; `test_mutants` breaks them.

Each is given `kit` as it is at the time, so that it meets the package as it is at the time.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any
from unittest.mock import patch

from aiohttp import web

from llmspell.errors import PermissionDenied, UsageError

Promise = Callable[[Any], Coroutine[Any, Any, None]]
PUBLIC = "93.184.216.34"


def refuses(url: str, *net: str, **options: Any) -> Promise:
    """That a URL is refused."""

    async def promise(kit: Any) -> None:
        async with kit.asking(*net, **options) as tool:
            assert isinstance(await kit.failure(tool.permit(url)), PermissionDenied)

    return promise


def not_asked(url: str, *net: str, **options: Any) -> Promise:
    """That a URL is refused before its host is looked up."""

    async def promise(kit: Any) -> None:
        async with kit.asking(
            *net, names={name: [[PUBLIC]] for name in ("a.test", "localhost", "metadata.goog")}, **options
        ) as tool:
            assert isinstance(await kit.failure(tool.permit(url)), PermissionDenied)
            assert tool.names.asked == []

    return promise


def cannot_send(because: str = "", **arguments: Any) -> Promise:
    """That a request is refused as it stands."""

    async def promise(kit: Any) -> None:
        async with kit.asking("*", names={"a.test": [[]]}) as tool:
            error = await kit.failure(tool.http.request(**{"method": "GET", "url": "http://a.test/", **arguments}))
            assert isinstance(error, UsageError)
            assert because in error.message

    return promise


def too_much(sent: bytes, at_most: int = 0) -> Promise:
    """That more than 1,000 bytes are an error, after `at_most` bytes of body."""

    async def promise(kit: Any) -> None:
        async with kit.sending(sent) as port, kit.asking("127.0.0.1") as tool:
            error = await kit.failure(tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=1_000))
            assert error is not None
            assert "has more than 1000 bytes" in error.message
            assert tool.events()[0].data["bytes"] <= at_most

    return promise


def unreadable(sent: bytes) -> Promise:
    """That an answer is an error."""

    async def promise(kit: Any) -> None:
        async with kit.sending(sent) as port, kit.asking("127.0.0.1") as tool:
            assert await kit.failure(tool.http.get(f"http://127.0.0.1:{port}/")) is not None

    return promise


def _answer(body: bytes, *lines: str, length: int | None = None) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body) if length is None else length}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


async def connects_to_what_was_checked(kit: Any) -> None:
    names = {"a.test": [["127.0.0.1"]]}
    async with kit.serving(kit.saying("checked")) as server, kit.asking("*", "127.0.0.1", names=names) as tool:
        with patch.object(socket, "getaddrinfo", side_effect=socket.gaierror("nobody may look it up")):
            assert (await tool.http.get(f"http://a.test:{server.port}/")).text() == "checked"


async def connects_bare_to_what_was_checked(kit: Any) -> None:
    names = {"a.test": [["127.0.0.1"]]}
    async with kit.sending() as port, kit.asking("*", "127.0.0.1", names=names) as tool:
        with patch.object(socket, "getaddrinfo", side_effect=socket.gaierror("nobody may look it up")):
            async with tool.http.connect("a.test", port) as stream:
                await stream.write(b"\r\n\r\n")
                assert await stream.read(1) == b""


async def checks_bare_connections(kit: Any) -> None:
    async with kit.sending() as port, kit.asking("*") as tool:
        error = None
        try:
            async with tool.http.connect("127.0.0.1", port):
                pass
        except PermissionDenied as cause:
            error = cause
        assert error is not None


def hears_too_much(sent: bytes, because: str) -> Promise:
    """That a bare connection is dropped."""

    async def talk(kit: Any) -> None:
        async with (
            kit.sending(sent) as port,
            kit.asking("127.0.0.1") as tool,
            tool.http.connect("127.0.0.1", port, max_bytes=500) as stream,
        ):
            await stream.write(b"\r\n\r\n")
            while await stream.read_line(100):
                pass

    async def promise(kit: Any) -> None:
        error = await kit.failure(talk(kit))
        assert error is not None
        assert because in error.message

    return promise


async def forgets_what_came_in_the_clear(kit: Any) -> None:
    async def talk() -> None:
        async with (
            kit.sending(b"go\n", b"injected") as port,
            kit.asking("127.0.0.1") as tool,
            tool.http.connect("127.0.0.1", port) as stream,
        ):
            await stream.write(b"\r\n\r\n")
            await stream.read_line()
            await asyncio.sleep(0.05)
            await stream.start_tls()

    error = await kit.failure(talk())
    assert error is not None
    assert "pass for encrypted" in error.message


async def cuts_what_is_longer(kit: Any) -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(200_000))
    async with kit.sending(sent) as port, kit.asking("127.0.0.1") as tool:
        answer = await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=1_000, cut=True)
        assert (len(answer.body), answer.truncated) == (1_000, True)


async def looks_up_again(kit: Any) -> None:
    names = {"a.test": [["127.0.0.1"], ["10.0.0.1"]]}
    async with kit.serving(kit.saying()) as server, kit.asking("*", "127.0.0.1", names=names) as tool:
        assert await kit.failure(tool.http.get(f"http://a.test:{server.port}/")) is None
        assert await kit.failure(tool.http.get(f"http://a.test:{server.port}/")) is not None


async def checks_redirects(kit: Any) -> None:
    async with (
        kit.serving(kit.saying()) as other,
        kit.serving(kit.sending_to(f"http://127.0.0.1:{other.port}/")) as server,
    ):
        async with kit.asking(f"127.0.0.1:{server.port}") as tool:
            assert isinstance(await kit.failure(tool.http.get(f"http://127.0.0.1:{server.port}/")), PermissionDenied)
        assert other.seen == []


async def counts_redirects(kit: Any) -> None:
    async def on(request: web.BaseRequest) -> web.StreamResponse:
        left = int(request.raw_path[1:])
        return web.Response(status=302, headers={"Location": f"/{left - 1}"}) if left else web.Response()

    async with kit.serving(on) as server, kit.asking("127.0.0.1") as tool:
        assert await kit.failure(tool.http.get(f"http://127.0.0.1:{server.port}/5")) is None
        assert await kit.failure(tool.http.get(f"http://127.0.0.1:{server.port}/6")) is not None


async def keeps_credentials(kit: Any) -> None:
    async with (
        kit.serving(kit.saying()) as other,
        kit.serving(kit.sending_to(f"http://127.0.0.1:{other.port}/")) as server,
    ):
        async with kit.asking("127.0.0.1") as tool:
            await tool.http.get(f"http://127.0.0.1:{server.port}/", headers={"X-Key": "hunter22"})
        assert "x-key" in server.seen[0].headers
        assert "x-key" not in other.seen[0].headers


async def stays_with_https(kit: Any) -> None:
    from llmspell.http.request import make_request, redirected

    try:
        redirected(make_request("GET", "https://a.test/"), 302, "http://a.test/")
    except PermissionDenied:
        return
    raise AssertionError


async def uses_no_proxy(kit: Any) -> None:
    async with kit.serving(kit.saying("proxy")) as proxy, kit.serving(kit.saying("direct")) as server:
        with patch.dict(os.environ, {"http_proxy": f"http://127.0.0.1:{proxy.port}", "no_proxy": ""}):
            async with kit.asking("127.0.0.1") as tool:
                assert (await tool.http.get(f"http://127.0.0.1:{server.port}/")).text() == "direct"


async def is_in_time(kit: Any) -> None:
    async with kit.sending(_answer(b"", length=9), pause=1) as port, kit.asking("127.0.0.1") as tool:
        error = await asyncio.wait_for(kit.failure(tool.http.get(f"http://127.0.0.1:{port}/", timeout=0.05)), 0.8)
        assert error is not None
        assert error.kind == "timeout"


async def keeps_errors_out_of_the_sink(kit: Any) -> None:
    async with kit.serving(kit.saying("no", status=404)) as server, kit.asking("127.0.0.1") as tool:
        parts: list[bytes] = []
        await tool.http.download(f"http://127.0.0.1:{server.port}/", parts.append, max_bytes=10)
        assert parts == []


async def tells_no_secret(kit: Any) -> None:
    async with kit.serving(kit.saying()) as server, kit.asking("127.0.0.1") as tool:
        await tool.http.get(f"http://127.0.0.1:{server.port}/?apiKey=x1")
        assert "x1" not in str(tool.events()[0].data)


async def tells_refused_requests(kit: Any) -> None:
    async with kit.asking("*") as tool:
        await kit.failure(tool.http.get("http://10.0.0.1/"))
        assert [event.kind for event in tool.events("**") if event.kind in ("permission.denied", "http.request")] == [
            "permission.denied",
            "http.request",
        ]


PROMISES: dict[str, Promise] = {
    "a name must be granted": not_asked("http://a.test/", "b.test"),
    "localhost must be granted by name": not_asked("http://localhost/", "*"),
    "a metadata name must be granted by name": not_asked("http://metadata.goog/", "*", "*.goog"),
    "a private address must be granted": refuses("http://10.0.0.1/", "*"),
    "a wide network grants no private address": refuses("http://10.0.0.1/", "0.0.0.0/0"),
    "a network grants no metadata address": refuses("http://169.254.169.254/", "169.254.0.0/16"),
    "a metadata address of a public block is refused": refuses("http://168.63.129.16/", "*"),
    "a carried metadata address is one": refuses("http://[64:ff9b::169.254.169.254]/", "64:ff9b::/96", "*"),
    "every address must pass": refuses("http://a.test/", "*", names={"a.test": [[PUBLIC, "10.0.0.1"]]}),
    "a denied address stays denied": refuses("http://a.test/", "*", deny=[PUBLIC], names={"a.test": [[PUBLIC]]}),
    "a denied address is denied in any form": refuses(f"http://[64:ff9b::{PUBLIC}]/", "*", deny=[PUBLIC]),
    "a denied loopback is no localhost": refuses("http://localhost/", "localhost", deny=["::1"]),
    "less is less": refuses("http://a.test/", "*", "10.0.0.1", names={"a.test": [["10.0.0.1"]]}, held_to=["a.test"]),
    "NAT64 hides nothing": refuses("http://[64:ff9b::10.0.0.1]/", "*"),
    "6to4 hides nothing": refuses("http://[2002:a00:1::]/", "*"),
    "a mapped address hides nothing": refuses("http://[::ffff:10.0.0.1]/", "*"),
    "ISATAP hides nothing": refuses("http://[2600::200:5efe:10.0.0.1]/", "*"),
    "unassigned addresses are refused": refuses("http://[4000::1]/", "*"),
    "a user name is no part of a URL": cannot_send("a user name", url="http://user@a.test/"),
    "a backslash is no part of a URL": cannot_send(url="http://a.test/\\a"),
    "a line break is no part of a URL": cannot_send(url="http://a.test/\nHost: b"),
    "only http is spoken": cannot_send(url="ftp://a.test/"),
    "an address has one form": cannot_send(url="http://127.1/"),
    "a host has one last dot": cannot_send(url="http://127.0.0.1../"),
    "an address has plain digits": cannot_send(url="http://１.1.1.1/"),
    "a URL is bounded": cannot_send(url="http://a.test/#" + "a" * 9_000),
    "parameters are bounded": cannot_send(params={"a": "a" * 9_000}),
    "a port is one": cannot_send(url="http://[::1]x80/"),
    "a method is one": cannot_send(method="CONNECT"),
    "framing is ours": cannot_send(headers={"Content-Length": "1"}),
    "a proxy is not spoken to": cannot_send(headers={"Proxy-Authorization": "a"}),
    "a header is one line": cannot_send(headers={"X-A": "a\r\nHost: b"}),
    "a header's name is a name": cannot_send(headers={"X-A: a": "a"}),
    "a header is there once": cannot_send(headers={"X-A": "a", "x-a": "a"}),
    "redirects are at most five": cannot_send(max_redirects=6),
    "time is bounded": cannot_send(timeout=float("inf")),
    "what comes out is bounded": too_much(_answer(gzip.compress(bytes(60_000)), "Content-Encoding: gzip"), 1_000),
    "what arrives is bounded": too_much(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"") * 4_000),
    "what is promised is bounded": too_much(_answer(b"", length=10**9)),
    "an odd encoding is refused": unreadable(_answer(b"a", "Content-Encoding: br")),
    "half a body is none": unreadable(_answer(gzip.compress(bytes(50))[:-9], "Content-Encoding: gzip")),
    "what was checked is connected to": connects_to_what_was_checked,
    "a bare connection is checked": checks_bare_connections,
    "a bare connection goes to what was checked": connects_bare_to_what_was_checked,
    "a line is bounded": hears_too_much(b"a" * 300, "a line of more than 100 bytes"),
    "a conversation is bounded": hears_too_much(b"a\n" * 300, "more than 500 bytes"),
    "nothing in the clear passes for encrypted": forgets_what_came_in_the_clear,
    "what is cut is cut": cuts_what_is_longer,
    "each request is checked": looks_up_again,
    "each redirect is checked": checks_redirects,
    "redirects are counted": counts_redirects,
    "credentials stay with their origin": keeps_credentials,
    "https stays https": stays_with_https,
    "no proxy is used": uses_no_proxy,
    "time is up": is_in_time,
    "errors are no downloads": keeps_errors_out_of_the_sink,
    "events tell no secret": tells_no_secret,
    "refused requests are told": tells_refused_requests,
}  # fmt: skip
