"""JSON, strictly: no key twice, no NaN, no comments, no commas too many; and with the line of every key.

The library's parser tells neither lines nor keys that come twice, so there is a reader here; only its strings are
the library's.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from llmspell.config.document import DEEPEST, Document, Entry, too_deep
from llmspell.config.keypath import KeyPath
from llmspell.errors import ConfigError

SCHEMA_KEY = "$schema"
"""The key that tells an editor where the schema is; it is no setting."""

_SPACE = re.compile(r"[ \t\r\n]*+")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*+))(\.[0-9]++)?([eE][+-]?[0-9]++)?(?![\w.])")
_WORDS = {"true": True, "false": False, "null": None}
_STRINGS = json.JSONDecoder(strict=True)
_WORD = re.compile(r"[A-Za-z]++")
_INDENT = re.compile(r'\n([ \t]+)"')


def parse(text: str, name: str) -> Document:
    """The content of a JSON text; errors call it `name`.

    Raises:
        ConfigError: it nests deeper than 32 levels, says a key twice, or is not JSON.
    """
    reader = _Reader(text, name)
    data = reader.document()
    data.pop(SCHEMA_KEY, None)
    lines = {path: reader.line(entry.key[0]) for path, entry in reader.entries.items()}
    return Document(data, lines)


def entries(text: str) -> Mapping[KeyPath, Entry]:
    """Where each key and value stands."""
    reader = _Reader(text, "")
    reader.document()
    return reader.entries


def literal(value: Any) -> str:
    """A value on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def inserted(text: str, path: KeyPath, value: Any) -> Iterator[str]:
    """The text with one more setting, written anew with the indentation that it has: JSON has no comments to keep."""
    data = _Reader(text, "").document()
    table: Any = data
    for key in path[:-1]:
        if not isinstance(table.get(key), dict):
            table[key] = {}
        table = table[key]
    table[path[-1]] = value
    indent = _INDENT.search(text)
    yield json.dumps(data, ensure_ascii=False, indent=indent[1] if indent else 2, default=str) + "\n"


class _Reader:
    """Reads one text, from left to right."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self.entries: dict[KeyPath, Entry] = {}

    def line(self, position: int) -> int:
        """The line (from 1) of a position."""
        return bisect_left(self._ends, position) + 1

    def document(self) -> dict[str, Any]:
        """The whole text, which must be one object."""
        value, end = self._value(self._skip(0), (), 0)
        end = self._skip(end)
        if end < len(self._text):
            raise self._wrong(end, f"found {self._text[end]!r} after its end")
        if not isinstance(value, dict):
            raise ConfigError([f"{self._name}:1: must be a table at its top, with braces around it"])
        return value

    def _value(self, position: int, path: KeyPath, depth: int) -> tuple[Any, int]:
        if depth > DEEPEST:
            raise too_deep(self._name, self.line(position))
        mark = self._text[position : position + 1]
        if mark == "{":
            return self._object(position + 1, path, depth)
        if mark == "[":
            return self._list(position + 1, path, depth)
        if mark == '"':
            return self._string(position)
        if number := _NUMBER.match(self._text, position):
            return self._number(number), number.end()
        word = _WORD.match(self._text, position)
        if word and word[0] in _WORDS:
            return _WORDS[word[0]], word.end()
        found = word[0][:20] if word else mark
        raise self._wrong(position, f"invalid value {found!r}" if found else "it ends too early")

    def _object(self, position: int, path: KeyPath, depth: int) -> tuple[dict[str, Any], int]:
        table: dict[str, Any] = {}
        position = self._skip(position)
        if self._text[position : position + 1] == "}":
            return table, position + 1
        while True:
            if self._text[position : position + 1] != '"':
                raise self._wrong(position, "expected a key in double quotes")
            key, end = self._string(position)
            if key in table:
                raise self._wrong(position, f"the key {key[:60]!r} is set twice")
            begin = self._expect(end, ":")
            value, stop = self._value(begin, (*path, key), depth + 1)
            table[key] = value
            self.entries[*path, key] = Entry((position, end), (begin, stop))
            position, last = self._next(stop, "}")
            if last:
                return table, position

    def _list(self, position: int, path: KeyPath, depth: int) -> tuple[list[Any], int]:
        items: list[Any] = []
        position = self._skip(position)
        if self._text[position : position + 1] == "]":
            return items, position + 1
        while True:
            value, stop = self._value(position, (*path, len(items)), depth + 1)
            self.entries[*path, len(items)] = Entry((position, stop), (position, stop))
            items.append(value)
            position, last = self._next(stop, "]")
            if last:
                return items, position

    def _string(self, position: int) -> tuple[str, int]:
        try:
            text, end = _STRINGS.raw_decode(self._text, position)
            text.encode()
        except json.JSONDecodeError as error:
            reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
            raise self._wrong(error.pos, reason) from None
        except UnicodeEncodeError:
            raise self._wrong(position, "a string holds half of a surrogate pair") from None
        return text, end

    def _number(self, found: re.Match[str]) -> int | float:
        try:
            number = float(found[0]) if found[2] or found[3] else int(found[0])
        except ValueError:  # Python refuses to read an integer of more than 4300 digits
            raise self._wrong(found.start(), "an integer has more than 4300 digits") from None
        if number in (float("inf"), float("-inf")):
            raise self._wrong(found.start(), f"the number {found[0][:20]} is too large")
        return number

    def _skip(self, position: int) -> int:
        found = _SPACE.match(self._text, position)
        return found.end() if found else position

    def _expect(self, position: int, mark: str) -> int:
        position = self._skip(position)
        if self._text[position : position + 1] != mark:
            raise self._wrong(position, f"expected {mark!r}")
        return self._skip(position + 1)

    def _next(self, position: int, closing: str) -> tuple[int, bool]:
        """Where the next item begins, or where the end is."""
        position = self._skip(position)
        mark = self._text[position : position + 1]
        if mark == closing:
            return position + 1, True
        if mark != ",":
            raise self._wrong(position, f"expected ',' or {closing!r}")
        return self._skip(position + 1), False

    def _wrong(self, position: int, reason: str) -> ConfigError:
        return ConfigError([f"{self._name}:{self.line(position)}: is not JSON: {reason}"])
