"""Several models at once: fastest, hedged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.routing import Router
from llmspell.config.schema import Budget
from llmspell.errors import BudgetExceeded, Cancelled, PermissionDenied, ProviderError
from llmspell.message import Completion, Delta, ModelRequest, TextDelta, Usage
from llmspell.provider import Notify
from llmspell.router.race import ENOUGH, FIRST_DELAY, Hedged
from llmspell.testing import Calls, Cut, Delay, Fail, ScriptedModel, Text, Trickle

from ..run.kit import events, request
from .kit import BUSY, asked, model, names, never, router_run, said, streamed, told


class Ending(ScriptedModel):
    """A model that never answers, and knows whether it was stopped."""

    stopped = 0

    def __init__(self, name: str) -> None:
        super().__init__(never(), name=name)
        self.begun = asyncio.Event()

    async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        self.begun.set()
        try:
            async for delta in super().stream(request, notify):
                yield delta
        except asyncio.CancelledError:
            self.stopped += 1
            raise

    async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
        self.begun.set()
        try:
            return await super().complete(request, notify)
        except asyncio.CancelledError:
            self.stopped += 1
            raise


async def test_fastest_does_not_wait_for_every_provider() -> None:
    slow, quick, slower = Ending("slow"), model("quick", Text("first")), Ending("slower")
    run = router_run(slow, quick, slower, r=Router(names(slow, quick, slower), "fastest"))
    assert await said(run) == "first"
    assert (slow.stopped, slower.stopped) == (1, 1)
    assert told(run, "router.chosen", "model") == ["quick/m"]
    assert told(run, "router.lost", "model", "reason", "usage") == [
        ("slow/m", "cancelled", None),
        ("slower/m", "cancelled", None),
    ]


async def test_all_are_asked_at_once() -> None:
    both = asyncio.Barrier(2)

    class Meeting(ScriptedModel):
        async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
            await both.wait()
            return await super().complete(request, notify)

    a, b = Meeting(Text("a"), name="a"), Meeting(Text("b"), name="b")
    assert await said(router_run(a, b, r=Router(names(a, b), "fastest"))) == "a"


async def test_the_first_good_answer_wins_not_the_first_failure() -> None:
    a, b = model("a", BUSY), model("b", Delay(0.05, Text("good")))
    run = router_run(a, b, r=Router(names(a, b), "fastest"))
    assert await said(run) == "good"
    assert told(run, "router.lost", "model", "reason") == [("a/m", "failed")]


async def test_of_answers_that_come_together_the_earlier_model_wins_and_both_are_counted() -> None:
    a = model("a", Text("a", usage=Usage(10, 1)))
    b = model("b", Text("b", usage=Usage(20, 2)))
    run = router_run(b, a, r=Router(names(b, a), "fastest"))
    completion = await asked(run)
    assert completion.message.content == "b"
    assert completion.usage == run.budget.usage == Usage(30, 3)
    [(name, reason, usage)] = told(run, "router.lost", "model", "reason", "usage")
    assert (name, reason, usage["total_tokens"]) == ("a/m", "late", 11)


async def test_when_all_racers_fail_each_is_named() -> None:
    a, b = model("a", BUSY), model("b", Fail(401))
    run = router_run(a, b, r=Router(names(a, b), "fastest"))
    with pytest.raises(ProviderError, match=r"^no model of router/r answered: a/m: .* 503; b/m: .* 401$"):
        await said(run)


async def test_the_first_piece_of_a_stream_decides_and_no_other_is_heard() -> None:
    quick = model("quick", Trickle(0.02, Text("abc", chunks=3)))
    slow = Ending("slow")
    run = router_run(slow, quick, r=Router(names(slow, quick), "fastest"))
    assert await streamed(run) == ("abc", ["a", "b", "c"])
    assert slow.stopped == 1
    kinds = [event.kind for event in events(run)]
    assert kinds.index("router.chosen") < kinds.index("llm.finished")


async def test_the_others_are_cancelled_at_the_first_piece_and_not_at_the_end() -> None:
    ended: list[float] = []
    clock = asyncio.get_running_loop().time

    class Losing(Ending):
        async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
            try:
                async for delta in super().stream(request, notify):
                    yield delta
            finally:
                ended.append(clock())

    slow = Losing("slow")
    quick = model("quick", Trickle(0.2, Text("abcd", chunks=4)))
    run = router_run(slow, quick, r=Router(names(slow, quick), "fastest"))
    await streamed(run)
    assert clock() - ended[0] > 0.3


async def test_a_budget_that_is_used_up_in_the_middle_of_a_race_ends_it_and_cancels_all() -> None:
    slow, other = Ending("slow"), Ending("other")
    run = router_run(slow, other, r=Router(names(slow, other), "fastest"), budget=Budget(model_calls=1))
    with pytest.raises(BudgetExceeded, match=r"^the budget model_calls of 1 is used up$"):
        await said(run)
    assert other.requests == []
    assert told(run, "router.chosen", "model") == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_winner_that_breaks_off_is_an_error_and_not_a_mixture() -> None:
    quick = model("quick", Trickle(0.02, Cut(Text("ab", chunks=2), after=1, fail=BUSY)))
    slow = Ending("slow")
    run = router_run(quick, slow, r=Router(names(quick, slow), "fastest"))
    with pytest.raises(ProviderError, match=r"^the scripted model fails with status 503$"):
        await streamed(run)
    assert slow.stopped == 1


async def test_a_call_of_a_tool_decides_a_stream_too() -> None:
    a, b = model("a", Delay(0.05, Text("late"))), model("b", Calls(("add", {"a": 1})))
    run = router_run(a, b, r=Router(names(a, b), "fastest"))
    heard: list[Delta] = []
    completion = await run.complete("router/r", request(), run.root, heard.append)
    assert [call.name for call in completion.message.tool_calls] == ["add"]
    assert not any(isinstance(delta, TextDelta) for delta in heard)


@given(
    st.lists(st.tuples(st.sampled_from([Text("good"), BUSY]), st.integers(0, 3)), min_size=1, max_size=5), st.booleans()
)
def test_a_race_is_won_if_any_model_can_win_it(steps: list[tuple[Text | Fail, int]], streams: bool) -> None:
    async def ask() -> str:
        models = [model(f"m{at}", Delay(pause / 1000, step)) for at, (step, pause) in enumerate(steps)]
        run = router_run(*models, r=Router(names(*models), "fastest"))
        answer = (await streamed(run))[0] if streams else await said(run)
        assert len(told(run, "router.lost", "model")) == len(models) - 1
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return answer

    if any(isinstance(step, Text) for step, _ in steps):
        assert asyncio.run(ask()) == "good"
    else:
        with pytest.raises(ProviderError, match="503"):
            asyncio.run(ask())


async def test_a_model_that_may_not_be_asked_ends_the_race() -> None:
    a, slow = model("a", Fail(PermissionDenied("not this one"))), Ending("slow")
    run = router_run(a, slow, r=Router(names(a, slow), "fastest"))
    with pytest.raises(PermissionDenied, match=r"^not this one$"):
        await said(run)
    assert slow.stopped == 1


@pytest.mark.parametrize("strategy", ["fastest", "hedged", "consensus", "fallback"])
async def test_cancellation_reaches_all(strategy: str) -> None:
    a, b = Ending("a"), Ending("b")
    table = Router(names(a, b), strategy, delay=0.0 if strategy == "hedged" else None)  # type: ignore[arg-type]  # one of them
    run = router_run(a, b, r=table)
    asking = asyncio.create_task(said(run))
    reached = [a] if strategy == "fallback" else [a, b]
    async with asyncio.timeout(20):
        for each in reached:
            await each.begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [each.stopped for each in (a, b)] == [int(each in reached) for each in (a, b)]


async def test_an_interrupted_run_asks_no_model() -> None:
    a, b = model("a"), model("b")
    run = router_run(a, b, r=Router(names(a, b), "fastest"))
    run.interrupt("enough")
    with pytest.raises(Cancelled, match=r"^enough$"):
        await said(run)


async def test_a_hedge_is_asked_when_the_first_takes_long() -> None:
    slow, quick = Ending("slow"), model("quick", Text("second"))
    run = router_run(slow, quick, r=Router(names(slow, quick), "hedged", delay=0.02))
    assert await said(run) == "second"
    assert told(run, "router.hedged", "model", "late") == [("quick/m", True)]
    assert slow.stopped == 1


async def test_no_hedge_is_asked_when_the_first_is_quick() -> None:
    quick, other = model("quick", Text("first")), model("other")
    run = router_run(quick, other, r=Router(names(quick, other), "hedged", delay=10.0))
    assert await said(run) == "first"
    assert other.requests == []


async def test_a_hedge_is_asked_at_once_when_the_first_fails() -> None:
    a, b = model("a", BUSY), model("b", Text("second"))
    run = router_run(a, b, r=Router(names(a, b), "hedged", delay=600.0))
    assert await said(run) == "second"
    assert told(run, "router.hedged", "model", "late") == [("b/m", False)]


async def test_a_stream_that_has_begun_is_not_hedged() -> None:
    class Pondering(ScriptedModel):
        async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
            async for delta in super().stream(request, notify):
                yield delta
                await asyncio.sleep(0.2)

    pondering, other = Pondering(Text("ab", chunks=2), name="pondering"), model("other")
    run = router_run(pondering, other, r=Router(names(pondering, other), "hedged", delay=0.1))
    assert await streamed(run) == ("ab", ["a", "b"])
    assert other.requests == []


def test_a_hedge_waits_as_long_as_95_of_100_answers_took() -> None:
    hedged = Hedged((), "p95")
    assert hedged.delay([1.0] * (ENOUGH - 1)) == FIRST_DELAY
    assert hedged.delay([float(number) for number in range(100, 0, -1)]) == 95.0
    assert Hedged((), 0.5).delay([9.0] * 100) == 0.5


async def test_the_time_of_a_model_that_lost_counts_as_at_least_as_long() -> None:
    a = ScriptedModel(Text("a"), name="a", repeat=True)
    b = model("b", Text("b"))
    run = router_run(a, b, r=Router(names(a, b), "hedged"))
    for _ in range(ENOUGH):
        assert await said(run) == "a"
    slow = Ending("a")
    run.models.add(slow)
    assert await said(run) == "b"  # hedged after the little that 20 answers took, not after FIRST_DELAY
    [after] = told(run, "router.hedged", "after")
    assert after < FIRST_DELAY
