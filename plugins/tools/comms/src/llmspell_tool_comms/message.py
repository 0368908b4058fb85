"""A message of e-mail, built so that nothing that is put into it becomes a header of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import PurePath

import attrs

from llmspell.errors import UsageError

# The library's own table is read from the system's files; these are the types that people send.
_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gif": "image/gif",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


@attrs.frozen
class Draft:
    """What is to be sent.

    Attributes:
        sender: whom it is from.
        to: whom it is to.
        cc: who gets a copy, for all to see.
        bcc: who gets a copy that nobody else knows of.
        reply_to: where answers go; None: to the sender.
        subject: one line.
        text: as plain text.
        html: the same as HTML; empty for none.
        files: name and content of what is attached.
    """

    sender: Address
    to: Sequence[Address]
    cc: Sequence[Address]
    bcc: Sequence[Address]
    reply_to: Address | None
    subject: str
    text: str
    html: str
    files: Sequence[tuple[str, bytes]]

    @property
    def recipients(self) -> list[str]:
        """Everybody who gets it, once."""
        return list(dict.fromkeys(each.addr_spec for each in (*self.to, *self.cc, *self.bcc)))


def build(draft: Draft) -> EmailMessage:
    """The message, in seven-bit lines that every server takes; nobody in it learns who is in `bcc`.

    Raises:
        UsageError: the subject or a file's name has a line break or another hidden character.
    """
    if not draft.subject.isprintable():
        raise UsageError("the subject has a line break or another hidden character", hint="write it on one line")
    for name, _ in draft.files:
        if not name.isprintable():
            raise UsageError(f"the attachment {name!r:.200} has a line break or another hidden character in its name")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = draft.sender
    message["To"] = tuple(draft.to)
    if draft.cc:
        message["Cc"] = tuple(draft.cc)
    if draft.reply_to:
        message["Reply-To"] = draft.reply_to
    message["Subject"] = draft.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=draft.sender.domain)
    message.set_content(_encodable(draft.text))
    if draft.html:
        message.add_alternative(_encodable(draft.html), subtype="html")
    for name, content in draft.files:
        kind, _, subtype = _type(name).partition("/")
        charset = {"charset": "utf-8"} if kind == "text" and _is_utf_8(content) else {}
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name, params=charset)
    return message


def _type(name: str) -> str:
    return _TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encodable(text: str) -> str:
    """The text without halves of characters, which no encoding has."""
    return text.encode("utf-8", "replace").decode()
