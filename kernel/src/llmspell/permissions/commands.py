"""Commands as patterns: the words of a program's start, compared one by one; no shell is ever involved."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from llmspell.errors import UsageError
from llmspell.permissions.kinds import Target
from llmspell.permissions.patterns import Matcher


def command_matcher(text: str, *, deny: bool) -> Matcher:
    """Whether a target (the words of a command) fits the pattern.

    Raises:
        UsageError: the text is no pattern of commands.
    """
    words = _words(text)
    open_end = words[-1] == "**"
    fixed = words[:-1] if open_end else words
    for word in fixed:
        if "*" in word and word != "*":
            raise _wrong(text, f"{word!r} has a '*' that is not a word of its own, or is not the last")
    program = fixed[0]
    if program != "*" and "/" in program and not PurePath(program).is_absolute():
        raise _wrong(text, f"the program {program!r} is neither a bare name nor an absolute path")

    def matches(target: Target) -> bool:
        asked = (target,) if isinstance(target, str) else target
        # What begins like a denied command is denied too: another word at the end does not free it.
        if not asked or len(asked) < len(fixed) or (len(asked) > len(fixed) and not (open_end or deny)):
            return False
        return _program_fits(program, asked[0], deny=deny) and all(
            word in ("*", found) for word, found in zip(fixed[1:], asked[1:], strict=False)
        )

    return matches


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as cause:
        raise _wrong(text, str(cause).lower()) from None
    if not words or words[0] in ("", "**"):
        raise _wrong(text, "it names no program")
    return words


def _program_fits(pattern: str, asked: str, *, deny: bool) -> bool:
    if pattern in ("*", asked):
        return True
    return deny and PurePath(asked).name == PurePath(pattern).name


def _wrong(text: str, reason: str) -> UsageError:
    return UsageError(
        f"{text!r} is no pattern of commands: {reason}",
        hint="write a program and its words, such as 'git log **'",
    )
