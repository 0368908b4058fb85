"""What a configuration file says, and where in its text each part stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.config.keypath import KeyPath
from llmspell.errors import ConfigError

DEEPEST = 32
"""Levels of tables, lists and dotted keys that a file may have on top of one another."""

Span = tuple[int, int]
"""Where a piece of a text begins and ends, in characters."""


@attrs.frozen
class Entry:
    """Where a key stands, and its value; None where no single piece of text holds it, as under a table's header."""

    key: Span
    value: Span | None = None


@attrs.frozen
class Document:
    """A file's content: `data` is nested dicts, `lines` maps paths to lines (from 1), best effort."""

    data: dict[str, Any]
    lines: Mapping[KeyPath, int]


def too_deep(name: str, line: int) -> ConfigError:
    """The error of a file called `name` that nests deeper than `DEEPEST`."""
    return ConfigError([f"{name}:{line}: nests deeper than {DEEPEST} levels"])
