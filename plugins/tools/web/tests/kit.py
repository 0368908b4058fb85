"""Servers on the loopback that answer as they are told, and tools that may ask them and nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from llmspell.errors import LlmspellError
from llmspell.testing.bench import Bench
from llmspell.testing.loopback import Answer as Handler
from llmspell.testing.loopback import Seen, Server, sending, serving

__all__ = ["Handler", "Seen", "Server", "sending", "serving"]


def saying(body: bytes | str = b"", kind: str = "text/html", status: int = 200, **headers: str) -> Handler:
    """The same answer to everything."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        named = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return web.Response(
            body=body.encode() if isinstance(body, str) else body,
            status=status,
            headers={name: value for name, value in named.items() if value},
        )

    return answer


def site(pages: Mapping[str, Handler | bytes | str], kind: str = "text/html") -> Handler:
    """An answer to each path, and 404 to the others."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        page = pages.get(request.raw_path)
        if page is None:
            return web.Response(status=404)
        return await (page if callable(page) else saying(page, kind))(request)

    return answer


def sending_to(location: str, status: int = 302) -> Handler:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": location})

    return answer


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def bench(folder: Path, *servers: Server, allow: Mapping[str, Iterable[str]] | None = None, **options: Any) -> Bench:
    """What may ask these servers."""
    return Bench(folder, allow={"net": [server.place for server in servers], **(allow or {})}, **options)


async def called(folder: Path, answer: Handler, tool: str, path: str = "/", **arguments: Any) -> Any:
    """What a tool answers about a path of such a server."""
    async with serving(answer) as server:
        return await bench(folder, server).call(tool, {"url": server.url(path), **arguments})


async def failure(waiting: Awaitable[object]) -> LlmspellError | None:
    """The error that something ends with; None when it succeeds."""
    try:
        await waiting
    except LlmspellError as error:
        return error
    return None


BROKEN = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "fewer bytes than promised": head("Content-Length: 99") + b"<html>",
    "too great a promise": head(f"Content-Length: {10**15}"),
    "two lengths": head("Content-Length: 5", "Content-Length: 6") + b"hello!",
    "a chunk that is none": head("Transfer-Encoding: chunked") + b"zz\r\nhello\r\n",
    "chunks without an end": head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n",
    "gzip that is none": head("Content-Encoding: gzip", "Content-Length: 5") + b"hello",
    "an encoding nobody asked for": head("Content-Encoding: br", "Content-Length: 5") + b"hello",
    "many headers": head(*[f"X-{number}: a" for number in range(500)], "Content-Length: 0"),
    "a long header": head("X-Long: " + "a" * 20_000, "Content-Length: 0"),
}
"""What servers answer that are broken or hostile; none of it is an answer to read."""
