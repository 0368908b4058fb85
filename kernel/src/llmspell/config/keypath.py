"""Where a value stands in nested tables: keys and list indexes, written `budget.tokens` or `tools[0]`."""

from __future__ import annotations

import json
import re

KeyPath = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART = re.compile(r"""\s*(?:"(?P<basic>[^"]*)"|'(?P<literal>[^']*)'|(?P<bare>[A-Za-z0-9_-]+))\s*(?P<dot>\.|$)""")


def dotted(path: KeyPath) -> str:
    """The path as TOML writes it, with list indexes in brackets; keys that are not plain words are quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." * bool(text) + (part if _BARE.fullmatch(part) else quoted(part))
    return text


def quoted(text: str) -> str:
    """The text as a basic string of TOML."""
    # JSON's escapes are TOML's, but TOML wants DEL escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def split(text: str) -> KeyPath:
    """The keys of a dotted path, as `dotted` writes them; without list indexes and escapes.

    Raises:
        ValueError: `text` is not a dotted path.
    """
    parts: list[str] = []
    position = 0
    while True:
        found = _PART.match(text, position)
        if found is None:
            raise ValueError(f"{text!r} is not a dotted key")
        parts.append(next(part for part in found.group("basic", "literal", "bare") if part is not None))
        if not found["dot"]:
            return tuple(parts)
        position = found.end()
