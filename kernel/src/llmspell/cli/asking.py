"""A spell's requests, put to the user: on a terminal they are asked, elsewhere they are only told."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from llmspell.config import LoadedConfig
from llmspell.errors import Cancelled
from llmspell.permissions.answers import FILE, Answer, Answered, Answers
from llmspell.permissions.grants import Grants
from llmspell.permissions.policy import Policy
from llmspell.permissions.request import Request, requests
from llmspell.permissions.store import Store, state_folder
from llmspell.spell import Source

_ANSWERS: dict[str, Answer] = {
    "o": "once",
    "once": "once",
    "a": "always",
    "always": "always",
    "never": "never",
    "n": "no",
    "no": "no",
    "": "no",
}
_TRIES = 3


def answered(source: Source, loaded: LoadedConfig, policy: Policy, *, ask: bool) -> tuple[tuple[Answered, ...], Grants]:
    """How a spell's requests are answered, and what that grants; with `ask`, the user is asked if there is one."""
    asked = requests(source)
    if not asked:
        return (), Grants()
    asking = _Prompt(source).ask if ask and _is_terminal() else None
    answers = Answers(Store(state_folder(os.environ) / FILE), source, loaded.project, asking)
    try:
        found = answers.answer(asked, policy)
    except KeyboardInterrupt:
        raise Cancelled from None
    return found, answers.grants(found)


def tell(found: Sequence[Answered], source: Source) -> None:
    """Say what a spell asked for and does not get."""
    for each in found:
        if each.granted:
            continue
        wanted = f"{source.name} asks for {each.request.kind.key} of {each.request.pattern!r}"
        why = {
            "denied": "which is denied",
            "refused": "which you refused",
            "refused for good": "which you refused for good",
        }.get(each.outcome, f"which is not granted; to grant it, add {each.flag}")
        click.echo(f"note: {wanted}{_reason(each.request)}, {why}", err=True)


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


class _Prompt:
    """Asks about one spell."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def ask(self, request: Request, meaning: str) -> Answer:
        """The user's answer; what is none of the words is asked again, and then means no."""
        name = str(self._source.path or self._source.name)
        click.echo(f"{_plain(name)}:{request.line} asks to {request.kind.doc}: {_plain(meaning)}", err=True)
        if request.reason:
            click.echo(f"  its reason: {_plain(request.reason)}", err=True)
        for _ in range(_TRIES):
            click.echo("  once, always (for this text of the spell), never, or no? [o/a/never/N] ", err=True, nl=False)
            line = sys.stdin.readline()
            if not line:
                click.echo("", err=True)
                return "no"
            if (word := line.strip().lower()) in _ANSWERS:
                return _ANSWERS[word]
        return "no"


def _reason(request: Request) -> str:
    return f" ({_plain(request.reason)})" if request.reason else ""


def _plain(text: str) -> str:
    """A stranger's text for the terminal: one line, not long, and nothing that moves the cursor or hides letters."""
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    return shown if len(shown) <= 500 else f"{shown[:500]}..."
