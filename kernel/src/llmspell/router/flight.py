"""The models of one request that are being asked at one time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from types import TracebackType

from llmspell.errors import LlmspellError, ProviderError
from llmspell.message import Completion, Delta
from llmspell.router.call import Call
from llmspell.router.member import Member

Landed = tuple[int, Completion | ProviderError]
"""A seat, and what came of the model in it."""


class Flight:
    """Each model that is asked has a seat, counted from 0; leaving the block cancels those that have not answered.

    Args:
        call: the request.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._seats: list[Member] = []
        self._asked: dict[int, asyncio.Task[Completion]] = {}
        self._cancelled: list[asyncio.Task[Completion]] = []

    def __len__(self) -> int:
        return len(self._asked)

    def member(self, seat: int) -> Member:
        """The model in a seat."""
        return self._seats[seat]

    def ask(self, member: Member, on_delta: Callable[[int, Delta], None] | None = None) -> None:
        """Begin to ask one more; `on_delta` is called with its seat."""
        seat = len(self._seats)
        self._seats.append(member)
        asking = self._call.ask(member, None if on_delta is None else partial(on_delta, seat))
        self._asked[seat] = asyncio.get_running_loop().create_task(asking)

    async def landed(self, timeout: float | None = None) -> list[Landed]:
        """What came of those that are done, in the order in which they were asked; none after `timeout`.

        Raises:
            LlmspellError: one may not be asked.
        """
        done, _ = await asyncio.wait(self._asked.values(), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        landed = [seat for seat, task in self._asked.items() if task in done]
        return [(seat, _outcome(self._asked.pop(seat))) for seat in landed]

    def cancel_others(self, than: int | None = None) -> None:
        """Stop asking all but one: they have lost."""
        for seat in [seat for seat in self._asked if seat != than]:
            task = self._asked.pop(seat)
            if task.done():
                self._call.lost(self.member(seat), "late", _ended(task))
            else:
                task.cancel()
                self._cancelled.append(task)
                self._call.lost(self.member(seat), "cancelled", None)

    async def __aenter__(self) -> Flight:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel_others()
        await asyncio.gather(*self._cancelled, return_exceptions=True)


def _outcome(task: asyncio.Task[Completion]) -> Completion | ProviderError:
    try:
        return task.result()
    except ProviderError as error:
        return error


def _ended(task: asyncio.Task[Completion]) -> Completion | LlmspellError | None:
    """What came of a task that nobody waits for any more; whatever was wrong, its own events have told."""
    error = None if task.cancelled() else task.exception()
    if error is None:
        return None if task.cancelled() else task.result()
    return error if isinstance(error, LlmspellError) else None
