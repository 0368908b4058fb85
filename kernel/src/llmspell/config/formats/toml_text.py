"""Where each key of a TOML text stands: what `tomllib` does not tell.

A scanner, not a parser: it knows just enough of TOML to find keys and table headers, accepts what is not
TOML, and guards the parser against nesting that would exhaust it. Its answers are best effort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from llmspell.config.document import DEEPEST, Entry, Span
from llmspell.config.keypath import KeyPath

# Strings that never end are pieces too, so that no text makes the scanner go back over what it has seen.
_STRING = r'''
    (?P<string> """(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{0,5} | "(?:[^"\\\n]++|\\[^\n])*+"?
              | \'\'\'(?:[^']++|'{1,2}(?!'))*+'{0,5}    | '[^'\n]*+'? )
'''
_FLAGS = re.VERBOSE | re.DOTALL
_HEAD = re.compile(_STRING + r"| \#[^\n]* | (?P<mark>[\[\]=\n]) | (?P<word>[^\s\[\]=.\#\"']+)", _FLAGS)
_VALUE = re.compile(_STRING + r"| (?P<comment>\#[^\n]*) | (?P<mark>[\[\]{}\n])", _FLAGS)


class TooDeep(Exception):
    """The text nests deeper than `DEEPEST`; `line` says where."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


@attrs.frozen
class Statement:
    """A table's header, or a key with its value.

    Attributes:
        path: what it is about, with the table that it stands in; `table` is that table.
        line: where it begins, from 1.
        key: where the last word of the key stands.
        value: where the value stands; None for a header.
        end: where the next line begins.
    """

    path: KeyPath
    table: KeyPath
    line: int
    key: Span
    value: Span | None
    end: int


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) where every key, table and element of an array of tables first stands.

    Raises:
        TooDeep: the text nests too deeply to be parsed safely.
    """
    lines: dict[KeyPath, int] = {}
    for statement in statements(text):
        path = statement.path
        while path and path not in lines:
            lines[path] = statement.line
            path = path[:-1]
    return lines


def key_entries(text: str) -> dict[KeyPath, Entry]:
    """Where every key and its value first stand."""
    found: dict[KeyPath, Entry] = {}
    for statement in statements(text):
        found.setdefault(statement.path, Entry(statement.key, statement.value))
    return found


def statements(text: str) -> Iterator[Statement]:
    """The statements of the text, in order.

    Raises:
        TooDeep: the text nests too deeply to be parsed safely.
    """
    arrays: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for raw in _raw(text):
        keys = [_unquoted(piece) for piece in raw.pieces if piece not in ("[", "]")]
        is_header = raw.pieces[0] == "["
        if len(keys) + (0 if is_header else len(table)) > DEEPEST:
            raise TooDeep(raw.line)
        if is_header:
            path = table = _header(keys, arrays, is_array=raw.pieces[:2] == ["[", "["])
        else:
            path = (*table, *keys)
        yield Statement(path, table, raw.line, raw.key, raw.value, raw.end)


def _header(keys: list[str], arrays: dict[KeyPath, int], *, is_array: bool) -> KeyPath:
    """The table that a header opens: every array of tables on its way stands for its last element."""
    path: KeyPath = ()
    for index, key in enumerate(keys):
        path = (*path, key)
        if is_array and index == len(keys) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


@attrs.frozen
class _Raw:
    """The pieces of a table header, or of a key up to its `=`; and the places of both."""

    pieces: list[str]
    line: int
    key: Span
    value: Span | None
    end: int


def _raw(text: str) -> Iterator[_Raw]:
    position, line = 0, 1
    head: list[str] = []
    key = (0, 0)
    while found := _HEAD.search(text, position):
        position, piece = found.end(), found.group()
        if piece == "\n":
            if head:
                yield _Raw(head, line, key, None, position)
            head = []
        elif piece == "=":
            begin = position
            position, skipped, end = _end_of_value(text, begin, line)
            if head:
                value = _stripped(text, begin, end)
                yield _Raw(head, line, key, value, min(position + 1, len(text)))
            head, line = [], line + skipped
        elif found.lastgroup:
            head.append(piece)
            key = key if piece in ("[", "]") else found.span()
        line += piece.count("\n")
    if head:
        yield _Raw(head, line, key, None, len(text))


def _end_of_value(text: str, position: int, line: int) -> tuple[int, int, int]:
    """Where the value that begins at `position` ends: its line, how many lines on that is, and the value itself."""
    depth = skipped = 0
    comment = -1
    while found := _VALUE.search(text, position):
        piece = found.group()
        if piece == "\n" and depth <= 0:
            return found.start(), skipped, found.start() if comment < 0 else comment
        if found.lastgroup == "comment" and depth <= 0:
            comment = found.start()
        position = found.end()
        skipped += piece.count("\n")
        depth += (piece in ("[", "{")) - (piece in ("]", "}"))
        if depth > DEEPEST:
            raise TooDeep(line + skipped)
    return len(text), skipped, len(text) if comment < 0 else comment


def _stripped(text: str, begin: int, end: int) -> Span:
    """The span without the white space at its ends."""
    inner = text[begin:end]
    return begin + len(inner) - len(inner.lstrip()), begin + len(inner.rstrip())


def _unquoted(key: str) -> str:
    return key[1:-1] if key[0] in "\"'" and len(key) > 1 else key
