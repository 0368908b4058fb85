"""The tool `file_read`: the text of a file in the project folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError
from llmspell.hookspecs import hookimpl
from llmspell.tool import Example, Tool

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.plugins import Settings


@attrs.frozen
class Options:
    """The table `[tool.file_read]`.

    `max_chars` is the longest answer in characters, so that a file cannot flood a model.
    """

    max_chars: int = attrs.field(default=200_000, validator=attrs.validators.ge(1))


class FileRead(Tool):
    """Answers the text of a whole file, or of some of its lines; never a part that nobody asked for."""

    name = "file_read"
    category = "files"
    tags = ("lines", "text")
    idempotent = True
    examples = (Example({"path": "README.md", "limit": 20}, "its first twenty lines"),)
    description = (
        "Reads a text file of the project folder and answers its text. "
        "With offset and limit it answers only those lines."
    )
    parameters = {
        "type": "object",
        "properties": {
            "path": {"type": "string", "minLength": 1, "description": "relative to the project folder"},
            "offset": {
                "type": "integer",
                "minimum": 1,
                "description": "the first line wanted, counted from 1",
            },
            "limit": {"type": "integer", "minimum": 1, "description": "how many lines are wanted"},
        },
        "required": ["path"],
        "additionalProperties": False,
    }
    needs = ("fs.read",)
    timeout = 30.0

    def __init__(self, options: Options | None = None) -> None:
        self._max_chars = (options or Options()).max_chars

    def run(self, arguments: dict[str, Any], context: Context) -> str:
        """The text, with its line ends.

        Raises:
            PermissionDenied: the path leads out of the project folder.
            UsageError: there is no such file or line, it is not text, or what is wanted is too long.
        """
        path = arguments["path"]
        text = context.files.read_text(path)
        if "offset" in arguments or "limit" in arguments:
            text = _lines(path, text, arguments.get("offset", 1), arguments.get("limit"))
        if len(text) > self._max_chars:
            raise UsageError(
                f"{path!r} would be {len(text)} characters in {text.count(chr(10))} lines, "
                f"and at most {self._max_chars} are answered",
                hint="read it in parts, with offset and limit",
            )
        return text


def _lines(path: str, text: str, offset: int, limit: int | None) -> str:
    lines = text.splitlines(keepends=True)
    if offset > max(len(lines), 1):
        raise UsageError(f"{path!r} has {len(lines)} lines, and the offset is {offset}")
    return "".join(lines[offset - 1 : None if limit is None else offset - 1 + limit])


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The file reader, configured by `[tool.file_read]`."""
    return {"file_read": FileRead(settings.table("tool", "file_read", Options))}
