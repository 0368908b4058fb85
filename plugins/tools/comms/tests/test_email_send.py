"""email_send: messages as they are built and delivered."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.config.settings import Settings
from llmspell.errors import ConfigError, LlmspellError, PermissionDenied, UsageError
from llmspell.plugins import Plugins
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract

from .mail_server import MailServer, Rules, receiving

PASSWORD = "hunter22-hunter22"
MAIL: dict[str, Any] = {"to": ["ann@example.com"], "subject": "Hi", "text": "Hello."}


def table(server: MailServer, **options: Any) -> dict[str, dict[str, Any]]:
    usual = {"host": "127.0.0.1", "port": server.port, "tls": "off", "sender": "Me <me@example.com>"}
    return {"email_send": {**usual, **options}}


def sender(folder: Path, server: MailServer, allow: dict[str, list[str]] | None = None, **options: Any) -> Bench:
    """What may send through a server."""
    return Bench(
        folder,
        allow={"net": [server.place], **(allow or {})},
        environ={"SMTP_PASSWORD": PASSWORD},
        tables=table(server, **options),
    )


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=default)


class TestEmailSendContract(ToolContract):
    name = "email_send"
    good = (MAIL, {**MAIL, "dry_run": True})
    bad = (
        {},
        {**MAIL, "to": []},
        {**MAIL, "to": ["ann"]},
        {**MAIL, "to": ["ann@example.com, bob@example.com"]},
        {**MAIL, "to": ["ann@example.com\r\nBcc: eve@example.com"]},
        {**MAIL, "subject": "Hi\r\nBcc: eve@example.com"},
        {**MAIL, "subject": ""},
        {**MAIL, "cc": ["a b@example.com"]},
        {**MAIL, "reply_to": "nobody"},
        {**MAIL, "attachments": ["missing.txt"]},
        {**MAIL, "attachments": ["../secret"]},
        {**MAIL, "attachments": ["a"] * 21},
    )

    @pytest.fixture(autouse=True)
    async def served(self) -> AsyncIterator[None]:
        async with receiving() as server:
            self.allow = {"net": [server.place], "fs.read": ["**"]}
            self.tables = table(server)
            yield


async def test_a_message_arrives_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(bytes(range(256)) * 10)
    async with receiving() as server:
        found = await sender(tmp_path, server, {"fs.read": ["**"]}).call(
            "email_send",
            {
                "to": ["Ann Lee <ann@example.com>", "bob@example.com"],
                "cc": ['"Doe, Jane" <jane@example.com>'],
                "bcc": ["boss@example.com", "bob@example.com"],
                "reply_to": "team@example.com",
                "subject": "Grüße ✓",
                "text": "Hällo\n.\n..two\nend",
                "html": "<p>Hällo</p>",
                "attachments": ["report.pdf"],
            },
        )
    [mail] = server.mails
    recipients = ["ann@example.com", "bob@example.com", "jane@example.com", "boss@example.com"]
    assert (mail.sender, mail.recipients) == ("me@example.com", recipients)
    message = read(mail.data)
    assert (message["From"], message["Reply-To"]) == ("Me <me@example.com>", "team@example.com")
    assert message["To"] == "Ann Lee <ann@example.com>, bob@example.com"
    assert message["Cc"] == '"Doe, Jane" <jane@example.com>'
    assert (message["Subject"], message["Bcc"]) == ("Grüße ✓", None)
    assert b"boss@example.com" not in mail.data
    assert mail.data.isascii()
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hällo", ".", "..two", "end"]
    assert html.get_content().splitlines() == ["<p>Hällo</p>"]
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("report.pdf", "application/pdf")
    assert attached.get_content() == bytes(range(256)) * 10
    assert found == {
        "sent": True,
        "from": "me@example.com",
        "accepted": recipients,
        "refused": [],
        "message_id": message["Message-ID"],
        "bytes": len(mail.data),
    }


async def test_a_dry_run_shows_the_message_and_sends_nothing(tmp_path: Path) -> None:
    async with receiving() as server:
        found = await sender(tmp_path, server).call("email_send", {**MAIL, "dry_run": True, "bcc": ["b@example.com"]})
    assert (found["sent"], found["truncated"]) == (False, False)
    assert found["recipients"] == ["ann@example.com", "b@example.com"]
    assert "Subject: Hi\r\n" in found["message"]
    assert found["message"].endswith("\r\nHello.\r\n")
    assert server.heard == []


async def test_a_great_message_that_is_only_shown_is_cut(tmp_path: Path) -> None:
    async with receiving() as server:
        found = await sender(tmp_path, server).call("email_send", {**MAIL, "dry_run": True, "text": "x\n" * 100_000})
    assert (len(found["message"]), found["truncated"]) == (100_000, True)


# Encryption and login


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("features", [("AUTH PLAIN LOGIN",), ("AUTH LOGIN",), ("AUTH=PLAIN",)], ids=str)
async def test_a_login_happens_over_an_encrypted_connection(
    tmp_path: Path, tls: ssl.SSLContext, features: tuple[str, ...]
) -> None:
    async with receiving(Rules(tls=tls, users={"me": PASSWORD}, features=features)) as server:
        tool = sender(tmp_path, server, {"secrets": ["SMTP_PASSWORD"]}, tls="starttls", username="me")
        await tool.call("email_send", MAIL)
    [mail] = server.mails
    assert (mail.user, mail.encrypted) == ("me", True)
    assert [line.partition(" ")[0] for line in server.heard][:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert PASSWORD not in str([dict(event.data) for event in tool.events])


@pytest.mark.usefixtures("trusted")
async def test_a_connection_may_be_encrypted_from_the_beginning(tmp_path: Path, tls: ssl.SSLContext) -> None:
    async with receiving(Rules(tls=tls, encrypted=True, users={"me": PASSWORD})) as server:
        tool = sender(tmp_path, server, {"secrets": ["SMTP_PASSWORD"]}, tls="implicit", username="me")
        await tool.call("email_send", MAIL)
    assert (server.mails[0].user, server.mails[0].encrypted) == ("me", True)


@pytest.mark.usefixtures("trusted")
async def test_a_wrong_password_is_told(tmp_path: Path, tls: ssl.SSLContext) -> None:
    async with receiving(Rules(tls=tls, users={"me": "other"})) as server:
        tool = sender(tmp_path, server, {"secrets": ["SMTP_PASSWORD"]}, tls="starttls", username="me")
        with pytest.raises(LlmspellError, match=r"refuses the login of 'me': 535 5\.7\.8 who\?$") as caught:
            await tool.call("email_send", MAIL)
    assert caught.value.kind == "authentication"
    assert caught.value.hint.endswith("llmspell keys set SMTP_PASSWORD")
    assert server.mails == []


async def test_without_encryption_nothing_is_sent_that_should_have_it(tmp_path: Path) -> None:
    async with receiving() as server:
        tool = sender(tmp_path, server, {"secrets": ["*"]}, tls="starttls", username="me")
        with pytest.raises(LlmspellError, match=r"the mail server 127\.0\.0\.1:\d+ offers no encryption"):
            await tool.call("email_send", MAIL)
    assert [line.partition(" ")[0] for line in server.heard if line] == ["EHLO"]


async def test_a_server_that_is_not_trusted_gets_neither_password_nor_message(
    tmp_path: Path, tls: ssl.SSLContext
) -> None:
    async with receiving(Rules(tls=tls, users={"me": PASSWORD})) as server:
        tool = sender(tmp_path, server, {"secrets": ["*"]}, tls="starttls", username="me")
        with pytest.raises(LlmspellError, match=r"the certificate of '127\.0\.0\.1' is not trusted"):
            await tool.call("email_send", MAIL)
    assert [line.partition(" ")[0] for line in server.heard if line] == ["EHLO", "STARTTLS"]


async def test_a_password_must_be_granted(tmp_path: Path, tls: ssl.SSLContext) -> None:
    async with receiving(Rules(tls=tls)) as server:
        tool = sender(tmp_path, server, {"secrets": ["OTHER"]}, tls="starttls", username="me")
        with pytest.raises(PermissionDenied) as caught:
            await tool.call("email_send", MAIL)
    assert "--allow-secret=SMTP_PASSWORD" in caught.value.hint
    assert server.heard == []


# Whom and what


async def test_who_is_refused_is_told_and_the_others_get_it(tmp_path: Path) -> None:
    answers = {"RCPT TO:<bob@example.com>": "550 5.1.1 no such\tuser"}
    async with receiving(Rules(answers=answers)) as server:
        found = await sender(tmp_path, server).call("email_send", {**MAIL, "cc": ["bob@example.com"]})
    assert found["accepted"] == ["ann@example.com"]
    assert found["refused"] == [{"address": "bob@example.com", "code": 550, "reason": "5.1.1 no such user"}]
    assert len(server.mails) == 1


async def test_only_configured_recipients_are_written_to(tmp_path: Path) -> None:
    async with receiving() as server:
        tool = sender(tmp_path, server, allowed_recipients=["*@Example.com"])
        await tool.call("email_send", MAIL)
        with pytest.raises(PermissionDenied, match=r"^'eve@example\.org' may not be written to$") as caught:
            await tool.call("email_send", {**MAIL, "bcc": ["eve@example.org"]})
        assert 'add "eve@example.org" to allowed_recipients in llmspell.toml' in caught.value.hint
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    "address",
    [
        "ann",
        "@example.com",
        "ann@",
        "ann@@example.com",
        "ann@example.com>",
        "<ann@example.com> <bob@example.com>",
        "ann@example.com,bob@example.com",
        "ann@example.com\nRCPT TO:<eve@example.com>",
        "Ann\r\nBcc: eve@example.com <ann@example.com>",
        "Ann\nLee <ann@example.com>",
        '"Ann\r\nLee" <ann@example.com>',
        "ann@exam ple.com",
        "änn@example.com",
        "ann@-example.com",
        ".ann@example.com",
        "ann@example.com\0",
        "a" * 300 + "@example.com",
        'Ann "x" <ann@example.com>',
        "",
    ],
)
async def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    async with receiving() as server:
        for field in ("to", "cc", "bcc"):
            with pytest.raises(UsageError, match=rf"^{field}\[\d\]: .* is no address$"):
                await sender(tmp_path, server).call("email_send", {**MAIL, field: [address]})
    assert server.heard == []


@pytest.mark.parametrize("mark", ["\r\n", "\n", "\r", "\0", "\u2028", "\x0b"])
async def test_a_subject_is_one_line(tmp_path: Path, mark: str) -> None:
    async with receiving() as server:
        with pytest.raises(UsageError, match=r"the subject has a line break or another hidden character"):
            await sender(tmp_path, server).call("email_send", {**MAIL, "subject": f"Hi{mark}Bcc: eve@example.com"})


async def test_a_file_s_name_becomes_no_header(tmp_path: Path) -> None:
    odd, worse = 'a"; x=y ü.txt', "a\r\nBcc: eve@example.com.txt"
    for name in (odd, worse):
        (tmp_path / name).write_text("ü.\n")
    async with receiving() as server:
        tool = sender(tmp_path, server, {"fs.read": ["**"]})
        await tool.call("email_send", {**MAIL, "attachments": [odd]})
        with pytest.raises(UsageError, match=r"^the attachment 'a\\r\\nBcc: .*' has a line break or another hidden"):
            await tool.call("email_send", {**MAIL, "attachments": [worse]})
    [mail] = server.mails
    [attached] = read(mail.data).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (odd, "ü.\n")


async def test_attachments_are_bounded_and_granted(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(11 * 1024 * 1024))
    async with receiving() as server:
        tool = sender(tmp_path, server, {"fs.read": ["**"]})
        with pytest.raises(UsageError, match=r"the attachments have more than 20971520 bytes"):
            await tool.call("email_send", {**MAIL, "attachments": ["big", "big"]})
        with pytest.raises(PermissionDenied, match="big") as caught:
            await sender(tmp_path, server).call("email_send", {**MAIL, "attachments": ["big"]})
        assert "--allow-fs-read" in caught.value.hint
    assert server.heard == []


async def test_a_server_that_is_not_granted_is_not_talked_to(tmp_path: Path) -> None:
    async with receiving() as server, receiving() as other:
        tool = Bench(tmp_path, allow={"net": [other.place]}, tables=table(server))
        with pytest.raises(PermissionDenied) as caught:
            await tool.call("email_send", MAIL)
        assert f"--allow-net={server.place}" in caught.value.hint
    assert server.heard == []


# Configuration


async def test_a_server_must_be_configured(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        await Bench(tmp_path, allow={"net": ["*"]}).call("email_send", MAIL)
    assert caught.value.problems == ("`tool.email_send.host` is missing", "`tool.email_send.sender` is missing")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["tls=off", "username=me"], r"the password of `username` would be sent in the clear"),
        (["tls=ssl"], r"tls"),
        (["port=0"], r"port"),
        (["password=x"], r"password"),
        (["timeout=900"], r"timeout"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, options: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Plugins(Settings(load(tmp_path, {}, [f"tool.email_send.{each}" for each in options]))).get("tool", "email_send")
