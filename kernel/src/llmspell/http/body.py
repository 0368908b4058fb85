"""Reading an answer's body, decompressed and never more than was asked for."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING, Protocol

import attrs

from llmspell.errors import LlmspellError
from llmspell.http.faults import explained
from llmspell.http.url import Url

if TYPE_CHECKING:
    from aiohttp import ClientResponse

ACCEPTED = "gzip, deflate"
"""The encodings that can be stopped while they are read."""

_PIECE = 64 * 1024  # bytes; what one step decompresses at most
_GZIP = 16 + zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS


@attrs.define
class Bound:
    """How much of a body is wanted.

    Attributes:
        limit: bytes.
        cut: whether a longer one is cut, in place of an error.
        reached: whether one was.
    """

    limit: int
    cut: bool = False
    reached: bool = False

    def passed(self, name: str) -> None:
        """There is more than the limit.

        Raises:
            LlmspellError: that is an error; of kind `network`.
        """
        if not self.cut:
            raise _too_large(name, self.limit)
        self.reached = True


async def pieces(answer: ClientResponse, url: Url, bound: Bound) -> AsyncGenerator[bytes, None]:
    """The body in parts, decompressed.

    Both what arrives and what comes out of it are bounded: a few bytes can become millions, and many can become none.

    Args:
        answer: whose body is to be read.
        url: what was asked.
        bound: how much of it is wanted.

    Raises:
        LlmspellError: there is more, it breaks off, or it is not in the encoding that it claims; of kind
            `network`.
    """
    name, limit = url.shown, bound.limit
    if bound.cut and not limit:
        bound.reached = not answer.content.at_eof()
        return  # nothing of it is wanted, so nothing is waited for
    decoder = _decoder(answer.headers.getall("Content-Encoding", []), name)
    most = limit + _PIECE  # what is compressed badly may be longer than what comes out of it
    if not bound.cut and (answer.content_length or 0) > most and not answer.content.at_eof():
        raise _too_large(name, limit)  # an answer to HEAD only promises
    arrived = come_out = 0
    while chunk := await _next(answer, url):
        arrived += len(chunk)
        if arrived > most:
            bound.passed(name)
        for piece in _fed(decoder, chunk, name):
            come_out += len(piece)
            if come_out > limit:
                bound.passed(name)
                yield piece[: limit - come_out]  # what is too much is at its end
                return
            yield piece
            await asyncio.sleep(0)  # others have their turn while much is decompressed
        if bound.reached:
            return
    if not decoder.complete:
        raise _broken(name, "it ends too early")


async def _next(answer: ClientResponse, url: Url) -> bytes:
    """What has arrived of the body; empty at its end."""
    with explained(url):
        return await answer.content.readany()


class _Decoder(Protocol):
    @property
    def complete(self) -> bool: ...

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Identity:
    complete = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Inflate:
    """gzip, of one part or several, or deflate, with or without its head."""

    def __init__(self, bits: int | None) -> None:
        self._bits = bits
        self._stream: zlib._Decompress | None = None

    @property
    def complete(self) -> bool:
        """Whether no part is unfinished."""
        return self._stream is None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the bytes decompress to, in pieces."""
        piece = b""
        while data or len(piece) == _PIECE:
            stream = self._stream = self._stream or zlib.decompressobj(self._window(data))
            piece = stream.decompress(data, _PIECE)
            if piece:
                yield piece
            data = stream.unconsumed_tail
            if stream.eof:
                data, piece, self._stream = stream.unused_data, b"", None

    def _window(self, data: bytes) -> int:
        """What `deflate` means differs between servers; the first byte tells (RFC 1950, section 2.2)."""
        if self._bits is None:
            self._bits = zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else _RAW
        return self._bits


def _decoder(encodings: list[str], name: str) -> _Decoder:
    match [word for line in encodings for each in line.split(",") if (word := each.strip().lower()) != "identity"]:
        case [] | [""]:
            return _Identity()
        case ["gzip" | "x-gzip"]:
            return _Inflate(_GZIP)
        case ["deflate"]:
            return _Inflate(None)
        case several:
            raise _broken(name, f"it is encoded as {', '.join(several)[:100]!r}, which was not asked for")


def _fed(decoder: _Decoder, chunk: bytes, name: str) -> Iterator[bytes]:
    try:
        yield from decoder.feed(chunk)
    except zlib.error as cause:
        raise _broken(name, "it is not compressed as its head says") from cause


def _too_large(name: str, limit: int) -> LlmspellError:
    return LlmspellError(
        f"the answer of {name} has more than {limit} bytes",
        kind="network",
        hint="allow more with max_bytes, or write it to a sink with download",
        details={"max_bytes": limit},
    )


def _broken(name: str, reason: str) -> LlmspellError:
    return LlmspellError(f"the answer of {name} cannot be read: {reason}", kind="network")
