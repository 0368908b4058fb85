"""Connections of bytes through the guard, for protocols that are not HTTP.

async with context.http.connect("mail.example.com", 587) as stream:
    greeting = await stream.read_line()
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from ssl import SSLCertVerificationError, SSLContext, SSLError
from time import perf_counter

import attrs

from llmspell.approvals.clocks import Stoppable
from llmspell.errors import LlmspellError, TimedOut, UsageError
from llmspell.http.arriving import Arriving
from llmspell.http.egress import Egress
from llmspell.http.url import Address, Url, parse_url, place
from llmspell.permissions.policy import Tell

_TRIED = 4  # addresses of one name
_CONNECT = 10.0  # seconds for one address
_LINE = 8_192  # bytes


@attrs.frozen
class Wanted:
    """A connection as it is asked for.

    Attributes:
        to: host and port; the rest of the URL says nothing.
        tls: whether it is encrypted from the beginning.
        timeout: seconds that it may be open.
        max_bytes: that are read from it in all.
        trust: how the server is trusted, asked for when it is needed.
    """

    to: Url
    tls: bool
    timeout: float
    max_bytes: int
    trust: Callable[[], SSLContext]


class Stream:
    """An open connection.

    Attributes:
        secure: whether it is encrypted, and the server is the one that was asked for.
        received: bytes read so far.
        sent: bytes written so far.
    """

    def __init__(self, wanted: Wanted, arriving: Arriving) -> None:
        self.secure = wanted.tls
        self.received = 0
        self.sent = 0
        self._wanted = wanted
        self._arriving = arriving

    async def read(self, most: int) -> bytes:
        """Up to so many bytes, at least one; nothing when the server has closed the connection.

        Raises:
            LlmspellError: the connection was lost, or all that was read is too much; of kind `network`.
        """
        await self._until(bool)
        return self._taken(min(most, len(self._arriving.data)))

    async def read_line(self, most: int = _LINE) -> bytes:
        """The next line with its end; without one, what the server sent before it closed the connection.

        Raises:
            LlmspellError: the line is longer than `most` bytes, the connection was lost, or all that was read is too
                much; of kind `network`.
        """
        data = self._arriving.data
        await self._until(lambda data: b"\n" in data or len(data) > most)
        end = data.find(b"\n") + 1 or len(data)
        if end > most:
            raise self._failed(f"sends a line of more than {most} bytes")
        return self._taken(end)

    async def write(self, data: bytes) -> None:
        """Send all of this.

        Raises:
            LlmspellError: the connection was lost; of kind `network`.
        """
        with _explained(self._wanted.to):
            self._check()
            self._arriving.transport.write(data)
            self.sent += len(data)
            await self._arriving.written()
            self._check()

    async def start_tls(self) -> None:
        """Encrypt what follows, after both sides agreed to.

        Raises:
            LlmspellError: the server is not the one that was asked for, speaks no TLS, or sent something that would
                pass for encrypted; of kind `network`.
        """
        if self.secure:
            raise UsageError(f"the connection to {self._wanted.to.place!r} is encrypted already")
        if self._arriving.data:
            raise self._failed("sends something in the clear that would pass for encrypted")
        if self._arriving.ended:  # asyncio would wait for ever
            raise self._failed("closed the connection")
        with _explained(self._wanted.to):
            async with asyncio.timeout(_CONNECT):
                transport = await asyncio.get_running_loop().start_tls(
                    self._arriving.transport,
                    self._arriving,
                    self._wanted.trust(),
                    server_hostname=self._wanted.to.host,
                )
        if transport is None:
            raise self._failed("closed the connection")
        self._arriving.transport = transport
        self.secure = True

    def close(self) -> None:
        """Drop the connection, whatever is on its way; leaving the block does so."""
        self._arriving.transport.abort()

    async def _until(self, enough: Callable[[bytearray], bool]) -> None:
        arriving = self._arriving
        with _explained(self._wanted.to):
            while not enough(arriving.data) and not arriving.ended:
                await arriving.more()
            if not arriving.data:
                self._check()

    def _check(self) -> None:
        if self._arriving.error is not None:
            raise self._arriving.error

    def _taken(self, count: int) -> bytes:
        self.received += count
        if self.received > self._wanted.max_bytes:
            raise self._failed(f"sends more than {self._wanted.max_bytes} bytes")
        return self._arriving.take(count)

    def _failed(self, what: str) -> LlmspellError:
        return LlmspellError(f"{self._wanted.to.place!r} {what}", kind="network")


def place_of(host: str, port: int) -> Url:
    """Where a connection goes, read as strictly as a URL.

    Raises:
        UsageError: it is nowhere.
    """
    if type(port) is not int or not 1 <= port <= 65_535:
        raise UsageError(f"{port!r:.50} is no port", hint="give a whole number from 1 to 65535")
    try:
        if not isinstance(host, str) or not host or not set(host).isdisjoint("/?#@[]"):
            raise UsageError("it has no host's characters")
        return parse_url(f"https://{place(host)}:{port}/")
    except UsageError as cause:
        hint = "write a name such as mail.example.com, or an address"
        raise UsageError(f"{host!r:.200} is no host to connect to", hint=hint) from cause


@asynccontextmanager
async def connected(wanted: Wanted, egress: Egress, tell: Tell) -> AsyncIterator[Stream]:
    """A connection that is open within the block, and told of as `net.connection` in the end.

    Raises:
        PermissionDenied: the host may not be connected to; the hint is the flag to add.
        TimedOut: the block took too long.
        LlmspellError: the server cannot be reached or trusted; of kind `network`.
    """
    try:
        async with asyncio.timeout(wanted.timeout) as clock:
            with Stoppable(clock), _recorded(wanted, tell, clock) as record:
                stream = record.stream = await _first(wanted, await egress.permit(wanted.to))
                try:
                    yield stream
                finally:
                    stream.close()
    except TimeoutError as cause:
        if not clock.expired():
            raise
        raise TimedOut(f"the connection to {wanted.to.place}", wanted.timeout) from cause


async def _first(wanted: Wanted, addresses: Sequence[Address]) -> Stream:
    """A connection to the first address that takes one."""
    *others, last = addresses[:_TRIED]
    for address in others:
        try:
            return await _open(wanted, address)
        except (SSLError, LlmspellError):
            raise  # it was reached
        except OSError:
            continue
    with _explained(wanted.to):
        return await _open(wanted, last)


async def _open(wanted: Wanted, address: Address) -> Stream:
    async with asyncio.timeout(_CONNECT):
        _, arriving = await asyncio.get_running_loop().create_connection(
            Arriving,
            str(address),
            wanted.to.port,
            ssl=wanted.trust() if wanted.tls else None,
            server_hostname=wanted.to.host if wanted.tls else None,
        )
    return Stream(wanted, arriving)


@attrs.define
class _Record:
    stream: Stream | None = None


@contextmanager
def _recorded(wanted: Wanted, tell: Tell, clock: asyncio.Timeout) -> Iterator[_Record]:
    begin, record, error = perf_counter(), _Record(), ""
    try:
        yield record
    except LlmspellError as cause:
        error = cause.kind
        raise
    except asyncio.CancelledError:
        error = "timeout" if clock.expired() else "cancelled"
        raise
    except BaseException:
        error = "internal"  # what the caller's block raised
        raise
    finally:
        stream = record.stream
        data: dict[str, object] = {
            "place": wanted.to.place,
            "tls": stream.secure if stream else wanted.tls,
            "received": stream.received if stream else 0,
            "sent": stream.sent if stream else 0,
            "seconds": perf_counter() - begin,
        }
        tell("net.connection", {**data, "error": error} if error else data)


@contextmanager
def _explained(to: Url) -> Iterator[None]:
    """Turn what the system says into an error about the place, without the text of the library's exception."""
    try:
        yield
    except SSLCertVerificationError as error:
        reason = error.verify_message.rstrip(".")
        hint = "if it is your own authority's, name its file in SSL_CERT_FILE" if "self" in reason else ""
        raise LlmspellError(
            f"the certificate of {to.host!r} is not trusted: {reason}", kind="network", hint=hint
        ) from None
    except SSLError:
        hint = "look whether the port is one of TLS"
        raise LlmspellError(f"{to.place!r} does not speak TLS as it should", kind="network", hint=hint) from None
    except OSError as error:
        known = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else "it was closed"
        reason = "no answer in time" if isinstance(error, TimeoutError) else known
        raise LlmspellError(
            f"the connection to {to.place!r} failed: {reason}", kind="network", retryable=True
        ) from None
