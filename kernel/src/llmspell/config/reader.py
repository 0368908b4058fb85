"""Reads one configuration file into plain data, with the line of every key.

A file is data from outside: size, nesting, encoding and kind are checked before any of it is parsed, so a
wrong file is an error with its line within a second, never a hang.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from llmspell.config.keypath import KeyPath
from llmspell.config.lines import DEEPEST, TooDeep, key_lines
from llmspell.errors import ConfigError

LARGEST = 1 << 18
"""Bytes that a configuration file may have."""

_BYTE_ORDER_MARK = "\ufeff"
_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_REWORDED = {
    "Cannot overwrite a value": "a key is set twice",
    "Cannot declare": "a table is declared twice",
    "Cannot mutate immutable namespace": "a key is added to a table that is complete already",
    "Invalid value": "invalid value; text needs quotes",
}


@attrs.frozen
class Document:
    """A file's content: `data` is nested dicts, `lines` maps paths to lines (from 1), best effort."""

    data: dict[str, Any]
    lines: Mapping[KeyPath, int]


def read(path: Path, name: str = "") -> Document:
    """The content of a TOML file; errors call it `name`, or else by its path.

    Raises:
        ConfigError: it cannot be read, is larger than 256 KiB, is nested too deeply, or is not TOML in UTF-8.
    """
    name = name or str(path)
    return parse(_decoded(_content(path, name), name), name)


def parse(text: str, name: str) -> Document:
    """The content of a TOML text; errors call it `name`.

    Raises:
        ConfigError: it nests deeper than 32 levels, or is not TOML.
    """
    import tomllib

    try:
        lines = key_lines(text)
        return Document(tomllib.loads(text), lines)
    except TooDeep as error:
        raise ConfigError([f"{name}:{error.line}: nests deeper than {DEEPEST} levels"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_problem(str(error), text, name)]) from None
    except ValueError:  # Python refuses to read an integer of more than 4300 digits
        raise ConfigError([f"{name}: is not TOML: an integer has more than 4300 digits"]) from None


def _content(path: Path, name: str) -> bytes:
    try:
        # Opening a pipe or a device could wait for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError([f"{name}: is not a regular file"])
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError([f"{name}: cannot be read: {error.strerror or error}"]) from error
    if len(content) > LARGEST:
        raise ConfigError([f"{name}: is larger than {LARGEST >> 10} KiB"])
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


def _syntax_problem(message: str, text: str, name: str) -> str:
    """The parser's message as a sentence of ours: `Invalid value (at line 3, column 9)` and the like."""
    position = _POSITION.search(message)
    if position is None:
        return f"{name}: is not TOML: {message}"
    line = position["line"] or text.count("\n") + 1
    reason = message[: position.start()]
    words = next((words for start, words in _REWORDED.items() if reason.startswith(start)), "")
    return f"{name}:{line}: is not TOML: {words or reason[:1].lower() + reason[1:]}"
