"""Who answers the questions of a run from the command line: the terminal, or another process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import click

from llmspell.approvals.approval import Answer, Answerer, Approval, Tell, Verdict
from llmspell.approvals.shown import lines

if TYPE_CHECKING:
    from llmspell.config.schema import Approvals

_WORDS: dict[str, Verdict] = {"o": "once", "once": "once", "r": "run", "run": "run", "d": "no", "deny": "no", "": "no"}
_TRIES = 3
_RESET = "\x1b[0m"  # a spell may have printed what hides the letters that follow


def answerers(
    settings: Approvals, hold: Callable[[], AbstractContextManager[None]] = nullcontext, *, wait: bool = False
) -> tuple[Answerer, ...]:
    """Whom a run asks: the terminal if there is one, unless `wait`; else other processes, if it may wait for them.

    Args:
        settings: how long a question waits, and whether.
        hold: keeps other output off the terminal while a question stands there.
        wait: whether to wait for another process in any case.
    """
    if not wait and at_terminal():
        return (Terminal(settings.timeout, hold),)
    if not (wait or settings.wait):
        return ()
    from llmspell.approvals.store import Requests
    from llmspell.approvals.waiting import Waiting

    return (Waiting(Requests.of(os.environ), settings.timeout),)


def at_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


class Terminal:
    """Asks the person at the terminal, one question at a time.

    Args:
        timeout: seconds that one question stands there.
        hold: keeps other output off the terminal meanwhile.
    """

    def __init__(self, timeout: float, hold: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._timeout = timeout
        self._hold = hold
        self._turn = asyncio.Lock()

    async def __call__(self, approval: Approval, _tell: Tell) -> Answer:
        """The answer; what is none of the words is asked again, and then means no.

        Raises:
            TimeoutError: there was none in time.
        """
        async with self._turn, asyncio.timeout(self._timeout):
            with self._hold(), _typed() as line:
                try:
                    return Answer(await self._verdict(approval, line), "terminal")
                except (asyncio.CancelledError, TimeoutError):
                    click.echo("", err=True)  # what follows begins a line
                    raise

    async def _verdict(self, approval: Approval, line: Callable[[str], asyncio.Future[str | None]]) -> Verdict:
        reset = "" if os.environ.get("TERM", "dumb") == "dumb" else _RESET
        click.echo(reset + "\n".join(lines(approval)), err=True, color=True)
        for _ in range(_TRIES):
            question = "  once, run (the same for the rest of this run), show all, or deny? [o/r/s/D] "
            word = await line(question)
            if word is None:
                click.echo("", err=True)
                return "no"
            if word in ("s", "show"):
                click.echo("\n".join(lines(approval, whole=True)), err=True)
            elif word in _WORDS:
                return _WORDS[word]
        return "no"


@contextmanager
def _typed() -> Iterator[Callable[[str], asyncio.Future[str | None]]]:
    """A function that puts a question and gives the line typed after it; its future has None at the end of input.

    The loop watches the terminal itself: a thread that reads could not be stopped, and would hold up the exit.
    """
    loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()
    waiting: list[asyncio.Future[str | None]] = []

    def line(question: str) -> asyncio.Future[str | None]:
        _forget_typed(descriptor)
        click.echo(question, err=True, nl=False)
        waiting.append(loop.create_future())
        return waiting[-1]

    def read() -> None:
        data = os.read(descriptor, 4096)
        if waiting and not waiting[-1].done():
            waiting[-1].set_result(data.decode(errors="replace").strip().lower() if data else None)

    loop.add_reader(descriptor, read)
    try:
        yield line
    finally:
        loop.remove_reader(descriptor)


def _forget_typed(descriptor: int) -> None:
    """Whatever was typed before the question was not an answer to it."""
    import termios

    with suppress(termios.error):
        termios.tcflush(descriptor, termios.TCIFLUSH)
