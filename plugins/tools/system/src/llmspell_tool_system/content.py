"""The bytes that a tool is given, as a text or as a file."""

from __future__ import annotations

from llmspell.errors import UsageError


def one_of(text: str | None, path: str | None) -> None:
    """Check that there is either a text or a path.

    Raises:
        UsageError: there is neither, or both.
    """
    if (text is None) == (path is None):
        raise UsageError(f"give either text or path, found {'neither' if text is None else 'both'}")


def encoded(text: str) -> bytes:
    """A text as UTF-8.

    Raises:
        UsageError: it has half of a character, as a script's text may.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"the text has half of a character at {error.start}: {text[error.start]!a}") from None
