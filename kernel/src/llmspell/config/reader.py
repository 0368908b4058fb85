"""Reads one configuration file into plain data, with the line of every key.

A file is data from outside: size, nesting, encoding and kind are checked before any of it is parsed, so a
wrong file is an error with its line within a second, never a hang.
"""

from __future__ import annotations

import stat
from pathlib import Path

from llmspell.config.document import Document
from llmspell.config.formats import format_of
from llmspell.errors import ConfigError

LARGEST = 1 << 18
"""Bytes that a configuration file may have."""

_BYTE_ORDER_MARK = "\ufeff"


def read(path: Path, name: str = "") -> Document:
    """The content of a TOML, YAML or JSON file, as its ending says; errors call it `name`, or else by its path.

    Raises:
        ConfigError: it cannot be read, is larger than 256 KiB, is nested too deeply, or is not in its format or UTF-8.
    """
    name = name or str(path)
    return format_of(path).parse(read_text(path, name), name)


def read_text(path: Path, name: str) -> str:
    """The text of a file that errors call `name`.

    Raises:
        ConfigError: it cannot be read, is larger than 256 KiB, or is not plain UTF-8.
    """
    return _decoded(read_bytes(path, name), name)


def read_bytes(path: Path, name: str, largest: int = LARGEST) -> bytes:
    """What is in a file that errors call `name`.

    Raises:
        ConfigError: it cannot be read, or has more than `largest` bytes.
    """
    try:
        # Opening a pipe or a device could wait for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError([f"{name}: is not a regular file"])
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise ConfigError([f"{name}: cannot be read: {error.strerror or error}"]) from error
    if len(content) > largest:
        raise ConfigError([f"{name}: is larger than {largest >> 10} KiB"])
    return content


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = content[error.start : error.start + 1]
        raise ConfigError([f"{name}:{line}: is not UTF-8, found the byte {found!r}"]) from None
    if text.startswith(_BYTE_ORDER_MARK):
        raise ConfigError([f"{name}:1: starts with a byte order mark; save it as plain UTF-8"])
    return text
