"""Where the data of a call comes from: a value, a text, or a file that the run may read."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, Final

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell_tool_data.bounds import MAX_TEXT, check_size


class Absent(Enum):
    """The default of an argument for which null is a value."""

    ABSENT = auto()


ABSENT: Final = Absent.ABSENT


def text_of(context: Context, text: str | None, path: str | None, *, most: int = MAX_TEXT) -> str:
    """The text that is given, or the file's; without a byte order mark.

    Raises:
        UsageError: both are given, or neither, or the text has more than `most` characters.
        PermissionDenied, LlmspellError: the file cannot be read.
    """
    if (text is None) == (path is None):
        raise UsageError(f"{context.operation.name} needs either text or path")
    found = context.files.read_text(path) if path is not None else str(text)
    if len(found) > most:
        raise UsageError(f"{_named(path)} has {len(found)} characters, and at most {most} are read")
    if (nul := found.find("\0")) >= 0:
        raise UsageError(f"{_named(path)} has a NUL character at offset {nul}")
    return found.removeprefix("\ufeff")


def json_of(context: Context, data: Any, text: str | None, path: str | None) -> Any:  # Any: JSON
    """The value that is given as data, as JSON text, or as a JSON file.

    Raises:
        UsageError: more than one is given, or none; or the text is not JSON; or the value is too large.
        PermissionDenied, LlmspellError: the file cannot be read.
    """
    if (data is not ABSENT) + (text is not None) + (path is not None) != 1:
        raise UsageError(f"{context.operation.name} needs one of data, text and path")
    if data is not ABSENT:
        check_size(data, "the data")
        return data
    from llmspell_tool_data.formats.json import parse

    return parse(text_of(context, text, path))


def _named(path: str | None) -> str:
    return "the text" if path is None else repr(path)
