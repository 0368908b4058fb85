"""What every program of turns measures: microseconds of processor time for a turn of a conversation that grows.

A program says how to begin a conversation and how to take a turn of it; `main` takes 1,000 turns, or as many as there
are in a minute, and where they are quick it does so in up to five conversations. The model, in the process, answers
with the number of messages that it was sent. It must grow by as many each time: who forgets what was said is not
measured.

us_10, us_100, us_1000   a turn there, the median of the nine around it; left out where the minute was over before
last_turn, us_last       the last turn that there are nine around, and what it took
growth                   us_last / us_10
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from statistics import median
from time import perf_counter, process_time

from benchmarks import timing

TURNS = (10, 100, 1000)

_AROUND = 4
_WARM_UP = 20
_CONVERSATIONS = 5
_QUICK = 10.0
"""Seconds after which no other conversation is begun."""
_LONGEST = 60.0
"""Seconds after which a conversation ends early."""

Turn = Callable[[], Awaitable[int]]
"""Asks `timing.PROMPT` once more, and gives how many messages the model was sent."""

Begin = Callable[[], Awaitable[Turn]]


def main(begin: Begin) -> None:
    """Run the program: `begin` gives a new conversation, which is not measured."""
    timing.report(asyncio.run(_measure(begin)))


async def _measure(begin: Begin) -> timing.Figures:
    await _conversation(await begin(), _WARM_UP)
    start = perf_counter()
    found = [await _conversation(await begin(), TURNS[-1] + _AROUND)]
    while len(found) < _CONVERSATIONS and perf_counter() - start < _QUICK:
        found.append(await _conversation(await begin(), TURNS[-1] + _AROUND))
    last = min(map(len, found)) - _AROUND
    figures = {f"us_{turn}": _at(turn, found) for turn in TURNS if turn <= last}
    figures |= {"last_turn": last, "us_last": _at(last, found)}
    return {**figures, "growth": figures["us_last"] / figures["us_10"]}


async def _conversation(turn: Turn, turns: int) -> list[float]:
    """Processor seconds of each turn, until there are enough or the time is over."""
    took: list[float] = []
    sent: list[int] = []
    until = perf_counter() + _LONGEST
    while len(took) < turns and perf_counter() < until:
        before = process_time()
        sent.append(await turn())
        took.append(process_time() - before)
    _check(sent)
    return took


def _check(sent: Sequence[int]) -> None:
    """Make sure that each turn was sent what the one before was, its own question and its answer."""
    added = {after - before for before, after in pairwise(sent)}
    if len(added) != 1 or min(added) < 2:
        raise SystemExit(f"the model was sent {sent[:3]}...{sent[-3:]} messages, which is not the whole conversation")


def _at(turn: int, conversations: Sequence[Sequence[float]]) -> float:
    """Microseconds of the turns around one; turns are counted from 1."""
    around = slice(turn - 1 - _AROUND, turn + _AROUND)
    return median(median(took[around]) for took in conversations) * 1e6
