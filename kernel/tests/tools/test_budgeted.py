"""Tools that may be called so often, or after so much time."""

from __future__ import annotations

import asyncio
import time

import pytest

from llmspell.errors import BudgetExceeded, ToolFailed
from llmspell.tools.budgeted import Budgeted

from ..run.kit import open_run
from .kit import added, ask, spies, spy


async def test_the_tools_of_a_set_share_its_calls() -> None:
    run = open_run()
    made = spies(run, "a", "b")
    toolset = Budgeted(run.tools, calls=2, setting="toolset.mine.budget.calls")
    await ask(run, toolset, "a")
    await ask(run, toolset, "b")
    with pytest.raises(BudgetExceeded, match=r"^the budget toolset_calls of 2 is used up$") as raised:
        await ask(run, toolset, "a")
    assert raised.value.hint == "raise toolset.mine.budget.calls"
    assert raised.value.stop_reason == "budget.toolset_calls"
    assert len(made["a"].calls) == 1


async def test_each_run_has_its_own() -> None:
    first, second = open_run(), open_run()
    toolset = Budgeted(added(first, spy()), calls=1)
    await ask(first, toolset)
    await ask(second, toolset)
    for run in (first, second):
        with pytest.raises(BudgetExceeded):
            await ask(run, toolset)


async def test_a_failed_call_counts() -> None:
    run = open_run()
    toolset = Budgeted(added(run, spy(answer=ValueError("no"))), calls=1)
    with pytest.raises(ToolFailed):
        await ask(run, toolset)
    with pytest.raises(BudgetExceeded):
        await ask(run, toolset)


async def test_a_call_waits_for_the_time_since_the_last_one_and_its_timeout_does_not() -> None:
    run = open_run()
    begins: list[float] = []
    tool = spy(answer=lambda arguments, context: begins.append(time.monotonic()))
    tool.timeout = 1.0
    toolset = Budgeted(added(run, tool), interval=0.6)
    await asyncio.gather(*(ask(run, toolset) for _ in range(3)))
    assert begins[1] - begins[0] >= 0.59
    assert begins[2] - begins[1] >= 0.59


async def test_without_a_limit_nothing_is_counted_out() -> None:
    run = open_run()
    toolset = Budgeted(added(run, spy()), interval=0.0001)
    for _ in range(20):
        await ask(run, toolset)
