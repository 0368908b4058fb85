"""Small servers on the loopback interface, for tests of what asks them. Needs the extra `llmspell[testing]`.

serving   answers requests of HTTP as a function says, and keeps what it was asked
sending   answers anything with given bytes: broken and hostile answers
talking   any other protocol: a function of a reader and a writer

Each has a port of its own, is stopped when its block ends, and may be reached with the grant `net = [server.place]`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from ssl import SSLContext

import attrs
from aiohttp import web

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@attrs.frozen
class Seen:
    """A request as it arrived; header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@attrs.frozen
class Server:
    """A server on 127.0.0.1, and what it was asked."""

    port: int
    seen: list[Seen] = attrs.field(factory=list)

    @property
    def place(self) -> str:
        """Its address and port, as permissions name them."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Where a path of it is."""
        return f"http://{self.place}{path}"


@asynccontextmanager
async def serving(answer: Answer, *, host: str = "127.0.0.1", tls: SSLContext | None = None) -> AsyncIterator[Server]:
    """A server of HTTP, or with `tls` of HTTPS."""
    seen: list[Seen] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append(Seen(request.method, request.raw_path, headers, await request.read()))
        return await answer(request)

    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, 0, ssl_context=tls).start()
        yield Server(runner.addresses[0][1], seen)
    finally:
        await runner.cleanup()


@asynccontextmanager
async def sending(*parts: bytes, pause: float = 0.0) -> AsyncIterator[Server]:
    """A server that answers anything with these bytes, `pause` seconds after each, and then closes the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    async with talking(talk) as port:
        yield Server(port)


@asynccontextmanager
async def talking(talk: Talk, tls: SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that talks so, and closes the connection when it has nothing more to say."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked has heard enough
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
