"""Several models at once: the first answer wins, and the others are cancelled."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from typing import Literal

from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta, TextDelta, ToolCallDelta
from llmspell.router.call import Call, OnDelta
from llmspell.router.failures import Failure, all_failed
from llmspell.router.flight import Flight, Landed
from llmspell.router.member import Member
from llmspell.router.strategy import Strategy

FIRST_DELAY = 2.0
"""Seconds before the second request while too little is known of how long answers take."""

ENOUGH = 20
"""How many answers tell how long answers take."""

REMEMBERED = 200


class Fastest(Strategy):
    """Asks all of them at once."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members

    async def answer(self, call: Call, on_delta: OnDelta | None) -> Completion:
        """The first answer."""
        return await _Race(call, self._members, on_delta).run()


class Hedged(Strategy):
    """Asks the next one as well when those before it take long, and at once when one fails.

    Args:
        members: in the order in which they are asked.
        delay: seconds, or the time within which 95 of 100 answers have come so far.
    """

    def __init__(self, members: Sequence[Member], delay: float | Literal["p95"]) -> None:
        self._members = members
        self._delay = delay
        # The first piece of a stream comes sooner than a whole answer.
        self._times = {streamed: deque[float](maxlen=REMEMBERED) for streamed in (True, False)}

    async def answer(self, call: Call, on_delta: OnDelta | None) -> Completion:
        """The first answer."""
        times = self._times[on_delta is not None]
        race = _Race(call, self._members, on_delta, delay=self.delay(times))
        try:
            return await race.run()
        finally:
            if race.first_took is not None:
                times.append(race.first_took)

    def delay(self, times: Sequence[float]) -> float:
        """How long the next one waits, given how long answers took."""
        if not isinstance(self._delay, str):
            return self._delay
        if len(times) < ENOUGH:
            return FIRST_DELAY
        return sorted(times)[math.ceil(0.95 * len(times)) - 1]


class _Race:
    """One request; `first_took` is how long the first model took, or would have taken at least; None if it failed."""

    def __init__(self, call: Call, members: Sequence[Member], on_delta: OnDelta | None, delay: float = 0.0) -> None:
        self._call = call
        self._waiting = deque(members)
        self._on_delta = on_delta
        self._delay = delay
        self._flight = Flight(call)
        self._leader: int | None = None
        self._failures: list[Failure] = []
        self._first_failed = False
        self._clock = asyncio.get_running_loop().time
        self._begun = self._clock()
        self.first_took: float | None = None

    async def run(self) -> Completion:
        """The answer of the winner."""
        async with self._flight:
            self._ask_next()
            while not self._delay and self._waiting:
                self._ask_next()
            while True:
                landed = await self._flight.landed(self._delay if self._may_hedge() else None)
                completion = self._settle(landed)
                if completion is not None:
                    return completion
                if self._may_hedge():
                    self._hedge(late=not landed)
                elif not self._flight:
                    raise all_failed(self._call.router, self._failures)

    def _may_hedge(self) -> bool:
        return self._leader is None and bool(self._waiting)

    def _ask_next(self) -> None:
        self._flight.ask(self._waiting.popleft(), self._hear if self._on_delta else None)

    def _hedge(self, *, late: bool) -> None:
        after = self._clock() - self._begun
        self._call.tell("router.hedged", {"model": self._waiting[0].model, "after": after, "late": late})
        self._ask_next()

    def _hear(self, seat: int, delta: Delta) -> None:
        """The first who says anything leads, and only the leader is heard."""
        if self._leader is None and _says_anything(delta):
            self._lead(seat)
        if self._leader == seat and self._on_delta is not None:
            self._on_delta(delta)

    def _lead(self, seat: int) -> None:
        self._leader = seat
        if not self._first_failed:
            self.first_took = self._clock() - self._begun
        self._call.chose(self._flight.member(seat))
        self._flight.cancel_others(seat)

    def _settle(self, landed: Sequence[Landed]) -> Completion | None:
        """What the winner answered, if it has."""
        won: Completion | None = None
        for seat, outcome in landed:
            member = self._flight.member(seat)
            if isinstance(outcome, ProviderError):
                self._failures.append((member.model, outcome))
                self._first_failed = self._first_failed or not seat
                if self._leader == seat:
                    raise outcome
                self._call.lost(member, "failed", outcome)
            elif won is None and self._leader in (None, seat):
                won = outcome
                if self._leader is None:
                    self._lead(seat)
            else:
                self._call.lost(member, "late", outcome)
        return won


def _says_anything(delta: Delta) -> bool:
    return bool(delta.text) if isinstance(delta, TextDelta) else isinstance(delta, ToolCallDelta)
