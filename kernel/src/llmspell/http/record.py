"""What the event log says of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import attrs

from llmspell.errors import LlmspellError
from llmspell.http.request import Request
from llmspell.permissions.policy import Tell


@attrs.define
class Exchange:
    """What became of a request so far: the status, None before an answer; and the bytes of its body, decompressed."""

    status: int | None = None
    bytes: int = 0


@contextmanager
def recorded(request: Request, tell: Tell, clock: asyncio.Timeout) -> Iterator[Exchange]:
    """Append `http.request` in the end, however it ends; each redirect is a request of its own.

    Args:
        request: what is asked.
        tell: appends an event.
        clock: what stops it, to tell that from a cancellation.
    """
    begin = perf_counter()
    exchange = Exchange()
    error = ""
    try:
        yield exchange
    except BaseException as cause:
        error = _kind(cause, clock)
        raise
    finally:
        data: dict[str, object] = {
            "method": request.method,
            "url": request.url.shown,
            "status": exchange.status,
            "bytes": exchange.bytes,
            "seconds": perf_counter() - begin,
        }
        tell("http.request", {**data, "error": error} if error else data)


def _kind(cause: BaseException, clock: asyncio.Timeout) -> str:
    if isinstance(cause, LlmspellError):
        return cause.kind
    if isinstance(cause, asyncio.CancelledError):
        return "timeout" if clock.expired() else "cancelled"
    return "internal"  # what the caller's sink raised
