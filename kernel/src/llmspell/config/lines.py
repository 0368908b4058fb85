"""On which line of a TOML text each key stands: what `tomllib` does not tell.

A scanner, not a parser: it knows just enough of TOML to find keys and table headers, accepts what is not
TOML, and guards the parser against nesting that would exhaust it. Its answers are best effort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from llmspell.config.keypath import KeyPath

DEEPEST = 32
"""Levels of tables, dotted keys and brackets that a file may have on top of one another."""

# Strings that never end are pieces too, so that no text makes the scanner go back over what it has seen.
_STRING = r'''
    (?P<string> """(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{0,5} | "(?:[^"\\\n]++|\\[^\n])*+"?
              | \'\'\'(?:[^']++|'{1,2}(?!'))*+'{0,5}    | '[^'\n]*+'? )
'''
_FLAGS = re.VERBOSE | re.DOTALL
_HEAD = re.compile(_STRING + r"| \#[^\n]* | (?P<mark>[\[\]=\n]) | (?P<word>[^\s\[\]=.\#\"']+)", _FLAGS)
_VALUE = re.compile(_STRING + r"| \#[^\n]* | (?P<mark>[\[\]{}\n])", _FLAGS)

_Statement = tuple[list[str], int]
"""The pieces of a table header, or of a key up to its `=`; and the line."""


class TooDeep(Exception):
    """The text nests deeper than `DEEPEST`; `line` says where."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) where every key, table and element of an array of tables first stands.

    Raises:
        TooDeep: the text nests too deeply to be parsed safely.
    """
    lines: dict[KeyPath, int] = {}
    arrays: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for pieces, line in _statements(text):
        keys = [_unquoted(piece) for piece in pieces if piece not in ("[", "]")]
        is_header = pieces[0] == "["
        if len(keys) + (0 if is_header else len(table)) > DEEPEST:
            raise TooDeep(line)
        if is_header:
            path = table = _header(keys, arrays, is_array=pieces[:2] == ["[", "["])
        else:
            path = (*table, *keys)
        while path and path not in lines:
            lines[path] = line
            path = path[:-1]
    return lines


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


def _statements(text: str) -> Iterator[_Statement]:
    position, line = 0, 1
    head: list[str] = []
    while found := _HEAD.search(text, position):
        position, piece = found.end(), found.group()
        if piece == "\n":
            if head:
                yield head, line
            head = []
        elif piece == "=":
            if head:
                yield head, line
            position, skipped = _end_of_value(text, position, line)
            head, line = [], line + skipped
        elif found.lastgroup:
            head.append(piece)
        line += piece.count("\n")
    if head:
        yield head, line


def _end_of_value(text: str, position: int, line: int) -> tuple[int, int]:
    """Where the value that begins at `position` ends, before its line end; and how many lines on."""
    depth = skipped = 0
    while found := _VALUE.search(text, position):
        piece = found.group()
        if piece == "\n" and depth <= 0:
            return found.start(), skipped
        position = found.end()
        skipped += piece.count("\n")
        depth += (piece in ("[", "{")) - (piece in ("]", "}"))
        if depth > DEEPEST:
            raise TooDeep(line + skipped)
    return len(text), skipped


def _unquoted(key: str) -> str:
    return key[1:-1] if key[0] in "\"'" and len(key) > 1 else key
