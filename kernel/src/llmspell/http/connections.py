"""The connections of a run: to the addresses that were checked, and to nothing that a name may mean by now.

Each is made to an address and not to a name, so nothing is looked up after the check, and one that is kept open is
used again only for a request that may go to that very address. The server still proves that it is the name's.

aiohttp is imported with the first request. Nothing of the environment is used: no proxy, no `.netrc`; and no cookie is
kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from llmspell.errors import Cancelled, UsageError
from llmspell.http.body import ACCEPTED
from llmspell.http.faults import explained
from llmspell.http.request import Request
from llmspell.http.url import Address, place

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import ClientResponse, ClientSession

    from llmspell.run import Run

_MOST = 100  # connections at once; more requests wait
_KEPT = 5.0  # seconds that an idle connection stays open
_TRIED = 4  # addresses of one name
_CONNECT = 10.0  # seconds for one address
_LINE = 8_190  # bytes of a status line or header
_HEADERS = 128
_BUFFER = 64 * 1024  # bytes that arrive before they are wanted

_of_runs: WeakKeyDictionary[Run, Connections] = WeakKeyDictionary()


def connections_of(run: Run, loop: asyncio.AbstractEventLoop) -> Connections:
    """The connections of a run, whose event loop this is; they are closed when it ends."""
    found = _of_runs.get(run)
    if found is None:
        found = _of_runs[run] = Connections(run.spawn, loop)
    return found


class Connections:
    """Keeps connections open between requests, for as long as a task of its own lives.

    Args:
        spawn: starts that task, and cancels it when the connections are to be closed.
        loop: where they live, and the only place where they can be used.
        tls: how servers are trusted; None trusts the authorities that the system trusts.
    """

    def __init__(
        self,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        loop: asyncio.AbstractEventLoop,
        tls: SSLContext | None = None,
    ) -> None:
        self._spawn = spawn
        self._loop = loop
        self._tls = tls
        self._session: asyncio.Future[ClientSession] | None = None

    def trust(self) -> SSLContext:
        """How servers are trusted that are connected to without HTTP."""
        from ssl import create_default_context

        return self._tls or create_default_context()

    @asynccontextmanager
    async def send(self, request: Request, addresses: Sequence[Address]) -> AsyncIterator[ClientResponse]:
        """The answer of the first address that takes a connection, once its head is there; redirects are not followed.

        Raises:
            LlmspellError: no address can be reached, the server is not the host's, or it speaks no HTTP; of kind
                `network`.
        """
        with explained(request.url):
            answer = await self._first(request, addresses[:_TRIED])
        async with answer:
            yield answer

    async def _first(self, request: Request, addresses: Sequence[Address]) -> ClientResponse:
        import aiohttp

        *others, last = addresses
        for address in others:
            try:
                return await self._ask(request, address)
            except aiohttp.ClientSSLError:
                raise
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                continue  # nothing was sent
        return await self._ask(request, last)

    async def _ask(self, request: Request, address: Address) -> ClientResponse:
        from aiohttp import ClientTimeout
        from yarl import URL

        url = request.url
        secure = url.scheme == "https"
        session = await self._open()
        return await session.request(
            request.method,
            URL(f"{url.scheme}://{place(address, url.port)}{url.target}", encoded=True),
            headers={"host": url.authority, "accept-encoding": ACCEPTED, **request.headers},
            data=request.body,
            allow_redirects=False,
            server_hostname=url.host if secure and url.address is None else None,
            timeout=ClientTimeout(total=None, sock_connect=_CONNECT),
        )

    async def _open(self) -> ClientSession:
        if asyncio.get_running_loop() is not self._loop:
            raise UsageError("a request was made outside the run's event loop", hint="make the tool's run an async def")
        if self._session is None:
            self._session = self._loop.create_future()
            self._spawn(self._hold(self._session))
        session = await asyncio.shield(self._session)  # others may wait for it, when this request is cancelled
        if session.closed:
            raise Cancelled("the run has ended")
        return session

    async def _hold(self, opened: asyncio.Future[ClientSession]) -> None:
        """Open, and close when this is cancelled; a run cancels what it has spawned, and waits for it."""
        async with self._made() as session:
            opened.set_result(session)
            await asyncio.Event().wait()

    def _made(self) -> ClientSession:
        import aiohttp

        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=_MOST, keepalive_timeout=_KEPT, use_dns_cache=False, ssl=self._tls or True
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("content-type",),
            auto_decompress=False,
            trust_env=False,
            read_bufsize=_BUFFER,
            max_line_size=_LINE,
            max_field_size=_LINE,
            max_headers=_HEADERS,
        )
