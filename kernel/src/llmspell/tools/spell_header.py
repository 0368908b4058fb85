"""What a spell says about itself as a tool, in the comment that it begins with.

    -- name: summarise
    -- description: Sums up a text.
    -- parameters: {"text": "string", "words": {"type": "integer", "optional": true}}

Each stands on a line of its own; other lines of the comment may say what they like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError

if TYPE_CHECKING:
    from llmspell.spell import Source

_COMMENT = re.compile(r"\s*(?:#!.*|(?:--|//|/\*+|\*/?)\s*(?P<text>.*?)\s*(?:\*/)?|\s*)")
_FIELD = re.compile(r"(name|description|parameters):\s*(.+)")
_LONGEST = 200
"""Lines of a header."""


@attrs.frozen
class SpellHeader:
    """What was found; empty where nothing was."""

    name: str = ""
    description: str = ""
    parameters: Mapping[str, Any] = attrs.field(factory=dict)

    @classmethod
    def of(cls, source: Source) -> SpellHeader:
        """The header of a spell.

        Raises:
            UsageError: its parameters are no JSON object.
        """
        found: dict[str, Any] = {}
        for number, text in _lines(source):
            if field := _FIELD.fullmatch(text):
                found.setdefault(field[1], field[2] if field[1] != "parameters" else _object(field[2], source, number))
        return cls(**found)


def _lines(source: Source) -> Iterator[tuple[int, str]]:
    """The lines of the comment that a spell begins with, without its signs, and their numbers."""
    for number, line in enumerate(source.text.split("\n", _LONGEST)[:_LONGEST], 1):
        comment = _COMMENT.fullmatch(line)
        if comment is None:
            return
        yield number, comment["text"] or ""


def _object(text: str, source: Source, line: int) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise UsageError(f"{source.name}:{line}: the parameters are not JSON: {cause}") from cause
    if not isinstance(found, dict):
        raise UsageError(f"{source.name}:{line}: the parameters are no JSON object, but {text[:60]!r}")
    return found
