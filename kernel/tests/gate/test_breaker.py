"""An observer that keeps failing is switched off; a guard never is."""

from __future__ import annotations

import asyncio

import pytest

from llmspell import hookimpl
from llmspell.config import Config
from llmspell.config.schema import Hooks
from llmspell.errors import Vetoed

from ..run.kit import Spy, call, events, open_run
from .faulty import (
    Around,
    Guard,
    raises_before,
)


async def test_an_observer_is_switched_off_after_failures_in_a_row() -> None:
    calls: list[int] = []

    class Failing:
        @hookimpl
        def pre_tool(self) -> None:
            calls.append(1)
            raise KeyError("again")

    run = open_run(hooks=Failing())
    run.hook_failures = 3
    for _ in range(6):
        await call(run, Spy())
    assert len(calls) == 3
    assert [event.data["failures"] for event in events(run, "hook.failed")] == [1, 2, 3]
    [disabled] = events(run, "hook.disabled")
    assert disabled.data == {"hook": "test.pre_tool", "failures": 3}


async def test_a_success_in_between_starts_the_count_again() -> None:
    turns = iter([True, True, False] * 4)

    class Sometimes:
        @hookimpl
        def pre_tool(self) -> None:
            if next(turns):
                raise KeyError("sometimes")

    run = open_run(hooks=Sometimes())
    run.hook_failures = 3
    for _ in range(12):
        await call(run, Spy())
    assert [event.data["failures"] for event in events(run, "hook.failed")] == [1, 2] * 4
    assert events(run, "hook.disabled") == []


async def test_an_observer_that_fails_many_times_at_once_is_switched_off_once() -> None:
    class Failing:
        @hookimpl
        async def pre_tool(self) -> None:
            await asyncio.sleep(0)
            raise KeyError("all at once")

    run = open_run(hooks=Failing())
    run.hook_failures = 3
    await asyncio.gather(*(call(run, Spy()) for _ in range(10)))
    assert len(events(run, "hook.disabled")) == 1


async def test_a_guard_is_never_switched_off() -> None:
    run = open_run(hooks=Guard(raises_before))
    run.hook_failures = 2
    for _ in range(5):
        with pytest.raises(Vetoed):
            await call(run, Spy())
    assert events(run, "hook.disabled") == []


async def test_how_many_failures_are_borne_is_configured() -> None:
    run = open_run(hooks=Around(raises_before), config=Config(hooks=Hooks(failures=2)))
    for _ in range(4):
        await call(run, Spy())
    assert len(events(run, "hook.failed")) == 2
