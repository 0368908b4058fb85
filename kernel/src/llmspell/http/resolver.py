"""Where a host is."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from llmspell.errors import LlmspellError
from llmspell.http.url import Address
from llmspell.threads import in_thread

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Gives the addresses of a host (a name in ASCII) and port, in the order to try them."""


async def resolve(host: str, port: int) -> Sequence[Address]:
    """What the system says, in its own order (RFC 6724).

    Raises:
        LlmspellError: the name is not known, or nobody could be asked; of kind `network`.
    """
    try:
        found = await in_thread(_look_up, host, port)
    except socket.gaierror as cause:
        raise LlmspellError(
            f"the host {host!r} is not known: {cause.strerror}",
            kind="network",
            retryable=cause.errno == socket.EAI_AGAIN,
            hint="check its spelling, and the network",
        ) from cause
    return found


def _look_up(host: str, port: int) -> tuple[Address, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(str(place[0]).partition("%")[0]) for *_, place in found))
