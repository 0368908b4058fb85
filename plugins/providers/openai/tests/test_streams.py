"""A stream means the same however it is cut, and a broken one is never taken for a whole one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ProviderError
from llmspell.message import Delta, FinishDelta, ModelRequest, TextDelta, Usage
from llmspell.provider import fold
from llmspell.testing import Broken, Calls, OpenAIServer, Text
from llmspell.testing.chat import stream_bytes
from llmspell_provider_openai.answer import deltas
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.faults import Faults
from llmspell_provider_openai.provider import OpenAIProvider

MakeProvider = Callable[..., OpenAIProvider]
SAID = "Zwölf Boxkämpfer 日本 👍\r\n\ndata: [DONE]"
STEP = Calls(("add", {"a": "ü"}), ("sub", '{"broken'), text=SAID, usage=Usage(9, 8, 7, 6))
WHOLE = stream_bytes(STEP, "m")
EXPECTED = tuple(STEP.beats("m"))


def quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


class Pieces:
    """The part of a response that a reader of streams uses, with the body in given pieces."""

    content_type = "text/event-stream"

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.content = self

    async def iter_any(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece

    async def read(self) -> bytes:
        return b""


def read(pieces: list[bytes]) -> tuple[Delta, ...]:
    async def collect() -> tuple[Delta, ...]:
        response: Any = Pieces(pieces)
        faults = Faults(Endpoint("openai", "http://x/v1"), "m")
        return tuple([delta async for delta in deltas(response, "m", faults)])

    return asyncio.run(collect())


def split(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % len(data) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.integers(min_value=0), max_size=40), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_any_split_of_the_bytes_gives_the_same_deltas(places: list[int], line_end: bytes) -> None:
    assert read(split(WHOLE.replace(b"\n", line_end), places)) == EXPECTED


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_a_stream_may_come_byte_by_byte(line_end: bytes) -> None:
    data = WHOLE.replace(b"\n", line_end)
    assert read([data[place : place + 1] for place in range(len(data))]) == EXPECTED


@given(st.integers(min_value=0, max_value=len(WHOLE) - 1))
def test_a_stream_cut_anywhere_gives_a_beginning_and_an_error_or_everything(place: int) -> None:
    async def collect() -> tuple[list[Delta], bool]:
        response: Any = Pieces([WHOLE[:place]])
        seen: list[Delta] = []
        try:
            async for delta in deltas(response, "m", Faults(Endpoint("openai", "http://x/v1"), "m")):
                seen.append(delta)  # noqa: PERF401  # what came before the error counts
        except ProviderError:
            return seen, True
        return seen, False

    seen, failed = asyncio.run(collect())
    if failed:
        assert seen == list(EXPECTED[: len(seen)])
        assert not any(isinstance(delta, FinishDelta) for delta in seen)
    else:
        assert seen[:-1] == list(EXPECTED[:-1])
        assert isinstance(seen[-1], FinishDelta)


TEXT = Text("abcdefgh", chunks=8)
LENGTH = len(stream_bytes(TEXT, "gpt-test"))
DONE = len(b"data: [DONE]\n\n")


@pytest.mark.parametrize("how", ["close", "reset", "stall"])
@pytest.mark.parametrize("at", [None, 0, 1, 6, 50, 150, 151, 170, 333, 700, LENGTH - DONE - 1, LENGTH - DONE])
async def test_a_connection_lost_at_any_byte_is_an_error_that_keeps_what_came(
    provider_at: MakeProvider, question: ModelRequest, how: Any, at: int | None
) -> None:
    seen: list[str] = []

    async def collect() -> None:
        async for delta in provider.stream(question, quiet):
            assert isinstance(delta, TextDelta)
            seen.append(delta.text)

    async with OpenAIServer(Broken(TEXT, at=at, how=how)) as server:
        provider = provider_at(server.base_url, timeout=0.3 if how == "stall" else 20)
        with pytest.raises(ProviderError, match=r"lost the connection to|took longer than") as caught:
            await collect()
    assert (caught.value.kind, caught.value.retryable) == ("timeout" if how == "stall" else "network", True)
    assert "abcdefgh".startswith("".join(seen))


@pytest.mark.parametrize("how", ["close", "reset", "stall"])
@pytest.mark.parametrize("at", [None, 0, 1, 40, 150, 300])
async def test_a_whole_answer_lost_at_any_byte_is_an_error(
    provider_at: MakeProvider, question: ModelRequest, how: Any, at: int | None
) -> None:
    async with OpenAIServer(Broken(TEXT, at=at, how=how)) as server:
        provider = provider_at(server.base_url, timeout=0.3 if how == "stall" else 20)
        with pytest.raises(ProviderError, match=r"lost the connection to|took longer than"):
            await provider.complete(question, quiet)


async def test_a_connection_serves_again_although_its_stream_ends_after_the_end_mark(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r")[0]))
                data = stream_bytes(TEXT, "m")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
                writer.write(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(data), data))
                await writer.drain()
                await asyncio.sleep(0.02)
                writer.write(b"0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        provider = provider_at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        for _ in range(3):
            await fold(provider.stream(question, quiet))
        await provider.close()
    assert connections == 1


async def test_a_server_that_never_hangs_up_after_the_end_does_not_hold_the_answer_back(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    async with OpenAIServer(Broken(TEXT, at=LENGTH, how="stall")) as server:
        provider = provider_at(server.base_url)
        async with asyncio.timeout(5):
            seen = [delta async for delta in provider.stream(question, quiet)]
    assert isinstance(seen[-1], FinishDelta)
