"""Runs a script's machine in this process, on the event loop's thread: fastest, and no protection at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from llmspell.bridge.loading import machine_class
from llmspell.bridge.sendable import check
from llmspell.bridge.transport import Receiver, Transport
from llmspell.engine import Limits
from llmspell.errors import BudgetExceeded, Cancelled, LlmspellError

# A script whose calls are answered at once may go round this often, and for this many seconds, before the
# event loop's other work has its turn.
_ROUNDS = 100
_SECONDS = 0.005

_DONE = object()


class InlineTransport(Transport):
    """The transport to a machine in this process. Make and use it on a running event loop.

    Messages that are sent while the receiver handles an outbox are stepped right after it, without a turn of
    the event loop in between; all others in its next turn. After `interrupt`, `on_lost` is the last call that
    the receiver gets; a machine that was running then says `failed` before it.

    Args:
        machine: `module:class`.
        limits: for the machine, and for the values sent to it.

    Raises:
        LlmspellError: of kind `plugin`; the machine cannot be imported or built.
    """

    def __init__(self, machine: str, limits: Limits) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._inbox: list[tuple[Any, ...]] = []
        self._begin: Callable[[], str] | None = None
        self._work: Iterator[None] | None = None  # the rest of an outbox
        self._receiver: Receiver | None = None
        self._scheduled = False
        self._stopping = False  # nothing is stepped any more
        self._over = False  # the receiver hears nothing any more
        self._closed = False
        self._early: LlmspellError | None = None  # why it was lost before it had a receiver
        try:
            self._machine = machine_class(machine)(limits, self._emit)
        except Exception as error:
            raise LlmspellError(
                f"the machine {machine!r} does not load: {type(error).__name__}: {error}",
                kind="plugin",
                hint="reinstall the engine's distribution, or report it to its authors",
            ) from error

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str], receiver: Receiver) -> None:
        """Begin the script in the next turn of the event loop."""
        self._receiver = receiver
        self._begin = lambda: self._machine.start(source, name, api, args)
        self._schedule()
        if self._early is not None:
            self._loop.call_soon(self._lose, self._early)

    def send(self, message: tuple[Any, ...]) -> None:
        """Deliver `message` in the next step; the machine gets its very objects, so they must not change."""
        check(message, self._limits)
        self._inbox.append(message)
        self._schedule()

    def interrupt(self, reason: str) -> None:
        """Stop the script; safe from any thread, so that a watchdog can stop one that never comes back."""
        if self._closed:
            return
        self._stopping = True
        self._machine.interrupt(reason)
        self._loop.call_soon_threadsafe(self._lose, Cancelled(reason))

    async def close(self) -> None:
        """Free the machine's memory; the receiver hears nothing more."""
        self._stopping = self._over = True
        if not self._closed:
            self._closed = True
            self._machine.close()

    def _schedule(self) -> None:
        if self._receiver is not None and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Step the machine while answers come at once; `_scheduled` stays true, so `send` only queues."""
        until = monotonic() + _SECONDS
        for _ in range(_ROUNDS):
            if not self._stopping:
                self._round()
            if self._stopping or not (self._inbox or self._work):
                self._scheduled = False
                return
            if self._work or monotonic() > until:
                break
        self._loop.call_soon(self._pump)

    def _round(self) -> None:
        """Step the machine and handle what it says; of a long outbox, one piece in each round."""
        assert self._receiver is not None
        outbox = ""
        try:
            if self._work is None:
                outbox = self._advance()
        except MemoryError:
            return self._lose(BudgetExceeded("memory", self._limits.memory, unit="bytes", setting="limits.memory"))
        except Exception as error:
            return self._lose(_failure("the script's machine failed", error))
        try:
            if self._work is None:
                self._work = self._receiver.on_outbox(outbox)
            elif next(self._work, _DONE) is _DONE:
                self._work = None
        except Exception as error:
            return self._lose(_failure("the script's messages could not be handled", error))

    def _advance(self) -> str:
        if self._begin is not None:
            begin, self._begin = self._begin, None
            outbox: object = begin()
        else:
            inbox, self._inbox = self._inbox, []
            outbox = self._machine.step(inbox)
        if not isinstance(outbox, str):
            raise TypeError(f"the machine returned {outbox!r} instead of its messages as JSON")
        return outbox

    def _emit(self, text: str) -> None:
        if self._receiver is not None and not self._over:
            self._receiver.on_print(text)

    def _lose(self, error: LlmspellError) -> None:
        self._stopping = True
        if self._receiver is None:
            self._early = error
        elif not self._over:
            self._over = True
            self._receiver.on_lost(error)


def _failure(what: str, cause: Exception) -> LlmspellError:
    error = LlmspellError(f"{what}: {type(cause).__name__}: {cause}")
    error.__cause__ = cause
    return error
