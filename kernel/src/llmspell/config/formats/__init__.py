"""The languages of configuration files, one module each; the file's ending chooses.

Every module has the same four functions:

parse      a text as a `Document`; a `ConfigError` with the line says what is wrong with it
entries    where each key and value stands in a text that parses
literal    a value as the language writes it, on one line
inserted   the texts that a new key may lead to, the best first; the caller takes the first that means what it should
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol, cast

from llmspell.config.keypath import KeyPath

if TYPE_CHECKING:
    from llmspell.config.document import Document, Entry

SUFFIXES = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
"""The endings of configuration files, and the module for each; the first is the one to write where there is none."""


class Format(Protocol):
    """What a module here offers."""

    def parse(self, text: str, name: str) -> Document:
        """The content of a text that errors call `name`."""

    def entries(self, text: str) -> Mapping[KeyPath, Entry]:
        """Where each key and value stands."""

    def literal(self, value: Any) -> str:
        """A value on one line."""

    def inserted(self, text: str, path: KeyPath, value: Any) -> Iterable[str]:
        """The text with one more setting, in every way that may do."""


def format_of(path: PurePath) -> Format:
    """The format of a file; TOML where its ending says nothing."""
    name = SUFFIXES.get(path.suffix.lower(), "toml")
    return cast("Format", import_module(f"{__name__}.{name}"))
