"""Guardrails: hooks that look at what an agent is asked, at what it answers, and at handoffs."""

from __future__ import annotations

from typing import Any

import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Bench, Speaker

from llmspell.errors import Vetoed
from llmspell.gate.fence import Hook
from llmspell.gate.hooks import from_post, from_pre
from llmspell.message import Message
from llmspell.result import HandoffRequest, Result
from llmspell.testing.steps import Calls, Text
from llmspell.verdicts import Modify, Replace, Role, Veto


def guard(tested: Bench, point: str, function: Any) -> None:
    side, _, kind = point.partition("_")
    made = from_pre(function, ("call",)) if side == "pre" else from_post(function, ("call", "result"))
    tested.run.hooks.add(kind, Hook(point, Role(guard=True), made))


async def test_an_input_guardrail_stops_the_agent_before_a_model_is_asked(bench: MakeBench) -> None:
    tested = bench()
    guard(tested, "pre_agent", lambda call: Veto("no secrets, please") if "password" in call.request.text else None)
    with pytest.raises(Vetoed, match="agent 'a' was vetoed: no secrets, please"):
        await tested.ask(tested.llm("a"), "my password is x")


async def test_an_input_guardrail_may_answer_itself(bench: MakeBench) -> None:
    tested = bench()
    guard(tested, "pre_agent", lambda call: Replace(Result("I do not discuss that.", agent=call.name)))
    assert (await tested.ask(tested.llm("a"))).text == "I do not discuss that."


async def test_an_input_guardrail_may_change_what_is_asked(bench: MakeBench) -> None:
    tested = bench(Text("ok"))
    guard(tested, "pre_agent", lambda call: Modify({"text": call.request.text.replace("4111", "****")}))
    await tested.ask(tested.llm("a"), "card 4111")
    assert tested.model.requests[0].messages == (Message("user", "card ****"),)


async def test_what_an_input_guardrail_changes_is_changed_in_a_conversation_that_goes_on(bench: MakeBench) -> None:
    tested = bench(Text("ok"))
    guard(tested, "pre_agent", lambda call: Modify({"text": "clean"}) if call.name == "b" else None)
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first)
    tested.llm("b")
    await tested.ask(first, "dirty", history=(Message("user", "before"), Message("assistant", "yes")))
    assert [message.content for message in tested.model.requests[0].messages] == ["before", "yes", "clean"]


async def test_an_output_guardrail_may_stop_or_replace_the_answer(bench: MakeBench) -> None:
    tested = bench(Text("the code is 7"), Text("fine"), Text("the code is 7"))
    guard(tested, "post_agent", lambda call, result: Veto("it leaks") if "code" in result.text else None)
    agent = tested.llm("a")
    with pytest.raises(Vetoed, match="the result of agent 'a' was vetoed: it leaks"):
        await tested.ask(agent)
    assert (await tested.ask(agent)).text == "fine"
    guard(tested, "post_agent", lambda call, result: Replace(Result("hidden", agent=call.name)))
    assert (await tested.ask(agent)).text == "hidden"


async def test_a_hook_may_stop_a_handoff(bench: MakeBench) -> None:
    tested = bench()
    guard(tested, "pre_handoff", lambda call: Veto("not today"))
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", "never"))
    with pytest.raises(Vetoed, match="handoff 'b' was vetoed: not today"):
        await tested.ask(first)


async def test_a_hook_may_send_a_handoff_elsewhere(bench: MakeBench) -> None:
    tested = bench()
    guard(tested, "pre_handoff", lambda call: Modify({"target": "c", "input": "instead"}))
    first, third = Speaker("a", HandoffRequest("b")), Speaker("c", "from c")
    tested.add(first, Speaker("b", "never"), third)
    assert (await tested.ask(first)).text == "from c"
    assert third.asked[0].text == "instead"


async def test_a_hook_may_answer_in_the_place_of_the_one_that_is_handed_over_to(bench: MakeBench) -> None:
    tested = bench()
    guard(tested, "pre_handoff", lambda call: Replace(Result("closed")))
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", "never"))
    result = await tested.ask(first)
    assert (result.text, result.agent) == ("closed", "b")


async def test_a_hook_hears_what_came_of_a_handoff(bench: MakeBench) -> None:
    heard: list[str] = []
    tested = bench()
    guard(tested, "post_handoff", lambda call, result: heard.append(f"{call.name}: {result.text}"))
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", "from b"))
    await tested.ask(first)
    assert heard == ["b: from b"]


async def test_a_hook_may_answer_in_the_place_of_a_transfer_and_nobody_is_handed_anything(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {})), Text("I stay."))
    guard(tested, "pre_tool", lambda call: Replace("b is asleep"))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b")
    result = await tested.ask(first)
    assert (result.agent, result.calls[0].output) == ("a", "b is asleep")
