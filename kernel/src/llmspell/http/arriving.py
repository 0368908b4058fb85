"""What has arrived on a connection and was not read yet; while it is much, the other side is made to wait."""

from __future__ import annotations

import asyncio
from typing import cast

_BUFFER = 64 * 1024  # bytes


class Arriving(asyncio.Protocol):
    """The library's view of a connection.

    It is our own and not asyncio's `StreamReader`, because that keeps what arrived in the clear when a connection
    becomes an encrypted one, and hands it out as if it had been encrypted (CVE-2011-0411).

    Attributes:
        data: what was not read yet.
        ended: whether no more will come.
        error: what it ended with.
        transport: where it comes from.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self.transport: asyncio.Transport
        self._news = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    async def more(self) -> None:
        """Return when something has arrived since the call, or nothing will any more."""
        if not self.ended:
            self._news.clear()
            await self._news.wait()

    async def written(self) -> None:
        """Return when the other side keeps up with what is sent."""
        await self._writable.wait()

    def take(self, count: int) -> bytes:
        """The first bytes of what has arrived."""
        taken = bytes(self.data[:count])
        del self.data[:count]
        if len(self.data) <= _BUFFER:
            self.transport.resume_reading()
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Something has arrived."""
        self.data += data
        if len(self.data) > _BUFFER:
            self.transport.pause_reading()
        self._news.set()

    def eof_received(self) -> None:
        """The other side has nothing more to say."""
        self.ended = True
        self._news.set()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone."""
        self.ended = True
        self.error = error
        self._news.set()
        self._writable.set()

    def pause_writing(self) -> None:
        """The other side does not keep up."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The other side keeps up again."""
        self._writable.set()
