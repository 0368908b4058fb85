"""Handoffs that lead nowhere come to an end, early, and are no success."""

from __future__ import annotations

from collections.abc import Awaitable

from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Speaker
from kernel.tests.run.kit import Spy

from llmspell.agent import AgentInput
from llmspell.context import Context
from llmspell.result import HandoffRequest, Result
from llmspell.testing.steps import Calls


async def test_a_transfer_ping_pong_ends_early_with_the_partial_answer(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", HandoffRequest("a")))
    result = await tested.ask(first)
    assert (result.stop_reason, result.text, result.handoff) == ("budget.hops", "a hands over", None)
    assert len(tested.paths("agent.started")) == 5
    assert (result.error or {})["message"] == "agent 'a' has handed over to 'b' 2 times, and nobody answers"
    assert tested.paths("handoff.failed") == ["run/handoff:b#3"]


async def test_a_ping_pong_of_models_ends_early_and_keeps_what_was_said(bench: MakeBench) -> None:
    steps = [Calls((f"transfer_to_{name}", {}), text=f"try {name}") for name in "bab"]
    tested = bench(*steps, sets=("budget.ping_pong=1",))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b", handoffs=("a",))
    result = await tested.ask(first)
    assert (result.stop_reason, result.text, result.usage.total_tokens) == ("budget.hops", "try b", 45)


async def test_three_agents_in_a_circle_are_noticed_too(bench: MakeBench) -> None:
    tested = bench(sets=("budget.hops=100",))
    agents = [Speaker(name, HandoffRequest(following)) for name, following in zip("abc", "bca", strict=True)]
    tested.add(*agents)
    assert (await tested.ask(agents[0])).stop_reason == "budget.hops"
    assert len(tested.paths("agent.started")) == 7


async def test_the_budget_of_hops_ends_a_long_chain_with_the_partial_answer(bench: MakeBench) -> None:
    tested = bench(sets=("budget.hops=3",))
    agents = [Speaker(f"a{number}", HandoffRequest(f"a{number + 1}")) for number in range(9)]
    tested.add(*agents)
    result = await tested.ask(agents[0])
    assert (result.stop_reason, result.text, result.agent) == ("budget.hops", "a3 hands over", "a3")
    assert (result.error or {})["hint"] == "raise it with --set budget.hops=N, or in llmspell.toml under [budget]"


async def test_agents_that_give_back_may_be_asked_again_and_again(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", *[HandoffRequest("b")] * 5, "done")
    tested.add(first, Speaker("b", "ok", returns=True))
    assert (await tested.ask(first)).text == "done"


async def test_agents_that_give_back_are_held_to_the_hops_all_the_same(bench: MakeBench) -> None:
    tested = bench(sets=("budget.hops=4",))
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", "ok", returns=True))
    assert (await tested.ask(first)).stop_reason == "budget.hops"
    assert len(tested.paths("handoff.finished")) == 4


async def test_a_second_question_may_take_the_same_way(bench: MakeBench) -> None:
    tested = bench(sets=("budget.ping_pong=1",))
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", "ok"))
    assert [(await tested.ask(first)).text for _ in range(3)] == ["ok", "ok", "ok"]


async def test_the_partial_answer_is_what_was_said_last_even_if_it_was_said_before_others_said_nothing(
    bench: MakeBench,
) -> None:
    tested = bench()
    first = Speaker("a", Result("It may be the router.", agent="a", handoff=HandoffRequest("b")))
    second = Speaker("b", Result(agent="b", handoff=HandoffRequest("c")))
    third = Speaker("c", Result(agent="c", handoff=HandoffRequest("b")))
    tested.add(first, second, third)
    result = await tested.ask(first)
    assert (result.stop_reason, result.text) == ("budget.hops", "It may be the router.")


async def test_one_that_hands_over_to_itself_ends_early_too(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("a"))
    tested.add(first)
    result = await tested.ask(first)
    assert (result.stop_reason, result.text) == ("budget.hops", "a hands over")
    assert len(first.asked) == 3


async def test_a_handoff_to_oneself_that_comes_to_an_answer_is_no_circle(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("a", "think again"), "done")
    tested.add(first)
    assert (await tested.ask(first)).text == "done"
    assert first.asked[1].text == "think again"


async def test_a_thousand_agents_in_a_row_end_at_the_budget_unless_it_is_raised(bench: MakeBench) -> None:
    sets = ("budget.hops=2000", "budget.steps=100000")
    tested = bench(sets=sets)
    agents = [Speaker(f"a{number}", HandoffRequest(f"a{number + 1}", history="none")) for number in range(1000)]
    tested.add(*agents, Speaker("a1000", "here"))
    result = await tested.ask(agents[0])
    assert (result.text, result.agent) == ("here", "a1000")
    assert tested.paths("handoff.started")[-1] == "run/handoff:a1000", "one beside the other, none inside another"


async def test_another_limit_in_the_middle_of_handoffs_keeps_what_was_said(bench: MakeBench) -> None:
    def look(_: AgentInput, context: Context) -> Awaitable[str]:
        return context.call_tool(Spy("found"), {})

    tested = bench(sets=("budget.tool_calls=0",))
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", look))
    result = await tested.ask(first)
    assert (result.stop_reason, result.text, result.handoff) == ("budget.tool_calls", "a hands over", None)
    assert (result.error or {})["message"] == "the budget tool_calls of 0 is used up"
