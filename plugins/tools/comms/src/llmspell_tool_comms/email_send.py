"""The tool `email_send`: a message by SMTP, through the server that is configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

import attrs

from llmspell.context import Context
from llmspell.errors import ConfigError, PermissionDenied, UsageError
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.threads import in_thread
from llmspell.tool import Tool
from llmspell.tools import Example, FunctionTool, tool
from llmspell_tool_comms.smtp import MAX_BYTES, Envelope, Login, Smtp

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.message import EmailMessage

    from llmspell_tool_comms.message import Draft

_PORTS = {"starttls": 587, "implicit": 465, "off": 25}
_MOST_ATTACHED = 20 * 1024 * 1024  # bytes of all files
_MOST_SHOWN = 100_000  # characters of a message that is only shown

_Addresses = Annotated[list[str] | None, {"maxItems": 50}]


@attrs.frozen
class Options:
    """The table `[tool.email_send]`.

    Attributes:
        host: the server.
        port: None for the usual one: 587 with `starttls`, 465 with `implicit`, 25 with `off`.
        tls: how the connection is encrypted: on request, from the beginning (RFC 8314), or not at all; `off` sends
            everything in the clear, and never a password.
        username: who logs in; empty for nobody.
        secret: the name of the password.
        sender: whom messages are from.
        allowed_recipients: who may be written to, as patterns such as `*@example.com`.
        timeout: seconds for a delivery.
    """

    host: str = ""
    port: int | None = attrs.field(
        default=None,
        validator=attrs.validators.optional([attrs.validators.ge(1), attrs.validators.le(65_535)]),
    )
    tls: Literal["starttls", "implicit", "off"] = "starttls"
    username: str = ""
    secret: str = "SMTP_PASSWORD"  # noqa: S105  # its name
    sender: str = ""
    allowed_recipients: tuple[str, ...] = ("*",)
    timeout: float = attrs.field(default=60.0, validator=[attrs.validators.gt(0), attrs.validators.le(280)])

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.tls]


def make(options: Options) -> FunctionTool:
    """The tool, configured.

    Raises:
        ConfigError: a password would be sent in the clear.
    """
    if options.username and options.tls == "off":
        problem = "`tool.email_send.tls` is off, so the password of `username` would be sent in the clear"
        raise ConfigError([problem], hint='set tls = "starttls" or "implicit", or no username')

    @tool(
        category="comms",
        tags=("attachment", "e-mail", "mail", "message", "notify", "smtp"),
        needs=("net", "secrets") if options.username else ("net",),
        timeout=300.0,
        cost=None,
        examples=(
            Example(
                {"to": ["ann@example.com"], "subject": "Report", "text": "It is attached.", "attachments": ["a.pdf"]},
                "sends a file to somebody",
            ),
        ),
    )
    async def email_send(
        context: Context,
        *,
        to: Annotated[list[str], {"minItems": 1, "maxItems": 50}],
        subject: Annotated[str, {"minLength": 1, "maxLength": 500}],
        text: Annotated[str, {"maxLength": 1_000_000}],
        html: Annotated[str, {"maxLength": 1_000_000}] = "",
        cc: _Addresses = None,
        bcc: _Addresses = None,
        reply_to: str = "",
        attachments: Annotated[list[str] | None, {"maxItems": 20}] = None,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Sends an e-mail and answers who was accepted as a recipient; with `dry_run` it only shows the message.

        Args:
            context: what the call may use.
            to: addresses, each as `ann@example.com` or `Ann <ann@example.com>`.
            subject: one line.
            text: the message as plain text.
            html: the same as HTML, for readers that show it.
            cc: who gets a copy that everybody sees.
            bcc: who gets a copy that nobody sees.
            reply_to: the address that answers go to, where it is not the sender's.
            attachments: files to attach, relative to the project folder.
            dry_run: show the message and send nothing.
        """
        from llmspell_tool_comms.addresses import parse_address
        from llmspell_tool_comms.message import Draft, build

        _check_configured(options)
        draft = Draft(
            parse_address(options.sender, "tool.email_send.sender"),
            _addresses(to, "to"),
            _addresses(cc or [], "cc"),
            _addresses(bcc or [], "bcc"),
            parse_address(reply_to, "reply_to") if reply_to else None,
            subject,
            text,
            html,
            await in_thread(_files, context, attachments or []),
        )
        _check_recipients(draft.recipients, options.allowed_recipients)
        message = build(draft)
        if dry_run:
            return _shown(draft, message)
        return await _sent(context, options, draft, message)

    return email_send


def _check_configured(options: Options) -> None:
    missing = [key for key in ("host", "sender") if not getattr(options, key)]
    if missing:
        raise ConfigError([f"`tool.email_send.{key}` is missing" for key in missing])


def _addresses(texts: Sequence[str], what: str) -> list[Address]:
    from llmspell_tool_comms.addresses import parse_address

    return [parse_address(text, f"{what}[{place}]") for place, text in enumerate(texts)]


def _files(context: Context, paths: Sequence[str]) -> list[tuple[str, bytes]]:
    found, size = [], 0
    for path in paths:
        content = context.files.read_bytes(path)
        size += len(content)
        if size > _MOST_ATTACHED:
            raise UsageError(f"the attachments have more than {_MOST_ATTACHED} bytes", hint="send fewer of them")
        found.append((PurePath(path).name, content))
    return found


def _check_recipients(recipients: Sequence[str], patterns: Sequence[str]) -> None:
    for recipient in recipients:
        if not any(fnmatchcase(recipient.lower(), pattern.lower()) for pattern in patterns):
            raise PermissionDenied(
                f"{recipient!r} may not be written to",
                hint=f'if it is meant, add "{recipient}" to allowed_recipients in llmspell.toml: [tool.email_send]',
            )


def _shown(draft: Draft, message: EmailMessage) -> dict[str, Any]:
    text = message.as_bytes().decode("ascii", "replace")
    return {
        "sent": False,
        "from": draft.sender.addr_spec,
        "recipients": draft.recipients,
        "message": text[:_MOST_SHOWN],
        "truncated": len(text) > _MOST_SHOWN,
    }


async def _sent(context: Context, options: Options, draft: Draft, message: EmailMessage) -> dict[str, Any]:
    host, port = options.place
    login = Login(options.username, await context.secret(options.secret)) if options.username else None
    implicit = options.tls == "implicit"
    async with context.http.connect(host, port, tls=implicit, timeout=options.timeout, max_bytes=MAX_BYTES) as stream:
        smtp = Smtp(stream, f"the mail server {host}:{port}")
        await smtp.greet(starttls=options.tls == "starttls")
        if login:
            await smtp.login(login)
        content = await in_thread(message.as_bytes)
        refused = await smtp.deliver(Envelope(draft.sender.addr_spec, draft.recipients), content)
        await smtp.leave()
    wrong = {each["address"] for each in refused}
    return {
        "sent": True,
        "from": draft.sender.addr_spec,
        "accepted": [each for each in draft.recipients if each not in wrong],
        "refused": refused,
        "message_id": str(message["Message-ID"]),
        "bytes": len(content),
    }


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The tool, configured by `[tool.email_send]`."""
    return {"email_send": make(settings.table("tool", "email_send", Options))}
