"""Connections for what is not HTTP: the same guard, a bounded conversation, and encryption that hides nothing."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, TimedOut, UsageError
from llmspell.testing.loopback import Talk, talking

from .kit import asking
from .test_tls import NAMES, certificate, server_side, trusting

__all__ = ["certificate", "server_side", "trusting"]  # fixtures


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello\r\n")
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()


def saying(*parts: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return talk


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
    await reader.readline()
    writer.write(b"go\n")
    await writer.start_tls(context)
    writer.write(await reader.readline())
    await writer.drain()


async def test_both_sides_talk_and_the_log_says_how_much() -> None:
    async with talking(echo) as port, asking(f"127.0.0.1:{port}") as tool:
        async with tool.http.connect("127.0.0.1", port) as stream:
            assert await stream.read_line() == b"hello\r\n"
            await stream.write(b"one\ntwo")
            assert await stream.read_line() == b"one\n"
            await stream.write(b"\n")
            assert await stream.read(2) == b"tw"
            assert await stream.read(99) == b"o\n"
        [event] = tool.events("net.connection")
    told = {key: event.data[key] for key in ("place", "tls", "received", "sent")}
    assert told == {"place": f"127.0.0.1:{port}", "tls": False, "received": 15, "sent": 8}
    assert "error" not in event.data


async def test_the_server_hears_that_the_block_was_left() -> None:
    left = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            left.set()

    async with talking(wait) as port, asking("127.0.0.1") as tool:
        async with tool.http.connect("127.0.0.1", port):
            pass
        await asyncio.wait_for(left.wait(), 10)


async def test_a_great_answer_arrives_whole_and_waits_until_it_is_read() -> None:
    async with (
        talking(saying(*[bytes(100_000)] * 20)) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port) as stream,
    ):
        await asyncio.sleep(0.05)
        count = 0
        while data := await stream.read(10_000):
            count += len(data)
    assert count == 2_000_000


async def test_a_server_waits_until_it_is_read() -> None:
    written: list[int] = []

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(written) < 200:
            writer.write(bytes(1_000_000))
            await writer.drain()
            written.append(1_000_000)

    async with (
        talking(pour) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port) as stream,
    ):
        await stream.read(1)
        await asyncio.sleep(0.5)
        assert sum(written) < 100_000_000


async def test_a_great_question_is_sent_whole() -> None:
    async with talking(echo) as port, asking("127.0.0.1") as tool, tool.http.connect("127.0.0.1", port) as stream:
        await stream.read_line()
        for _ in range(30):
            await stream.write(bytes(9_999) + b"\n")
            assert len(await stream.read_line(20_000)) == 10_000


async def test_the_end_is_an_empty_read_after_what_was_said() -> None:
    async with (
        talking(saying(b"bye")) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port) as stream,
    ):
        assert [await stream.read_line(), await stream.read_line(), await stream.read(5)] == [b"bye", b"", b""]


# What is refused

PLACES = [
    ("10.0.0.1", r"'10\.0\.0\.1' is a private address; that is not reached unless it is granted by name"),
    ("169.254.169.254", r"is a cloud's metadata address"),
    ("localhost", r"'localhost' is this machine"),
    ("inside.test", r"'inside\.test' leads to '10\.0\.0\.1', which is a private address"),
    ("both.test", r"'both\.test' leads to '10\.0\.0\.1'"),
    ("::ffff:10.0.0.1", r"is a private address inside an IPv6 address"),
    ("64:ff9b::10.0.0.1", r"is a private address inside an IPv6 address"),
]


@pytest.mark.parametrize(("host", "message"), PLACES)
async def test_only_public_addresses_are_reached_by_a_pattern_of_everything(host: str, message: str) -> None:
    names = {"inside.test": [["10.0.0.1"]], "both.test": [["93.184.216.34", "10.0.0.1"]]}
    async with asking("*", names=names) as tool:
        with pytest.raises(PermissionDenied, match=message):
            async with tool.http.connect(host, 25):
                raise AssertionError
        assert tool.events("net.connection")[0].data["error"] == "permission"


async def test_a_host_or_port_that_is_not_granted_is_refused_before_it_is_looked_up() -> None:
    async with asking("mail.test:587") as tool:
        for host, port in (("mail.test", 25), ("other.test", 587)):
            with pytest.raises(PermissionDenied) as caught:
                async with tool.http.connect(host, port):
                    raise AssertionError
            assert f"--allow-net={host}:{port}" in caught.value.hint
        assert tool.names.asked == []


async def test_it_goes_to_the_address_that_was_checked() -> None:
    async with talking(echo) as port, asking("*", f"127.0.0.1:{port}", names={"mail.test": [["127.0.0.1"]]}) as tool:
        async with tool.http.connect("mail.test", port) as stream:
            assert await stream.read_line() == b"hello\r\n"
        assert tool.names.asked == ["mail.test"]


async def test_another_address_is_tried_where_one_takes_no_connection() -> None:
    names = {"mail.test": [["::1", "127.0.0.1"]]}
    async with (
        talking(echo) as port,
        asking("*", "127.0.0.1", "::1", names=names) as tool,
        tool.http.connect("mail.test", port) as stream,
    ):
        assert await stream.read_line() == b"hello\r\n"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a.test/",
        "a.test:25",
        "user@a.test",
        "a.test?x",
        "a.test#x",
        "a b",
        "a\r\nb",
        "127.1",
        "[::1]",
        "a\\b",
        5,
        "::g",
    ],
    ids=repr,
)
async def test_what_is_no_host_is_refused(host: str) -> None:
    async with asking("*") as tool:
        with pytest.raises(UsageError, match=r"is no host to connect to"):
            tool.http.connect(host, 25)


@pytest.mark.parametrize("port", [0, -1, 65_536, True, 2.5, "25"])
async def test_what_is_no_port_is_refused(port: int) -> None:
    async with asking("*") as tool:
        with pytest.raises(UsageError, match=r"is no port"):
            tool.http.connect("a.test", port)


# Bounds


async def test_a_line_is_bounded() -> None:
    async with (
        talking(saying(b"a" * 100_000)) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port) as stream,
    ):
        with pytest.raises(LlmspellError, match=r"'127.0.0.1:\d+' sends a line of more than 1000 bytes"):
            await stream.read_line(1_000)


async def test_all_that_is_read_is_bounded() -> None:
    async with (
        talking(saying(*[b"hello\r\n"] * 9_000)) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port, max_bytes=7_000) as stream,
    ):
        for _ in range(1_000):
            await stream.read_line()
        with pytest.raises(LlmspellError, match=r"sends more than 7000 bytes"):
            await stream.read_line()


async def test_the_whole_block_is_bounded_in_time() -> None:
    async with talking(silent) as port, asking("127.0.0.1") as tool:
        with pytest.raises(TimedOut, match=r"the connection to 127.0.0.1:\d+ took longer than 0.1 seconds"):
            async with tool.http.connect("127.0.0.1", port, timeout=0.1) as stream:
                await stream.read_line()
        assert tool.events("net.connection")[0].data["error"] == "timeout"


async def test_a_server_that_is_not_there_is_named(unused_tcp_port: int) -> None:
    async with asking("127.0.0.1") as tool:
        with pytest.raises(
            LlmspellError, match=r"the connection to '127.0.0.1:\d+' failed: connection refused"
        ) as caught:
            async with tool.http.connect("127.0.0.1", unused_tcp_port):
                raise AssertionError
    assert (caught.value.kind, caught.value.retryable) == ("network", True)


# Encryption


async def test_a_connection_is_encrypted_and_the_server_proves_its_name(
    server_side: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with talking(echo, server_side) as port, asking("*", "127.0.0.1", names=NAMES, tls=trusting) as tool:
        async with tool.http.connect("a.test", port, tls=True) as stream:
            assert stream.secure
            assert await stream.read_line() == b"hello\r\n"
        with pytest.raises(LlmspellError, match=r"the certificate of 'b\.test' is not trusted: Hostname mismatch"):
            async with tool.http.connect("b.test", port, tls=True):
                raise AssertionError


async def test_a_server_of_nobody_known_is_not_trusted(server_side: ssl.SSLContext) -> None:
    async with talking(echo, server_side) as port, asking("127.0.0.1") as tool:
        with pytest.raises(LlmspellError, match=r"the certificate of '127\.0\.0\.1' is not trusted: self-signed"):
            async with tool.http.connect("127.0.0.1", port, tls=True):
                raise AssertionError


async def test_a_server_that_speaks_no_tls_is_named() -> None:
    async with talking(echo) as port, asking("127.0.0.1") as tool:
        with pytest.raises(LlmspellError, match=r"'127\.0\.0\.1:\d+' does not speak TLS as it should"):
            async with tool.http.connect("127.0.0.1", port, tls=True):
                raise AssertionError


async def test_a_connection_becomes_an_encrypted_one(server_side: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    async with (
        talking(lambda reader, writer: upgrade(reader, writer, server_side)) as port,
        asking("*", "127.0.0.1", names=NAMES, tls=trusting) as tool,
    ):
        async with tool.http.connect("a.test", port) as stream:
            await stream.write(b"encrypt\n")
            assert await stream.read_line() == b"go\n"
            await stream.start_tls()
            await stream.write(b"secret\n")
            assert await stream.read_line() == b"secret\n"
            with pytest.raises(UsageError, match=r"the connection to 'a\.test:\d+' is encrypted already"):
                await stream.start_tls()
        assert tool.events("net.connection")[0].data["tls"] is True


async def test_a_connection_becomes_no_encrypted_one_to_somebody_else(
    server_side: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with (
        talking(lambda reader, writer: upgrade(reader, writer, server_side)) as port,
        asking("*", "127.0.0.1", names=NAMES, tls=trusting) as tool,
        tool.http.connect("b.test", port) as stream,
    ):
        await stream.write(b"encrypt\n")
        await stream.read_line()
        with pytest.raises(LlmspellError, match=r"the certificate of 'b\.test' is not trusted"):
            await stream.start_tls()
        assert not stream.secure


async def test_what_arrived_in_the_clear_never_passes_for_encrypted() -> None:
    async with (
        talking(saying(b"go\n", b"injected\n")) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port) as stream,
    ):
        await stream.read_line()
        await asyncio.sleep(0.05)
        with pytest.raises(LlmspellError, match=r"sends something in the clear that would pass for encrypted"):
            await stream.start_tls()


async def test_a_connection_that_is_closed_is_not_encrypted_any_more() -> None:
    async with (
        talking(saying(b"go\n")) as port,
        asking("127.0.0.1") as tool,
        tool.http.connect("127.0.0.1", port) as stream,
    ):
        await stream.read_line()
        assert await stream.read(1) == b""
        with pytest.raises(LlmspellError, match=r"'127\.0\.0\.1:\d+' closed the connection$"):
            await asyncio.wait_for(stream.start_tls(), 5)


async def test_a_server_that_breaks_off_during_the_change_is_an_error() -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"go\n")
        await reader.read(1)

    async with talking(leave) as port, asking("127.0.0.1") as tool, tool.http.connect("127.0.0.1", port) as stream:
        await stream.read_line()
        with pytest.raises(LlmspellError, match=r"does not speak TLS|failed|closed the connection"):
            await stream.start_tls()
