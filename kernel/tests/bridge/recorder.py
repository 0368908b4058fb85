"""A receiver that remembers all that it hears, and how the tests start a toy with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from llmspell import values
from llmspell.bridge.transport import Transport
from llmspell.bridge.worker import WorkerTransport
from llmspell.engine import Limits
from llmspell.errors import LlmspellError

T = TypeVar("T", bound=Transport)


class Recorder:
    """Answers calls with their id at once, and remembers everything in order."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.heard: list[tuple[str, Any]] = []
        self._changed = asyncio.Event()

    def on_outbox(self, outbox: str) -> None:
        messages = values.loads(outbox)
        self._note("outbox", messages)
        for message in messages:
            if message[0] == "call":
                self.transport.send(("result", message[1], message[1]))

    def on_print(self, text: str) -> None:
        self._note("print", text)

    def on_lost(self, error: LlmspellError) -> None:
        self._note("lost", error)

    def _note(self, kind: str, what: Any) -> None:
        self.heard.append((kind, what))
        self._changed.set()

    def all(self, kind: str) -> list[Any]:
        return [what for heard, what in self.heard if heard == kind]

    @property
    def messages(self) -> list[Any]:
        return [message for outbox in self.all("outbox") for message in outbox]

    @property
    def printed(self) -> str:
        return "".join(self.all("print"))

    async def until(self, ready: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not ready():
                self._changed.clear()
                await self._changed.wait()

    async def done(self) -> Any:
        """The value of the next `done` message; fails when the machine is lost instead."""
        await self.until(lambda: self.all("lost") or any(message[0] == "done" for message in self.messages))
        for error in self.all("lost"):
            raise error
        return next(message[1] for message in self.messages if message[0] == "done")

    async def lost(self) -> LlmspellError:
        """Why the machine was lost; nothing may come after it, and it may come only once."""
        await self.until(lambda: self.all("lost"))
        [error] = self.all("lost")
        assert self.heard[-1][0] == "lost"
        assert isinstance(error, LlmspellError)
        return error


class Started(NamedTuple, Generic[T]):
    transport: T
    recorder: Recorder
    pid: int


class Start(Protocol):
    def __call__(
        self, machine: str, source: str, limits: Limits | None = None, *, cpu: float = 60.0
    ) -> Started[WorkerTransport]: ...
