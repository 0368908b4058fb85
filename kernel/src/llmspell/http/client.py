"""HTTP for tools: `await context.http.get("https://api.example.com/prices")`."""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import attrs

from llmspell.approvals.clocks import Stoppable
from llmspell.errors import LlmspellError, TimedOut, UsageError
from llmspell.gate.operation import Operation
from llmspell.http.body import Bound, pieces
from llmspell.http.connections import Connections
from llmspell.http.egress import Egress
from llmspell.http.record import Exchange, recorded
from llmspell.http.request import REDIRECTS, Request, make_request, redirected
from llmspell.http.resolver import Resolve, resolve
from llmspell.http.response import Response
from llmspell.http.stream import Stream, Wanted, connected, place_of
from llmspell.permissions.policy import Tell

if TYPE_CHECKING:
    from aiohttp import ClientResponse

TIMEOUT = 30.0
"""Seconds of a whole request, unless it says otherwise."""
MAX_BYTES = 10 * 1024 * 1024
"""Of a body, unless the request says otherwise."""
MAX_REDIRECTS = 5
"""Nobody may ask for more."""

Sink = Callable[[bytes], Awaitable[object] | object]
"""Takes the parts of a body as they come; may be a coroutine function."""


class DownloadOptions(TypedDict, total=False):
    """What `Http.download` passes on to `Http.request`."""

    headers: Mapping[str, str] | None
    params: Mapping[str, object] | None
    timeout: float
    max_redirects: int
    cut: bool


class Options(DownloadOptions, total=False):
    """What `Http.get` and `Http.post` pass on."""

    max_bytes: int


@attrs.frozen
class _Call:
    """The bounds of one call of `Http.request`, its redirects included."""

    bound: Bound
    sink: Sink | None
    clock: asyncio.Timeout


class Http:
    """Requests of one operation, to servers that it may reach and to no others.

    Args:
        operation: who asks.
        tell: appends an event of the operation.
        connections: where requests are sent.
        resolve: finds a host's addresses.
    """

    def __init__(self, operation: Operation, tell: Tell, connections: Connections, resolve: Resolve = resolve) -> None:
        self._tell = tell
        self._connections = connections
        self._egress = Egress(operation, tell, resolve)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, object] | None = None,
        body: bytes | str | None = None,
        json: Any = None,  # Any: JSON-like data
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        cut: bool = False,
        sink: Sink | None = None,
    ) -> Response:
        """A server's answer, whatever its status.

        Args:
            method: `GET`, `POST` and so on, in capitals.
            url: http or https, without a user name; a fragment is not sent.
            headers: those that are about the connection or the encoding cannot be set.
            params: added to the URL's query; a list stands for several of one name.
            body: bytes, or text that is sent as UTF-8.
            json: sent in place of a body, as `application/json`; None sends nothing.
            timeout: seconds for everything, with redirects and the body.
            max_bytes: of the answer's body, decompressed.
            max_redirects: at most 5; with 0, a redirect is an answer like others. To another origin nothing goes on
                that might be a credential.
            cut: whether a body of more than `max_bytes` is cut, as `Response.truncated` tells, in place of an error.
            sink: takes the body of a success in parts, in place of `Response.body`.

        Raises:
            UsageError: an argument is wrong.
            PermissionDenied: the URL, or one that it redirects to, may not be reached; the hint is the flag to add.
            TimedOut: it took too long.
            LlmspellError: the server cannot be reached, answers too much, or breaks off; of kind `network`.
        """
        _check_library()
        _check_bounds(timeout, max_bytes, max_redirects)
        request = make_request(method, url, headers=headers, params=params, body=body, json=json)
        try:
            async with asyncio.timeout(timeout) as clock:
                with Stoppable(clock):
                    return await self._follow(request, max_redirects, _Call(Bound(max_bytes, cut), sink, clock))
        except TimeoutError as cause:
            if not clock.expired():
                raise  # the sink's own
            raise TimedOut(f"{method} {request.url.shown}", timeout) from cause

    async def get(self, url: str, **options: Unpack[Options]) -> Response:
        """What `request` gives for GET."""
        return await self.request("GET", url, **options)

    async def post(
        self, url: str, *, body: bytes | str | None = None, json: Any = None, **options: Unpack[Options]
    ) -> Response:
        """What `request` gives for POST."""
        return await self.request("POST", url, body=body, json=json, **options)

    async def download(self, url: str, sink: Sink, *, max_bytes: int, **options: Unpack[DownloadOptions]) -> Response:
        """The answer to a GET whose body goes to `sink`, part by part; what is no success stays in its `body`.

        The sink has been given the parts before anything that goes wrong, so what it wrote may be incomplete.
        """
        return await self.request("GET", url, sink=sink, max_bytes=max_bytes, **options)

    def connect(
        self, host: str, port: int, *, tls: bool = False, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES
    ) -> AbstractAsyncContextManager[Stream]:
        """A connection for a protocol that is not HTTP, through the same guard; it is open within the block.

        Args:
            host: a name or an address.
            port: from 1 to 65535.
            tls: whether it is encrypted from the beginning; `Stream.start_tls` does so later.
            timeout: seconds for the whole block.
            max_bytes: that the server may send in all.

        Raises:
            UsageError: an argument is wrong.
            PermissionDenied: the host may not be connected to; the hint is the flag to add.
            TimedOut: the block took too long.
            LlmspellError: the server cannot be reached or trusted; of kind `network`.
        """
        _check_bounds(timeout, max_bytes, 0)
        wanted = Wanted(place_of(host, port), tls, timeout, max_bytes, self._connections.trust)
        return connected(wanted, self._egress, self._tell)

    async def _follow(self, request: Request, redirects: int, call: _Call) -> Response:
        left = redirects
        while True:
            with recorded(request, self._tell, call.clock) as exchange:
                addresses = await self._egress.permit(request.url)
                async with self._connections.send(request, addresses) as answer:
                    exchange.status = answer.status
                    location = answer.headers.get("Location") if answer.status in REDIRECTS else None
                    if not redirects or location is None:
                        return await _response(answer, request, call, exchange)
                    if not left:
                        raise _too_many(request, redirects)
                    left -= 1
                    request = redirected(request, answer.status, location)


async def _response(answer: ClientResponse, request: Request, call: _Call, exchange: Exchange) -> Response:
    sink = call.sink if 200 <= answer.status < 300 else None
    kept: list[bytes] = []
    async with aclosing(pieces(answer, request.url, call.bound)) as parts:
        async for piece in parts:
            exchange.bytes += len(piece)
            if sink is None:
                kept.append(piece)
            elif isawaitable(waiting := sink(piece)):
                await waiting
    headers: dict[str, str] = {}
    for name, value in answer.headers.items():
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    return Response(answer.status, headers, b"".join(kept), str(request.url), call.bound.reached)


def _check_bounds(timeout: float, max_bytes: int, max_redirects: int) -> None:
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < math.inf:
        raise UsageError(f"the timeout is {timeout!r}", hint="give seconds, more than 0")
    if type(max_bytes) is not int or max_bytes < 0:
        raise UsageError(f"max_bytes is {max_bytes!r}", hint="give a whole number, 0 or more")
    if type(max_redirects) is not int or not 0 <= max_redirects <= MAX_REDIRECTS:
        raise UsageError(f"max_redirects is {max_redirects!r}", hint=f"give a whole number from 0 to {MAX_REDIRECTS}")


def _too_many(request: Request, redirects: int) -> LlmspellError:
    return LlmspellError(
        f"{request.url.shown} redirects once more, after {redirects} redirects",
        kind="network",
        hint="ask the last URL itself, or look whether it leads in a circle",
    )


@functools.cache
def _check_library() -> None:
    """Let what is missing be told as what to install, and not as a failed import."""
    try:
        import aiohttp  # noqa: F401  # what `connections` needs
        import idna  # noqa: F401  # what `url` needs
    except ModuleNotFoundError as error:
        raise LlmspellError(
            f"a request needs an HTTP client, and {error.name} is not installed",
            kind="plugin",
            hint='pip install "llmspell[http]"',
        ) from error
