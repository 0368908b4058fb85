"""One model after another, until one answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from llmspell.config.routing import Router
from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta
from llmspell.provider import Listener
from llmspell.router.call import Call, OnDelta
from llmspell.router.failures import Failure, all_failed
from llmspell.router.member import Member
from llmspell.router.strategy import Strategy

if TYPE_CHECKING:
    from llmspell.run import Run

Order = Callable[[Call], Sequence[Member]]


class Turns(Strategy):
    """Asks the next model when one failed with an error that may pass, or that the table names.

    What a model has said cannot be taken back, so once it has begun to stream, its failure is the router's, unless the
    table says `buffer`: then the stream is held back until it is whole.

    Args:
        order: the models of one request, the first to be asked first.
        table: the router's table.
    """

    def __init__(self, order: Order, table: Router) -> None:
        self._order = order
        self._kinds = frozenset(table.fail_over_on or ())
        self._buffer = bool(table.buffer)

    async def answer(self, call: Call, on_delta: OnDelta | None) -> Completion:
        """The answer of the first that has one."""
        failures: list[Failure] = []
        for member in self._order(call):
            if failures:
                failed, error = failures[-1]
                data = {"from": failed, "to": member.model, "error": error.to_dict()}
                call.tell("router.failed_over", data)
            held: list[Delta] = []
            heard = Listener(held.append if self._buffer and on_delta else on_delta)
            try:
                completion = await call.ask(member, heard if on_delta else None)
            except ProviderError as error:
                failures.append((member.model, error))
                if not self._goes_on(error, heard):
                    break
            else:
                call.chose(member)
                _replay(held, on_delta)
                return completion
        raise all_failed(call.router, failures)

    def _goes_on(self, error: ProviderError, heard: Listener) -> bool:
        if heard.anything and not self._buffer:
            error.hint = (
                error.hint or "it had begun to answer; buffer = true in the router's table lets others take over"
            )
            return False
        return error.retryable or error.kind in self._kinds


def _replay(held: Sequence[Delta], on_delta: OnDelta | None) -> None:
    for delta in held:
        assert on_delta is not None
        on_delta(delta)


def in_order(members: Sequence[Member]) -> Order:
    """The same each time."""
    return lambda _: members


def round_robin(members: Sequence[Member]) -> Order:
    """Each request begins with the next one; a run that is recorded or replayed counts for itself."""

    def starts() -> Iterator[int]:
        return cycle(range(len(members)))

    every = starts()
    repeatable: WeakKeyDictionary[Run, Iterator[int]] = WeakKeyDictionary()

    def order(call: Call) -> Sequence[Member]:
        start = next(repeatable.setdefault(call.run, starts()) if call.repeatable else every)
        return [*members[start:], *members[:start]]

    return order


def weighted(members: Sequence[Member], weights: Mapping[str, float], seed: int | None) -> Order:
    """By chance, in proportion to the weights; so is each next one among those that are left.

    In a run that is recorded or replayed, the place of a request decides, so that a replay asks what was recorded.
    """
    chances = Random(seed)  # noqa: S311  # no secret depends on it

    def order(call: Call) -> Sequence[Member]:
        chance = Random(f"{seed} {call.place.path}") if call.repeatable else chances  # noqa: S311 as above
        left, chosen = list(members), []
        while left:
            [member] = chance.choices(left, [weights[each.model] for each in left])
            left.remove(member)
            chosen.append(member)
        return chosen

    return order
