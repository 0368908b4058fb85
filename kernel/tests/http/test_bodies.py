"""Bodies: decompressed, bounded while they are read, and whole or an error."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import LlmspellError
from llmspell.http.body import _Inflate

from .kit import asking, saying, sending, serving

LIMIT = 100_000
OVER = 1_000 * LIMIT


def zlibbed(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def raw(data: bytes) -> bytes:
    stream = zlib.compressobj(9, wbits=-15)
    return stream.compress(data) + stream.flush()


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def answer(body: bytes, encoding: str = "") -> bytes:
    lines = [f"Content-Length: {len(body)}"] + ([f"Content-Encoding: {encoding}"] if encoding else [])
    return head(*lines) + body


def chunked(body: bytes) -> bytes:
    return head("Transfer-Encoding: chunked") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


ZEROS = bytes(OVER)
BOMBS = {
    "gzip": answer(gzip.compress(ZEROS), "gzip"),
    "gzip of several parts": answer(gzip.compress(bytes(LIMIT // 2)) * 3, "gzip"),
    "gzip of nothing, often": answer(gzip.compress(b"") * (4 * LIMIT // 20), "gzip"),
    "gzip by its old name": answer(gzip.compress(ZEROS), "x-gzip"),
    "deflate": answer(zlibbed(ZEROS), "deflate"),
    "deflate without a head": answer(raw(ZEROS), "deflate"),
    "one byte more": answer(gzip.compress(bytes(LIMIT + 1)), "gzip"),
    "plain": answer(bytes(2 * LIMIT)),
    "plain, one byte more": answer(bytes(LIMIT + 1)),
    "chunks": chunked(bytes(LIMIT + 1)),
    "until the connection closes": head() + bytes(LIMIT + 1),
    "a promise that is too great": head(f"Content-Length: {10**15}"),
}
FALSE = {
    "gzip that is none": (answer(b"hello", "gzip"), "it is not compressed as its head says"),
    "gzip with a wrong sum": (answer(gzip.compress(b"hello")[:-8] + bytes(8), "gzip"), "it is not compressed as"),
    "gzip with a tail": (answer(gzip.compress(b"hello") + b"tail", "gzip"), "it is not compressed as its head says"),
    "gzip that ends too early": (answer(gzip.compress(bytes(99))[:-9], "gzip"), "it ends too early"),
    "deflate that ends too early": (answer(zlibbed(bytes(99))[:-5], "deflate"), "it ends too early"),
    "twice gzip": (answer(gzip.compress(gzip.compress(b"hello")), "gzip, gzip"), "encoded as 'gzip, gzip', which was not asked for"),
    "brotli": (answer(b"hello", "br"), "encoded as 'br', which was not asked for"),
    "zstd": (answer(b"hello", "zstd"), "encoded as 'zstd', which was not asked for"),
    "fewer bytes than promised": (head("Content-Length: 99") + b"hello", "the answer broke off"),
    "a chunk that is none": (head("Transfer-Encoding: chunked") + b"zz\r\nhello\r\n", "the answer broke off|is no HTTP|connection was lost"),
}  # fmt: skip
HEADS = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "nothing": b"",
    "a long header": head("X-Long: " + "a" * 20_000, "Content-Length: 0"),
    "many headers": head(*[f"X-{number}: a" for number in range(500)], "Content-Length: 0"),
    "a long status": b"HTTP/1.1 200 " + b"a" * 20_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "two lengths": head("Content-Length: 5", "Content-Length: 6") + b"hello!",
    "a length and chunks": head("Content-Length: 5", "Transfer-Encoding: chunked") + b"hello",
    "a header without a colon": head("Content-Length", "Content-Length: 0"),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=[f"bomb-{each}" for each in BOMBS])
async def test_a_body_that_is_too_large_is_not_read_to_its_end(bomb: bytes) -> None:
    async with sending(bomb) as port, asking(f"127.0.0.1:{port}") as tool:
        with pytest.raises(
            LlmspellError, match=rf"the answer of http://127.0.0.1:{port}/ has more than {LIMIT} bytes"
        ) as caught:
            await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=LIMIT)
        assert (caught.value.kind, caught.value.details) == ("network", {"max_bytes": LIMIT})
        [event] = tool.events()
        assert event.data["bytes"] <= LIMIT
        assert event.data["error"] == "network"


@pytest.mark.parametrize("encode", [bytes, gzip.compress, zlibbed, raw], ids=["plain", "gzip", "deflate", "raw"])
@pytest.mark.parametrize("size", [0, 1, LIMIT - 1, LIMIT])
async def test_a_body_as_large_as_was_asked_for_is_read(encode: object, size: int) -> None:
    assert callable(encode)
    body = bytes(range(250)) * (size // 250) + bytes(size % 250)
    name = {bytes: "", gzip.compress: "gzip"}.get(encode, "deflate")
    async with sending(answer(encode(body), name)) as port, asking(f"127.0.0.1:{port}") as tool:
        response = await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=LIMIT)
        assert response.body == body
        assert tool.events()[0].data["bytes"] == size


async def test_a_small_body_may_grow_when_it_is_compressed() -> None:
    async with sending(answer(gzip.compress(b"hello"), "gzip")) as port, asking(f"127.0.0.1:{port}") as tool:
        assert (await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=5)).body == b"hello"


@pytest.mark.parametrize(("sent", "reason"), FALSE.values(), ids=[f"bomb-{each}" for each in FALSE])
async def test_a_body_that_is_not_what_its_head_says_is_an_error(sent: bytes, reason: str) -> None:
    async with sending(sent) as port, asking(f"127.0.0.1:{port}") as tool:
        with pytest.raises(LlmspellError, match=reason) as caught:
            await tool.http.get(f"http://127.0.0.1:{port}/")
        assert caught.value.kind == "network"


@pytest.mark.parametrize("sent", HEADS.values(), ids=[f"head-{each}" for each in HEADS])
async def test_a_head_that_is_none_is_an_error(sent: bytes) -> None:
    async with sending(sent) as port, asking(f"127.0.0.1:{port}") as tool:
        with pytest.raises(
            LlmspellError, match=r"is no HTTP, or its head is too large|closed the connection before it answered"
        ) as caught:
            await tool.http.get(f"http://127.0.0.1:{port}/")
        assert caught.value.kind == "network"


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("GZIP", gzip.compress), ("identity", bytes), ("deflate", zlibbed), ("identity, gzip", gzip.compress)],
)  # fmt: skip
async def test_the_encodings_that_are_asked_for_are_read(encoding: str, encode: object) -> None:
    assert callable(encode)
    async with serving(saying()) as server, asking("127.0.0.1") as tool:
        await tool.http.get(f"http://127.0.0.1:{server.port}/")
        assert server.seen[0].headers["accept-encoding"] == "gzip, deflate"
        async with sending(answer(encode(b"hello"), encoding)) as port:
            assert (await tool.http.get(f"http://127.0.0.1:{port}/")).text() == "hello"


async def test_an_answer_to_head_promises_a_body_and_has_none() -> None:
    sent = head(f"Content-Length: {10 * LIMIT}", "Content-Encoding: gzip")
    async with sending(sent) as port, asking(f"127.0.0.1:{port}") as tool:
        response = await tool.http.request("HEAD", f"http://127.0.0.1:{port}/", max_bytes=LIMIT)
        assert (response.body, response.headers["content-length"]) == (b"", str(10 * LIMIT))


@given(st.binary(max_size=300_000), st.integers(1, 70_000), st.sampled_from([gzip.compress, zlibbed, raw]))
def test_what_was_compressed_comes_back_however_it_arrives(data: bytes, step: int, encode: object) -> None:
    assert callable(encode)
    packed = encode(data)
    decoder = _Inflate(31 if encode is gzip.compress else None)
    found = [piece for at in range(0, len(packed), step) for piece in decoder.feed(packed[at : at + step])]
    assert b"".join(found) == data
    assert all(len(piece) <= 64 * 1024 for piece in found)
    assert decoder.complete


@given(st.binary(min_size=1, max_size=200), st.booleans())
def test_bytes_that_are_not_compressed_are_an_error_or_small(data: bytes, gzipped: bool) -> None:
    decoder = _Inflate(31 if gzipped else None)
    try:
        assert sum(len(piece) for piece in decoder.feed(data)) <= 1032 * len(data)
    except zlib.error:
        assert not decoder.complete


# What is cut on request


@pytest.mark.parametrize("name", [name for name in BOMBS if name != "gzip of nothing, often"])
async def test_a_longer_body_is_cut_where_the_request_asks_for_it(name: str) -> None:
    sent = BOMBS[name] + (bytes(LIMIT) if "promise" in name else b"")
    async with sending(sent) as port, asking("127.0.0.1") as tool:
        answer = await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=LIMIT // 2, cut=True)
        assert (answer.body, answer.truncated) == (bytes(LIMIT // 2), True)
        whole = await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=0, cut=True)
        assert (whole.status, whole.body, whole.truncated) == (200, b"", True)


async def test_much_that_becomes_nothing_is_given_up() -> None:
    async with sending(BOMBS["gzip of nothing, often"]) as port, asking("127.0.0.1") as tool:
        answer = await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=1_000, cut=True)
        assert (answer.body, answer.truncated) == (b"", True)


async def test_what_is_short_enough_is_not_cut() -> None:
    async with sending(answer(gzip.compress(b"hello"), "gzip")) as port, asking("127.0.0.1") as tool:
        found = await tool.http.get(f"http://127.0.0.1:{port}/", max_bytes=5, cut=True)
        assert (found.body, found.truncated) == (b"hello", False)
