"""A mail server on the loopback that keeps what it is given, and refuses what it is told to."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import attrs

from llmspell.testing.loopback import Talk, talking

__all__ = ["Talk", "talking"]


@attrs.frozen
class Rules:
    """How a server behaves: which commands it answers otherwise, who may log in, and how connections are encrypted."""

    answers: Mapping[str, str] = attrs.field(factory=dict)
    features: tuple[str, ...] = ("SIZE 1000000", "8BITMIME")
    users: Mapping[str, str] = attrs.field(factory=dict)
    tls: ssl.SSLContext | None = None
    encrypted: bool = False


@attrs.define
class Mail:
    """A message as it arrived."""

    sender: str = ""
    recipients: list[str] = attrs.field(factory=list)
    data: bytes = b""
    user: str = ""
    encrypted: bool = False


@attrs.frozen
class MailServer:
    """A server, the messages that it took, and the commands that it heard."""

    port: int
    mails: list[Mail] = attrs.field(factory=list)
    heard: list[str] = attrs.field(factory=list)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


class _Conversation:
    def __init__(
        self, rules: Rules, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.rules, self.server, self.reader, self.writer = rules, server, reader, writer
        self.mail = Mail(encrypted=rules.encrypted)

    async def line(self) -> str:
        line = (await self.reader.readline()).decode().rstrip("\r\n")
        self.server.heard.append(line)
        return line

    async def run(self) -> None:
        self.say(self.rules.answers.get("CONNECT", "220 ready"))
        while line := await self.line():
            word = line.partition(" ")[0].upper()
            answer = self.rules.answers.get(line, self.rules.answers.get(word))
            if answer == "CLOSE":
                return
            if answer:
                self.say(answer)
            elif await getattr(self, f"on_{word.lower()}", self.unknown)(line):
                return
            await self.writer.drain()

    def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())

    async def unknown(self, line: str) -> None:
        self.say("502 what?")

    async def on_ehlo(self, line: str) -> None:
        features = [*self.rules.features]
        if self.rules.tls and not self.mail.encrypted:
            features.append("STARTTLS")
        if self.rules.users and self.mail.encrypted and not any(each.startswith("AUTH") for each in features):
            features.append("AUTH PLAIN LOGIN")
        lines = ["mail.test", *features]
        for each in lines[:-1]:
            self.say(f"250-{each}")
        self.say(f"250 {lines[-1]}")

    async def on_starttls(self, line: str) -> None:
        assert self.rules.tls
        self.say("220 go")
        await self.writer.start_tls(self.rules.tls)
        self.mail.encrypted = True

    async def on_auth(self, line: str) -> None:
        _, way, *given = line.split(" ")
        if way == "PLAIN":
            _, user, password = b64decode(given[0]).decode().split("\0")
        else:
            self.say("334 VXNlcm5hbWU6")
            user = b64decode(await self.line()).decode()
            self.say("334 UGFzc3dvcmQ6")
            password = b64decode(await self.line()).decode()
        known = self.rules.users.get(user) == password
        self.mail.user = user if known else ""
        self.say("235 welcome" if known else "535 5.7.8 who?")

    async def on_mail(self, line: str) -> None:
        self.mail.sender = line[line.index("<") + 1 : line.index(">")]
        self.say("250 ok")

    async def on_rcpt(self, line: str) -> None:
        self.mail.recipients.append(line[line.index("<") + 1 : line.index(">")])
        self.say("250 ok")

    async def on_data(self, line: str) -> bool:
        self.say("354 go on")
        data = await self.reader.readuntil(b"\r\n.\r\n")
        self.mail.data = data[:-3].replace(b"\r\n..", b"\r\n.")
        after = self.rules.answers.get("MESSAGE", "250 taken")
        if after == "CLOSE":
            return True
        self.server.mails.append(self.mail)
        self.say(after)
        return False

    async def on_quit(self, line: str) -> bool:
        self.say("221 bye")
        return True


@asynccontextmanager
async def receiving(rules: Rules | None = None) -> AsyncIterator[MailServer]:
    """A server with these rules."""
    rules = rules or Rules()
    mails: list[Mail] = []
    heard: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Conversation(rules, MailServer(0, mails, heard), reader, writer).run()

    async with talking(talk, rules.tls if rules.encrypted else None) as port:
        yield MailServer(port, mails, heard)
