"""A command is a list of words, and each arrives as it was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.process.words import checked
from llmspell.redaction import redact_words

from .ground import Ground

METACHARACTERS = {
    "semicolon": "; touch canary",
    "pipe": "| touch canary",
    "and": "&& touch canary",
    "or": "|| touch canary",
    "background": "& touch canary",
    "backticks": "`touch canary`",
    "substitution": "$(touch canary)",
    "process-substitution": "<(touch canary)",
    "variable": "$HOME",
    "braced-variable": "${HOME}",
    "star": "*",
    "question-mark": "?????",
    "class": "[a-z]*",
    "braces": "{a,b}",
    "tilde": "~",
    "redirection-out": "> canary",
    "redirection-in": "< /etc/passwd",
    "newline": "a\ntouch canary",
    "single-quote": "'; touch canary; '",
    "double-quote": '"; touch canary; "',
    "backslash": "\\; touch canary",
    "history": "!!",
    "comment": "# nothing",
    "percent": "%PATH% %s %n",
    "here-document": "<<E\ntouch canary\nE",
    "nothing": "",
    "white-space": " a\t b ",
    "option": "--help",
    "not-utf-8": "\udcff",
    "other-script": "Ω é 漢 \u202e",
}


@pytest.mark.parametrize("word", METACHARACTERS.values(), ids=METACHARACTERS.keys())
async def test_a_metacharacter_is_a_letter_like_any_other(ground: Callable[..., Ground], word: str) -> None:
    place = ground("printf %s **")
    finished = await place.run("printf", "%s", word)
    assert finished.stdout == word.encode(errors="surrogateescape")
    assert not place.canary.exists()


class Sly(str):
    """A text that is another when it is looked at again."""

    __slots__ = ()


WRONG: dict[str, tuple[Any, str]] = {
    "text": ("printf a", r"a command is a list of words, and not 'printf a'"),
    "bytes": (b"printf", r"a command is a list of words, and not b'printf'"),
    "path": (Path("/usr/bin/printf"), r"a command is a list of words, and not PosixPath"),
    "nothing": ([], r"a command has no words"),
    "none": (None, r"a command is a list of words, and not None"),
    "mapping": ({"printf": 1}, r"a command is a list of words, and not \{'printf': 1\}"),
    "generator": ((word for word in ["printf"]), r"a command is a list of words, and not <generator"),
    "number": (["printf", 1], r"word 1 of a command is no text: 1$"),
    "bytes-word": (["printf", b"a"], r"word 1 of a command is no text: b'a'"),
    "none-word": (["printf", None], r"word 1 of a command is no text: None"),
    "path-word": ([Path("/usr/bin/printf")], r"word 0 of a command is no text: PosixPath"),
    "nested": (["printf", ["a"]], r"word 1 of a command is no text: \['a'\]"),
    "subclass": (["printf", Sly("a")], r"word 1 of a command is no text: 'a'"),
    "nul": (["printf", "a\0b"], r"word 1 of a command has a NUL character: 'a\\x00b'"),
    "nul-in-program": (["printf\0", "a"], r"word 0 of a command has a NUL character"),
    "surrogate": (["printf", "\ud800"], r"word 1 of a command cannot be encoded: '\\ud800'"),
    "empty-program": (["", "a"], r"its first word is empty"),
}


@pytest.mark.parametrize(("argv", "message"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_no_list_of_words_is_refused(ground: Callable[..., Ground], argv: Any, message: str) -> None:
    place = ground("**")
    with pytest.raises(UsageError, match=message):
        await place.context.process.run(argv)
    assert not place.events()


async def test_words_that_change_after_they_were_checked_change_nothing(ground: Callable[..., Ground]) -> None:
    import asyncio

    place = ground("printf one")
    argv = ["printf", "one"]
    task = asyncio.create_task(place.context.process.run(argv))
    await asyncio.sleep(0)
    argv[1] = "two"
    assert (await task).stdout == b"one"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20), max_size=6))
async def test_any_words_arrive_as_they_are(ground: Callable[..., Ground], words: list[str]) -> None:
    place = ground("printf %s\\0 **", "printf **")
    written = await place.said("printf", "%s\\0", *words)
    assert written.split("\0")[:-1] == (words or [""])


@given(st.lists(st.text(max_size=5) | st.integers() | st.none() | st.binary(max_size=3), max_size=4))
def test_what_passes_is_a_copy_of_texts_without_nul(argv: list[Any]) -> None:
    try:
        words = checked(argv)
    except UsageError:
        return
    assert list(words) == argv
    assert words[0]
    assert all(type(word) is str and "\0" not in word for word in words)


SHOWN = {
    "after-an-option": (("curl", "--token", "abc123"), ("curl", "--token", "[redacted]")),
    "in-an-option": (("curl", "--api-key=abc123"), ("curl", "--api-key=[redacted]")),
    "in-an-assignment": (("env", "PASSWORD=abc123", "x"), ("env", "PASSWORD=[redacted]", "x")),
    "in-an-address": (("git", "clone", "https://me:hunter2pass@h/r"), ("git", "clone", "https://[redacted]@h/r")),
    "harmless": (("git", "log", "--max-count=1", "-p"), ("git", "log", "--max-count=1", "-p")),
}


@pytest.mark.parametrize(("words", "expected"), SHOWN.values(), ids=SHOWN.keys())
def test_words_are_shown_without_secrets(words: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert redact_words(words) == expected
