"""Addresses of e-mail, read strictly: what is not surely one address is none."""

from __future__ import annotations

import re
from email.headerregistry import Address

from llmspell.errors import UsageError

_LONGEST = 254  # characters, RFC 5321, section 4.5.3.1
_LONGEST_NAME = 200
_WRITTEN = re.compile(
    r'(?:(?:"(?P<quoted>[^"\\<>]*)"|(?P<name>[^"\\<>,;:@]*?))\s*<(?P<inner>[^<>]+)>|(?P<bare>[^<>\s]+))'
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def parse_address(text: str, what: str) -> Address:
    """The address that a text is, with or without a name: `ann@example.com`, `Ann <ann@example.com>`.

    Args:
        text: as it was written.
        what: whose address it is, for errors.

    Raises:
        UsageError: it is none, or more than one.
    """
    read = _WRITTEN.fullmatch(text.strip()) if text.isprintable() and len(text) <= _LONGEST + _LONGEST_NAME else None
    spec = (read["inner"] or read["bare"]) if read else ""
    if read is None or len(spec) > _LONGEST or not _ADDRESS.fullmatch(spec):
        raise UsageError(
            f"{what}: {text!r:.200} is no address",
            hint="write ann@example.com or Ann <ann@example.com>, each address as an item of its own",
        )
    return Address(read["quoted"] or read["name"] or "", addr_spec=spec)
