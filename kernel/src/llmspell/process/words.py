"""The words of a command, as they are checked."""

from __future__ import annotations

import os
from collections.abc import Sequence

from llmspell.errors import UsageError

_LIST = "write a list of words, such as ['git', 'log', '-1']"


def checked(argv: Sequence[str]) -> tuple[str, ...]:
    """The words of a command, the program first; a copy, so that what was checked cannot change.

    Raises:
        UsageError: it is no list of words that a program can be given.
    """
    if not isinstance(argv, list | tuple):
        raise UsageError(f"a command is a list of words, and not {argv!r:.200}", hint=_LIST)
    if not argv:
        raise UsageError("a command has no words", hint=_LIST)
    for index, word in enumerate(argv):
        _check(word, index)
    if not argv[0]:
        raise UsageError("a command names no program: its first word is empty", hint=_LIST)
    return tuple(argv)


def _check(word: object, index: int) -> None:
    if type(word) is not str:  # a text of another class could be one thing when it is checked, and then another
        raise UsageError(f"word {index} of a command is no text: {word!r:.200}", hint=_LIST)
    if "\0" in word:
        raise UsageError(f"word {index} of a command has a NUL character: {word!r:.200}")
    if not passable(word):
        raise UsageError(f"word {index} of a command cannot be encoded: {word!r:.200}")


def passable(text: str) -> bool:
    """Whether the system can be given a text: it has no NUL character, and can be encoded."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
