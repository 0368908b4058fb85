"""Delivering a message by SMTP (RFC 5321) over a guarded connection, with STARTTLS (RFC 3207) and AUTH (RFC 4954)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import attrs

from llmspell.errors import LlmspellError
from llmspell.http import Stream
from llmspell.secrets import Secret

MAX_BYTES = 64 * 1024
"""That a server may say in all."""
_LINE = 2_000  # bytes of one line
_MOST_LINES = 100  # of one reply
_REPLY = re.compile(rb"([2-5][0-9]{2})([ -]?)(.*)")
_PART = 64 * 1024  # bytes sent at once
_HELLO = "EHLO [127.0.0.1]"  # the machine's name is nobody's business (RFC 5321, section 4.1.4 allows an address)


@attrs.frozen
class Reply:
    """What the server answered: a code, and its lines."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """What it says, in short and without hidden characters."""
        said = " ".join(self.lines)[:300]
        return "".join(each if each.isprintable() else " " for each in said).strip()


@attrs.frozen
class Login:
    """Who sends, as the server knows them."""

    username: str
    password: Secret


@attrs.frozen
class Envelope:
    """Whom the server is told that a message is from and to."""

    sender: str
    recipients: Sequence[str]


class Smtp:
    """One conversation with a server.

    Args:
        stream: the connection.
        name: what the server is called in errors.
    """

    def __init__(self, stream: Stream, name: str) -> None:
        self._stream = stream
        self._name = name
        self._features: dict[str, str] = {}

    async def greet(self, *, starttls: bool) -> None:
        """Say hello, and encrypt the connection where that is wanted; without it nothing goes on.

        Raises:
            LlmspellError: the server refuses, cannot encrypt, or speaks no SMTP; of kind `network`.
        """
        await self._expect("greeting", await self._reply(), 220)
        await self._hello()
        if not starttls:
            return
        if "STARTTLS" not in self._features:
            raise LlmspellError(
                f"{self._name} offers no encryption",
                kind="network",
                hint="set tls and port in llmspell.toml: [tool.email_send]",
            )
        await self._ask("STARTTLS", 220)
        await self._stream.start_tls()
        self._features = {}  # what was said before may not be the server's
        await self._hello()

    async def login(self, login: Login) -> None:
        """Prove who sends.

        Raises:
            LlmspellError: the server knows no way that we know, or refuses; of kind `authentication` or `network`.
        """
        known = self._features.get("AUTH", "").upper().split()
        user, password = login.username.encode(), login.password.reveal().encode()
        if "PLAIN" in known:
            reply = await self._say("AUTH PLAIN " + b64encode(b"\0" + user + b"\0" + password).decode())
        elif "LOGIN" in known:
            await self._ask("AUTH LOGIN", 334)
            await self._ask(b64encode(user).decode(), 334, what="username")
            reply = await self._say(b64encode(password).decode())
        else:
            raise self._failed(f"lets nobody log in with PLAIN or LOGIN, but with {' '.join(known)[:100] or 'nothing'}")
        if reply.code != 235:
            raise LlmspellError(
                f"{self._name} refuses the login of {login.username!r}: {reply.code} {reply.text}",
                kind="authentication" if reply.code >= 500 else "network",
                retryable=reply.code < 500,
                hint=f"look at the username, and set the password anew: llmspell keys set {login.password.name}",
            )

    async def deliver(self, envelope: Envelope, message: bytes) -> list[dict[str, Any]]:
        """Hand a message over; gives the recipients that the server refused, each with its reason.

        Raises:
            LlmspellError: the server refuses the message, the sender or all recipients, or breaks off; of kind
                `network`.
        """
        self._check_size(len(message))
        size = f" SIZE={len(message)}" if "SIZE" in self._features else ""
        await self._ask(f"MAIL FROM:<{envelope.sender}>{size}", 250)
        refused: list[dict[str, Any]] = []
        for recipient in envelope.recipients:
            reply = await self._say(f"RCPT TO:<{recipient}>")
            if reply.code not in (250, 251):
                refused.append({"address": recipient, "code": reply.code, "reason": reply.text})
        if len(refused) == len(envelope.recipients):
            first = refused[0]
            raise self._failed(f"refuses every recipient: {first['code']} {first['reason']}", first["code"])
        await self._ask("DATA", 354)
        await self._send(message)
        try:
            await self._expect("message", await self._reply(), 250)
        except LlmspellError as error:
            if "code" in error.details:
                raise  # the server has refused it
            hint = "it may have been delivered all the same: do not just send it again"
            raise LlmspellError(error.message, kind=error.kind, hint=hint) from error
        return refused

    async def leave(self) -> None:
        """Say good-bye; the message is delivered, so whatever becomes of that does not matter."""
        try:
            await self._say("QUIT")
        except LlmspellError as error:
            if error.kind != "network":
                raise

    def _check_size(self, size: int) -> None:
        most = self._features.get("SIZE", "")
        if most.isascii() and most.isdigit() and 0 < int(most[:20]) < size:
            raise self._failed(f"takes messages of {most[:20]} bytes at most, and this one has {size}")

    async def _hello(self) -> None:
        reply = await self._ask(_HELLO, 250)
        for line in reply.lines[1:]:
            name, _, rest = line.replace("=", " ", 1).partition(" ")  # old servers write AUTH=PLAIN
            self._features.setdefault(name.upper(), rest)

    async def _send(self, message: bytes) -> None:
        """The lines of a message; one that begins with a full stop gets another, and one alone is the end."""
        if not message.endswith(b"\r\n"):
            message += b"\r\n"
        data = re.sub(rb"^\.", b"..", message, flags=re.MULTILINE) + b".\r\n"
        for begin in range(0, len(data), _PART):
            await self._stream.write(data[begin : begin + _PART])

    async def _ask(self, line: str, *codes: int, what: str = "") -> Reply:
        return await self._expect(what or line.partition(":")[0], await self._say(line), *codes)

    async def _say(self, line: str) -> Reply:
        assert line.isprintable(), "a command is one line"
        await self._stream.write(f"{line}\r\n".encode())
        return await self._reply()

    async def _expect(self, what: str, reply: Reply, *codes: int) -> Reply:
        if reply.code not in codes:
            raise self._failed(f"answers {what} with {reply.code} {reply.text}", reply.code)
        return reply

    async def _reply(self) -> Reply:
        lines: list[str] = []
        while len(lines) < _MOST_LINES:
            line = await self._stream.read_line(_LINE)
            if not line.endswith(b"\n"):
                raise LlmspellError(f"{self._name} closed the connection", kind="network", retryable=True)
            read = _REPLY.fullmatch(line.rstrip(b"\r\n"))
            if read is None:
                raise self._failed(f"speaks no SMTP: it says {line[:60]!r}")
            lines.append(read[3].decode("utf-8", "replace"))
            if read[2] != b"-":
                return Reply(int(read[1]), tuple(lines))
        raise self._failed(f"gives a reply of more than {_MOST_LINES} lines")

    def _failed(self, what: str, code: int = 0) -> LlmspellError:
        details = {"code": code} if code else {}
        return LlmspellError(f"{self._name} {what}", kind="network", retryable=400 <= code < 500, details=details)
