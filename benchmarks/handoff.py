"""What every handoff program measures: microseconds for one run in which one agent hands over to another, that answers.

A program says how to make what runs it once; `main` runs it. Each agent has a model of its own, in the process: that of
the first one only calls the tool that hands over, that of the other only says `timing.ANSWER`. So there are two model
calls and one tool call to a run, as in `timing`, and the answer shows that there was a handoff.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from benchmarks import timing

FIRST = "triage"
FIRST_SYSTEM = "Hand over to whoever can answer."
SECOND = "weather"
SECOND_SYSTEM = "Answer in one sentence."
SECOND_DESCRIPTION = "Knows the weather."

Once = Callable[[], Awaitable[str]]
"""Asks the first agent `timing.PROMPT`, and gives what the second one answers."""


def main(make: Callable[[], Awaitable[Once]]) -> None:
    """Run the program: `make` builds the agents, which is not measured."""
    asyncio.run(_measure(make))


async def _measure(make: Callable[[], Awaitable[Once]]) -> None:
    once = await make()
    for _ in range(20):
        if (found := await once()) != timing.ANSWER:
            raise SystemExit(f"the run gave {found!r} instead of {timing.ANSWER!r}")
    seconds, cpu = await timing.per_call(once)
    timing.report({"us": seconds * 1e6, "cpu_us": cpu * 1e6})
