"""What carries the messages of `llmspell.engine` between the kernel and one machine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from llmspell.errors import LlmspellError


class Receiver(Protocol):
    """Takes what comes from the script; every call is made on the event loop."""

    def on_outbox(self, outbox: str) -> Iterator[None] | None:
        """The messages of one step, as a JSON array.

        Returns:
            None when all is done; else the rest of the work, cut in pieces. The transport does one per turn of the
            event loop, and delivers nothing else before the last.
        """

    def on_print(self, text: str) -> None:
        """Text that the script printed, in order."""

    def on_lost(self, error: LlmspellError) -> None:
        """The machine is gone (killed, crashed, over a limit); nothing more will come."""


class Transport(ABC):
    """One script's machine, near (inline) or far (worker). Made by a profile's choice, used once, then closed."""

    @abstractmethod
    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str], receiver: Receiver) -> None:
        """Begin the script; what it says arrives at `receiver`."""

    @abstractmethod
    def send(self, message: tuple[Any, ...]) -> None:
        """Deliver one inbox message soon, in order; several may be delivered in one step.

        Raises:
            TypeError, ValueError: the message holds a value that a script cannot take; nothing was sent.
        """

    @abstractmethod
    def interrupt(self, reason: str) -> None:
        """Stop the script wherever it is, within 50 ms; `on_lost` or a `failed` message follows."""

    @abstractmethod
    async def close(self) -> None:
        """Free everything; no process, thread or file stays behind. May be called at any time, more than once."""
