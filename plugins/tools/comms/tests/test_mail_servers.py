"""Mail servers that are broken, slow or hostile: each ends in a clear error, in time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from llmspell.errors import LlmspellError
from llmspell.testing.bench import Bench

from .mail_server import Rules, Talk, receiving, talking

MAIL: dict[str, Any] = {"to": ["ann@example.com"], "subject": "Hi", "text": "Hello."}


async def sent(folder: Path, port: int, **options: Any) -> Any:
    usual = {"host": "127.0.0.1", "port": port, "tls": "off", "sender": "me@example.com", "timeout": 20.0}
    tool = Bench(folder, allow={"net": [f"127.0.0.1:{port}"]}, tables={"email_send": {**usual, **options}})
    return await tool.call("email_send", MAIL)


def saying(*parts: bytes, often: int = 1) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts * often:
            writer.write(part)
            await writer.drain()
        await reader.read()

    return talk


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def closing_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220-hello")
    await writer.drain()


SERVERS: dict[str, tuple[Talk, str]] = {
    "closes at once": (closing, r"closed the connection"),
    "closes within a line": (closing_later, r"closed the connection"),
    "speaks HTTP": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), r"speaks no SMTP: it says b'HTTP/1.1 400"),
    "speaks SSH": (saying(b"SSH-2.0-OpenSSH_9.9\r\n"), r"speaks no SMTP: it says b'SSH-2.0"),
    "says binary": (saying(bytes(range(256)) + b"\n"), r"speaks no SMTP"),
    "says an empty line": (saying(b"\r\n"), r"speaks no SMTP: it says b'\\r\\n'"),
    "has a code of its own": (saying(b"999 hello\r\n"), r"speaks no SMTP"),
    "has a short code": (saying(b"22 hello\r\n"), r"speaks no SMTP"),
    "refuses": (saying(b"554 5.7.1 go away\r\n"), r"answers greeting with 554 5\.7\.1 go away"),
    "is busy": (saying(b"421 later\r\n"), r"answers greeting with 421 later"),
    "never ends its banner": (saying(b"220-hello\r\n", often=100_000), r"gives a reply of more than 100 lines"),
    "never ends a line": (saying(b"220 " + b"a" * 100_000, often=100), r"sends a line of more than 2000 bytes"),
    "says too much": (saying(b"220-" + b"a" * 1_500 + b"\r\n", often=99), r"sends more than 65536 bytes"),
    "says only one thing": (saying(b"220 hi\r\n250 a\r\n", often=2), r"answers MAIL FROM with 220 hi|answers EHLO"),
}


@pytest.mark.parametrize("name", SERVERS)
async def test_a_hostile_server_ends_in_an_error(tmp_path: Path, name: str) -> None:
    talk, message = SERVERS[name]
    begin = perf_counter()
    async with talking(talk) as port:
        with pytest.raises(LlmspellError, match=message) as caught:
            await sent(tmp_path, port)
    assert caught.value.kind == "network"
    assert perf_counter() - begin < 15


async def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    async with talking(saying(b"220 hello\r\n")) as port:
        with pytest.raises(LlmspellError, match=r"the connection to 127\.0\.0\.1:\d+ took longer than 0.2 seconds"):
            await sent(tmp_path, port, timeout=0.2)


REFUSALS = {
    "EHLO": ("502 no", r"answers EHLO \[127\.0\.0\.1\] with 502 no", False),
    "MAIL": ("451 later", r"answers MAIL FROM with 451 later", True),
    "RCPT": ("550 nobody\x1b[31m", r"refuses every recipient: 550 nobody \[31m$", False),
    "DATA": ("503 no", r"answers DATA with 503 no", False),
    "MESSAGE": ("552 too much", r"answers message with 552 too much", False),
}


@pytest.mark.parametrize("command", REFUSALS)
async def test_what_a_server_refuses_is_told(tmp_path: Path, command: str) -> None:
    answer, message, retryable = REFUSALS[command]
    async with receiving(Rules(answers={command: answer})) as server:
        with pytest.raises(LlmspellError, match=message) as caught:
            await sent(tmp_path, server.port)
    assert (caught.value.kind, caught.value.retryable) == ("network", retryable)
    assert caught.value.details == {"code": int(answer[:3])}


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_drops_the_connection_may_be_asked_again(tmp_path: Path, command: str) -> None:
    async with receiving(Rules(answers={command: "CLOSE"})) as server:
        with pytest.raises(LlmspellError, match=r"closed the connection|was lost|failed") as caught:
            await sent(tmp_path, server.port)
    assert caught.value.retryable


async def test_a_message_that_may_have_been_delivered_is_not_to_be_sent_again(tmp_path: Path) -> None:
    async with receiving(Rules(answers={"MESSAGE": "CLOSE"})) as server:
        with pytest.raises(LlmspellError, match=r"closed the connection") as caught:
            await sent(tmp_path, server.port)
    assert caught.value.hint == "it may have been delivered all the same: do not just send it again"
    assert not caught.value.retryable


async def test_a_delivered_message_is_delivered_whatever_the_server_says_then(tmp_path: Path) -> None:
    async with receiving(Rules(answers={"QUIT": "CLOSE"})) as server:
        assert (await sent(tmp_path, server.port))["sent"] is True


async def test_a_message_that_is_too_large_for_the_server_is_not_begun(tmp_path: Path) -> None:
    async with receiving(Rules(features=("SIZE 100",))) as server:
        with pytest.raises(LlmspellError, match=r"takes messages of 100 bytes at most, and this one has \d+"):
            await sent(tmp_path, server.port)
    assert not any(line.startswith("MAIL") for line in server.heard)


@pytest.mark.parametrize("feature", ["SIZE", "SIZE 0", "SIZE many", "SIZE " + "9" * 400, "", "=", "AUTH", "\xff"])
async def test_odd_features_do_no_harm(tmp_path: Path, feature: str) -> None:
    async with receiving(Rules(features=(feature,))) as server:
        assert (await sent(tmp_path, server.port))["sent"] is True


async def test_replies_that_came_before_encryption_are_not_believed(tmp_path: Path) -> None:
    injected = saying(b"220 hi\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n250 AUTH PLAIN\r\n")
    async with talking(injected) as port:
        with pytest.raises(LlmspellError, match=r"sends something in the clear that would pass for encrypted"):
            await sent(tmp_path, port, tls="starttls")
