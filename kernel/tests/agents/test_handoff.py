"""Handing over: who answers, what goes along, and what is counted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Speaker
from kernel.tests.run.kit import Spy

from llmspell.agent import AgentEvent
from llmspell.errors import UsageError
from llmspell.message import Message, Usage
from llmspell.permissions import Grants
from llmspell.result import HandoffRequest, Result
from llmspell.testing.steps import Calls, Text


async def test_the_one_that_is_handed_the_conversation_answers(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", "from b"))
    result = await tested.ask(first)
    assert (result.text, result.agent, result.stop_reason, result.handoff) == ("from b", "b", "completed", None)


async def test_a_model_hands_over_by_calling_transfer_to(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {"reason": "money"})), Text("from b"))
    first = tested.llm("a", handoffs=("b",), system="You are a.")
    tested.llm("b", system="You are b.", description="Knows money.")
    result = await tested.ask(first, "my bill")
    [tool] = tested.model.requests[0].tools
    assert (tool.name, tool.description) == ("transfer_to_b", "Hand the conversation over to b. Knows money.")
    assert (result.text, result.agent, result.usage) == ("from b", "b", Usage(20, 10))
    assert [(call.name, call.output) for call in result.calls] == [("transfer_to_b", {"handoff": "b"})]
    assert [message.role for message in tested.model.requests[1].messages] == ["system", "user", "assistant", "tool"]
    assert tested.model.requests[1].messages[0].content == "You are b."


async def test_control_moves_along_a_chain_with_state_and_history_and_the_events_in_order(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {})), Calls(("transfer_to_c", {"input": "Explain tides."})), Text("done"))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b", handoffs=("c",))
    tested.llm("c")
    result = await tested.ask(first, "hi")
    assert (result.agent, len(result.calls), result.usage.total_tokens) == ("c", 2, 45)
    assert tested.paths("handoff.started") == ["run/handoff:b", "run/handoff:c"]
    assert tested.paths("agent.started") == ["run/agent:a", "run/handoff:b/agent:b", "run/handoff:c/agent:c"]
    assert [event.kind for event in tested.run.log.history("handoff.*")] == [
        "handoff.started",
        "handoff.finished",
        "handoff.started",
        "handoff.finished",
    ]
    assert [message.content for message in tested.model.requests[2].messages if message.role == "user"] == [
        "hi",
        "Explain tides.",
    ]


async def test_state_is_set_before_the_other_begins(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b", state={"customer": 7}))
    tested.add(first, Speaker("b", lambda _, context: str(context.run.state.get_now("customer"))))
    assert (await tested.ask(first)).text == "7"


async def test_without_an_input_the_other_goes_on_where_the_conversation_ends(bench: MakeBench) -> None:
    tested = bench()
    second = Speaker("b", "ok")
    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, second)
    await tested.ask(first, "hello", history=(Message("user", "before"), Message("assistant", "yes")))
    [asked] = second.asked
    assert (asked.text, asked.said) == ("hello", "hello")
    assert [message.content for message in asked.conversation()] == ["before", "yes", "hello"]


async def test_an_input_comes_after_the_history(bench: MakeBench) -> None:
    tested = bench()
    second = Speaker("b", "ok")
    first = Speaker("a", HandoffRequest("b", "do this"))
    tested.add(first, second)
    await tested.ask(first, "hello")
    assert [message.content for message in second.asked[0].conversation()] == ["hello", "do this"]


async def test_one_that_gives_back_lets_the_first_go_on_with_its_answer(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {})), Text("b knows: 42"), Text("It is 42."))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b", return_policy="return")
    result = await tested.ask(first, "what is it?")
    assert (result.text, result.agent, result.usage.total_tokens) == ("It is 42.", "a", 45)
    assert tested.model.requests[2].messages[-1] == Message("tool", "b answered:\nb knows: 42", (), "call_1")
    assert tested.paths("agent.started") == ["run/agent:a", "run/handoff:b/agent:b", "run/agent:a#2"]


async def test_one_that_gives_back_may_hand_over_itself(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b"), lambda request, _: f"a heard: {request.answer and request.answer.text}")
    tested.add(first, Speaker("b", HandoffRequest("c"), returns=True), Speaker("c", "from c"))
    result = await tested.ask(first)
    assert (result.text, result.agent) == ("a heard: from c", "a")
    assert tested.paths("agent.started")[2] == "run/handoff:b/handoff:c/agent:c"


async def test_one_that_stopped_early_and_gives_back_says_so(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {})), Text("hal", finish_reason="length"), Text("half known"))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b", return_policy="return")
    await tested.ask(first)
    told = tested.model.requests[2].messages[-1].content
    assert told == "b stopped before the end (budget.max_tokens), with:\nhal"


async def test_a_tool_may_hand_over(bench: MakeBench) -> None:
    tested = bench(Calls(("spy", {})), Text("from b"))
    first = tested.llm("a", tools=(Spy(HandoffRequest("b", "please")),))
    tested.llm("b")
    result = await tested.ask(first)
    assert (result.text, result.agent) == ("from b", "b")


async def test_only_the_first_of_two_handoffs_in_one_turn_counts(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {}), ("transfer_to_c", {})), Text("from b"))
    first = tested.llm("a", handoffs=("b", "c"))
    tested.llm("b")
    tested.llm("c")
    result = await tested.ask(first)
    assert result.agent == "b"
    assert "was handed over to 'b' already" in (result.calls[1].error or {})["message"]


async def test_an_unknown_target_is_an_error_that_names_the_near_ones(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("billing", HandoffRequest("biling"))
    tested.add(first)
    with pytest.raises(
        UsageError, match=r"^no agent named 'biling' was created or is installed; agents: .*\bbilling\b"
    ) as error:
        await tested.ask(first)
    assert (error.value.kind, error.value.hint) == ("unknown_agent", "did you mean 'billing'?")


async def test_an_unknown_target_of_a_model_is_an_error_before_the_model_is_asked(bench: MakeBench) -> None:
    tested = bench()
    with pytest.raises(UsageError, match="no agent named 'nobody'"):
        await tested.ask(tested.llm("a", handoffs=("nobody",)))


async def test_an_installed_agent_type_can_be_the_target(bench: MakeBench) -> None:
    tested = bench(Text("plain"))
    first = Speaker("a", HandoffRequest("llm"))
    assert (await tested.ask(first)).agent == "llm"


async def test_what_all_of_them_used_is_in_the_result_and_an_unknown_price_stays_unknown(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", Result(agent="a", usage=Usage(1, 1), cost=0.5, handoff=HandoffRequest("b")))
    tested.add(Speaker("b", Result("b", agent="b", usage=Usage(2, 2), cost=0.25)))
    result = await tested.ask(first)
    assert (result.usage, result.cost) == (Usage(3, 3), 0.75)
    tested.add(Speaker("b", Result("b", agent="b", cost=None)))
    assert (await tested.ask(first)).cost is None


async def test_the_listener_hears_who_has_the_conversation(bench: MakeBench) -> None:
    heard: list[AgentEvent] = []
    tested = bench()
    first = Speaker("a", HandoffRequest("b"), "back")
    tested.add(first, Speaker("b", "ok", returns=True))
    await tested.ask(first, on_event=heard.append)
    assert heard == [AgentEvent("handoff", {"agent": "b"}), AgentEvent("handoff", {"agent": "a"})]


async def test_a_limit_that_comes_with_a_handoff_ends_the_run_instead(bench: MakeBench) -> None:
    calls = Calls(("transfer_to_b", {}), ("transfer_to_b", {}))
    tested = bench(calls, sets=("budget.tool_calls=1",))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b")
    result = await tested.ask(first)
    assert (result.agent, result.stop_reason) == ("a", "budget.tool_calls")


async def test_a_transfer_is_data_in_the_log(bench: MakeBench) -> None:
    tested = bench(Calls(("transfer_to_b", {"reason": "money"})), Text("from b"))
    first = tested.llm("a", handoffs=("b",))
    tested.llm("b")
    await tested.ask(first)
    [event] = tested.run.log.history("tool.finished")
    assert event.data["output"] == {"handoff": "b", "reason": "money"}


async def test_the_other_is_held_to_its_own_permissions_and_to_those_of_whoever_asked_first(
    bench: MakeBench, tmp_path: Path
) -> None:
    def held(*tools: str) -> Grants:
        return Grants.of({"tools": tools}, origin="the test", base=tmp_path)

    transfer, look = Calls(("transfer_to_b", {})), Calls(("spy", {}))
    boss = Calls(("a", {"input": "go"}))
    tested = bench(transfer, look, Text("seen"), boss, transfer, look, Text("not seen"), Text("done"))
    spy = Spy()
    first = tested.llm("a", handoffs=("b",), permissions=held("transfer_to_b"))
    tested.llm("b", tools=(spy,))
    assert (await tested.ask(first)).text == "seen"
    await tested.ask(tested.llm("boss", agents=("a",), permissions=held("a", "transfer_to_b")))
    assert len(spy.calls) == 1
    assert tested.paths("permission.denied") == ["run/agent:boss/tool:a/handoff:b/agent:b/tool:spy"]


async def test_without_history_and_input_the_other_is_asked_what_the_first_was(bench: MakeBench) -> None:
    tested = bench()
    first, second = Speaker("a", HandoffRequest("b", history="none")), Speaker("b", "ok")
    tested.add(first, second)
    await tested.ask(first, "hello", history=(Message("user", "before"), Message("assistant", "yes")))
    assert [message.content for message in second.asked[0].conversation()] == ["hello"]


async def test_one_without_calls_that_gets_the_conversation_back_reads_the_answer_in_it(bench: MakeBench) -> None:
    tested = bench()
    first = Speaker("a", HandoffRequest("b"), "done")
    tested.add(first, Speaker("b", Result("ok"), returns=True))
    await tested.ask(first, "hello")
    assert [message.content for message in first.asked[1].conversation()] == ["hello", "b answered:\nok"]


async def test_a_run_that_is_cancelled_in_the_middle_of_a_handoff_tells_so_and_is_no_success(bench: MakeBench) -> None:
    tested = bench()
    begun = asyncio.Event()

    async def wait(*_: object) -> str:
        begun.set()
        await asyncio.get_running_loop().create_future()
        return "never"

    first = Speaker("a", HandoffRequest("b"))
    tested.add(first, Speaker("b", wait))
    asking = asyncio.create_task(tested.ask(first))
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert tested.paths("handoff.failed") == ["run/handoff:b"]
    assert tested.paths("agent.failed") == ["run/handoff:b/agent:b"]
    assert tested.paths("handoff.finished") == []
