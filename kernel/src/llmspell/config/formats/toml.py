"""TOML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmspell.config.document import Document, Entry, too_deep
from llmspell.config.formats.toml_text import TooDeep, key_entries, key_lines, statements
from llmspell.config.keypath import KeyPath, dotted, quoted
from llmspell.errors import ConfigError

_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_REWORDED = {
    "Cannot overwrite a value": "a key is set twice",
    "Cannot declare": "a table is declared twice",
    "Cannot mutate immutable namespace": "a key is added to a table that is complete already",
    "Invalid value": "invalid value; text needs quotes",
}


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
        raise too_deep(name, error.line) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_problem(str(error), text, name)]) from None
    except ValueError:  # Python refuses to read an integer of more than 4300 digits
        raise ConfigError([f"{name}: is not TOML: an integer has more than 4300 digits"]) from None


def entries(text: str) -> Mapping[KeyPath, Entry]:
    """Where each key and value stands."""
    return key_entries(text)


def literal(value: Any) -> str:
    """A value on one line; None, which TOML cannot write, is `(none)`."""
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{dotted((key,))} = {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def inserted(text: str, path: KeyPath, value: Any) -> Iterator[str]:
    """The text with one more setting: in the nearest table that has a header, or under a header of its own."""
    ends: dict[KeyPath, int] = {(): 0}
    for statement in statements(text):
        ends[statement.table] = statement.end
    for length in (len(path) - 1, *range(len(path) - 2, 0, -1)):
        if path[:length] in ends:
            yield _with_line(text, ends[path[:length]], f"{dotted(path[length:])} = {literal(value)}")
    if len(path) > 1:
        header = f"[{dotted(path[:-1])}]\n{dotted(path[-1:])} = {literal(value)}"
        yield _with_line(text, len(text), f"\n{header}" if text.strip() else header)
    yield _with_line(text, ends[()], f"{dotted(path)} = {literal(value)}")


def _with_line(text: str, position: int, line: str) -> str:
    before = text[:position]
    joint = "\n" if before and not before.endswith("\n") else ""
    return f"{before}{joint}{line}\n{text[position:]}"


def _syntax_problem(message: str, text: str, name: str) -> str:
    """The parser's message as a sentence of ours: `Invalid value (at line 3, column 9)` and the like."""
    position = _POSITION.search(message)
    if position is None:
        return f"{name}: is not TOML: {message}"
    line = position["line"] or text.count("\n") + 1
    reason = message[: position.start()]
    words = next((words for start, words in _REWORDED.items() if reason.startswith(start)), "")
    return f"{name}:{line}: is not TOML: {words or reason[:1].lower() + reason[1:]}"
