"""Steps at once: they really are, within their limit, each with its own branch of the state."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from kernel.tests.run.kit import Spy, open_run
from kernel.tests.workflow.kit import fails, gives, run_flow, statuses

from llmspell.errors import LlmspellError
from llmspell.state import Rule
from llmspell.workflow import Map, Parallel, Sequential, Step, StepContext


def writes(key: str, value: Any) -> Any:
    async def function(context: StepContext) -> Any:
        await asyncio.sleep(0)
        await context.state.set(key, value)
        return value

    return function


async def _nap(_: StepContext) -> str:
    await asyncio.sleep(0.2)
    return "awake"


class Together:
    """Counts how many are under way at once."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def __call__(self, _: StepContext) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1


async def test_every_branch_runs_with_its_own_work_and_all_at_the_same_time() -> None:
    begin = time.perf_counter()
    result = await run_flow(Parallel("w", steps=tuple(Step(name=f"s{n}", run=_nap) for n in range(8))))
    assert time.perf_counter() - begin < 8 * 0.2
    assert result.output == {f"s{n}": "awake" for n in range(8)}


@pytest.mark.parametrize("limit", [1, 3, 8])
async def test_no_more_than_the_limit_are_under_way(limit: int) -> None:
    together = Together()
    steps = tuple(Step(run=together) for _ in range(9))
    await run_flow(Parallel("w", steps=steps, max_concurrency=limit))
    assert together.most == limit


async def test_the_output_has_what_each_gave_in_the_order_of_the_definition() -> None:
    steps = (Step(name="slow", run=_nap), Step(name="quick", run=gives(2)), Step(name="no", run=gives(3), condition=""))
    result = await run_flow(Parallel("w", steps=steps))
    assert result.text == '{"slow": "awake", "quick": 2, "no": null}'
    assert [step.name for step in result.steps] == ["slow", "quick", "no"]


async def test_the_first_failure_cancels_the_others_and_what_was_done_is_kept() -> None:
    steps = (
        Step(name="done", run=gives(1)),
        Step(name="slow", run=_forever),
        Step(name="bad", run=fails(ValueError("ouch"))),
        Step(name="waiting", run=gives(4)),
    )
    with pytest.raises(LlmspellError, match=r"^step 'bad' of workflow 'w': .*ouch$") as raised:
        await run_flow(Parallel("w", steps=steps, max_concurrency=3))
    found = {step["name"]: step["status"] for step in raised.value.details["steps"]}
    assert found["done"] == "completed"
    assert (found["slow"], found["bad"]) == ("cancelled", "failed")


async def _forever(_: StepContext) -> None:
    await asyncio.sleep(3600)


async def test_a_failure_that_may_be_passed_over_cancels_nobody() -> None:
    steps = (Step(name="slow", run=_nap), Step(name="bad", run=fails(ValueError("ouch")), on_error="continue"))
    result = await run_flow(Parallel("w", steps=steps))
    assert statuses(result) == {"slow": "completed", "bad": "failed"}
    assert result.output == {"slow": "awake", "bad": None}


async def test_branches_see_the_state_as_it_was_and_their_writes_come_together() -> None:
    run = open_run()
    run.state.set_now("base", 1)

    async def looks(context: StepContext) -> Any:
        await asyncio.sleep(0.01)
        return await context.state.get("mine", "nothing")

    steps = (Step(name="a", run=writes("mine", 2)), Step(name="b", run=looks))
    result = await run_flow(Parallel("w", steps=steps), None, run)
    assert result.output == {"a": 2, "b": "nothing"}
    assert (run.state.get_now("mine"), run.state.get_now("base")) == (2, 1)


async def test_two_branches_that_write_one_key_are_a_conflict_that_names_both() -> None:
    run = open_run()
    steps = (Step(name="a", run=writes("key", 1)), Step(name="b", run=writes("key", 2)))
    expected = r"^workflow 'w': the state key 'key' was written by step 'a' and step 'b' at once"
    with pytest.raises(LlmspellError, match=expected) as raised:
        await run_flow(Parallel("w", steps=steps), None, run)
    assert raised.value.kind == "conflict"
    assert [step["status"] for step in raised.value.details["steps"]] == ["completed", "completed"]
    assert run.state.get_now("key") is None


async def test_a_declared_reducer_merges_what_branches_write() -> None:
    run = open_run()
    run.state.rules.define("key", Rule(reducer="append"))
    steps = (Step(name="a", run=writes("key", [1])), Step(name="b", run=writes("key", [2])))
    await run_flow(Parallel("w", steps=steps), None, run)
    assert run.state.get_now("key") == [1, 2]


async def test_what_a_failed_step_has_written_is_forgotten() -> None:
    run = open_run()

    async def half(context: StepContext) -> None:
        await context.state.set("key", 1)
        raise ValueError("ouch")

    steps = (Step(name="a", run=half, on_error="continue"), Step(name="b", run=writes("other", 2)))
    await run_flow(Parallel("w", steps=steps), None, run)
    assert run.state.list_now() == ["other"]


async def test_tools_and_workflows_inside_a_branch_write_to_its_state() -> None:
    run = open_run()
    run.tools.add(Spy(lambda arguments, context: context.state().set("key", 1), name="writer"))
    inner = Sequential(steps=(Step(tool="writer"), Step(run=_reads)))
    result = await run_flow(
        Parallel("w", steps=(Step(name="a", workflow=inner), Step(name="b", run=_reads))), None, run
    )
    assert result.output == {"a": 1, "b": None}
    assert run.state.get_now("key") == 1


async def _reads(context: StepContext) -> Any:
    return await context.state.get("key")


async def test_the_items_of_a_map_have_branches_too() -> None:
    run = open_run()

    async def count(context: StepContext) -> None:
        await context.state.set("seen", [context.item])

    flow = Map("w", over=(1, 2, 3), steps=(Step(run=count),))
    with pytest.raises(LlmspellError, match=r"the state key 'seen' was written by item 1 and item 2 and item 3"):
        await run_flow(flow, None, run)
    run.state.rules.define("seen", Rule(reducer="append"))
    await run_flow(flow, None, run)
    assert run.state.get_now("seen") == [1, 2, 3]


async def test_the_condition_of_a_step_sees_the_state_of_its_item() -> None:
    async def is_mine(context: StepContext) -> bool:
        return bool(await context.state.get(f"seen-{context.item}"))

    async def look(context: StepContext) -> None:
        await context.state.set(f"seen-{context.item}", True)

    steps = (Step(run=look), Step(name="then", run=gives("seen"), condition=is_mine))
    assert (await run_flow(Map("w", over=(1, 2), steps=steps))).output == ["seen", "seen"]


async def test_a_run_that_is_cancelled_ends_all_branches() -> None:
    run = open_run()
    begun = asyncio.Barrier(3)

    async def begins(_: StepContext) -> None:
        await begun.wait()
        await asyncio.sleep(3600)

    task = asyncio.create_task(run_flow(Parallel("w", steps=(Step(run=begins), Step(run=begins))), None, run))
    async with asyncio.timeout(10):
        await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(run.log.history("step.failed")) == 2


@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_is_at_least_one(limit: int) -> None:
    with pytest.raises(LlmspellError, match=r"^workflow 'w': max_concurrency must be at least 1, not"):
        await run_flow(Parallel("w", steps=(Step(run=gives(1)),), max_concurrency=limit))
