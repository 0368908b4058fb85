"""Agents as tools of a model: their answers, their events, and what holds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Speaker

from llmspell.agent import AgentSpec
from llmspell.agents.delegation import AgentTool
from llmspell.errors import LlmspellError
from llmspell.message import Usage
from llmspell.permissions import Grants
from llmspell.result import HandoffRequest, Result
from llmspell.testing.steps import Calls, Text


async def test_a_model_asks_another_agent_as_it_calls_a_tool(bench: MakeBench) -> None:
    tested = bench(Calls(("helper", {"input": "help"})), Text("helped"), Text("done"))
    tested.llm("helper", description="Helps.")
    result = await tested.ask(tested.llm("boss", agents=("helper",)))
    [tool] = tested.model.requests[0].tools
    assert (tool.name, tool.description) == ("helper", "Helps.")
    assert (result.text, result.agent, result.calls[0].output) == ("done", "boss", "helped")


async def test_sub_agents_do_not_hide_their_events(bench: MakeBench) -> None:
    tested = bench(Calls(("helper", {"input": "help"})), Text("helped"), Text("done"))
    tested.llm("helper")
    await tested.ask(tested.llm("boss", agents=("helper",)))
    assert tested.paths("llm.started") == [
        "run/agent:boss/llm",
        "run/agent:boss/tool:helper/agent:helper/llm",
        "run/agent:boss/llm#2",
    ]


async def test_what_a_sub_agent_used_its_caller_used(bench: MakeBench) -> None:
    usage = Usage(100, 1)
    tested = bench(
        Calls(("middle", {"input": "x"})),
        Calls(("helper", {"input": "x"}), ("helper", {"input": "y"})),
        *[Text("helped", usage=usage)] * 2,
        *[Text("done")] * 2,
    )
    tested.llm("helper")
    tested.llm("middle", agents=("helper",))
    result = await tested.ask(tested.llm("boss", agents=("middle",)))
    assert result.usage == tested.run.budget.usage == Usage(240, 22)


async def test_a_sub_agent_that_stopped_early_does_not_look_like_success(bench: MakeBench) -> None:
    tested = bench(Calls(("helper", {"input": "x"})), Text("hal", finish_reason="length"), Text("done"))
    tested.llm("helper")
    result = await tested.ask(tested.llm("boss", agents=("helper",)))
    assert result.calls[0].output == {
        "stop_reason": "budget.max_tokens",
        "partial_answer": "hal",
        "error": "budget.max_tokens",
    }


async def test_a_sub_agent_that_fails_tells_the_model_and_the_run_goes_on(bench: MakeBench) -> None:
    def broken(*_: object) -> str:
        raise ValueError("no luck")

    tested = bench(Calls(("helper", {"input": "x"})), Text("done"))
    tested.add(Speaker("helper", broken))
    result = await tested.ask(tested.llm("boss", agents=("helper",)))
    assert result.stop_reason == "completed"
    assert "no luck" in (result.calls[0].error or {})["message"]


async def test_an_agent_that_hands_over_does_so_within_the_tool(bench: MakeBench) -> None:
    tested = bench(Calls(("helper", {"input": "x"})), Text("done"))
    tested.add(Speaker("helper", HandoffRequest("expert")), Speaker("expert", "I know"))
    result = await tested.ask(tested.llm("boss", agents=("helper",)))
    assert (result.agent, result.calls[0].output) == ("boss", "I know")
    assert tested.paths("handoff.started") == ["run/agent:boss/tool:helper/handoff:expert"]


async def test_structured_output_of_an_agent_is_the_tools_answer(bench: MakeBench) -> None:
    tested = bench()
    tool = AgentTool(Speaker("helper", Result("", {"n": 3}, agent="helper")))
    assert await tested.run.call_tool(tool, {"input": "x"}) == {"n": 3}


async def test_the_permissions_of_the_caller_bound_its_sub_agents(bench: MakeBench, tmp_path: Path) -> None:
    from kernel.tests.run.kit import Spy

    spy = Spy()
    tested = bench(Calls(("helper", {"input": "x"})), Calls(("spy", {})), Text("could not"), Text("done"))
    tested.llm("helper", tools=(spy,))
    grants = Grants.of({"tools": ["helper"]}, origin="boss", base=tmp_path)
    await tested.ask(tested.llm("boss", agents=("helper",), permissions=grants))
    assert spy.calls == []
    assert tested.paths("permission.denied") == ["run/agent:boss/tool:helper/agent:helper/tool:spy"]


async def test_agents_inside_agents_end_at_the_depth_of_the_budget(bench: MakeBench) -> None:
    again = Calls(("self", {"input": "again"}))
    tested = bench(again, again, Text("enough"), Text("done"), sets=("budget.depth=5",))
    result = await tested.ask(tested.llm("self", agents=("self",)))
    assert '"stop_reason": "budget.depth"' in tested.model.requests[2].messages[-1].content
    assert (result.text, result.stop_reason) == ("done", "completed")


async def test_an_agent_given_itself_becomes_the_runs(bench: MakeBench) -> None:
    tested = bench(Calls(("helper", {"input": "x"})), Text("done"))
    helper = Speaker("helper", "yes")
    boss = tested.run.make_agent("llm", AgentSpec("boss", agents=(helper,)))
    await tested.ask(boss)
    assert tested.run.agents["helper"] is helper


async def test_two_agents_of_one_name_are_a_conflict(bench: MakeBench) -> None:
    tested = bench()
    tested.add(Speaker("helper", "no"))
    boss = tested.run.make_agent("llm", AgentSpec("boss", agents=(Speaker("helper", "yes"),)))
    with pytest.raises(LlmspellError, match="the run has two agents named 'helper'"):
        await tested.ask(boss)


async def test_two_tools_of_one_name_are_a_conflict(bench: MakeBench) -> None:
    from kernel.tests.run.kit import Spy

    tested = bench()
    tested.add(Speaker("spy", "no"))
    with pytest.raises(LlmspellError, match="agent 'boss' has two tools named 'spy'"):
        await tested.ask(tested.llm("boss", agents=("spy",), tools=(Spy(),)))


async def test_a_name_that_servers_do_not_take_is_written_so_that_they_do(bench: MakeBench) -> None:
    tested = bench()
    assert AgentTool(Speaker("billing & más", "x")).name == "billing___m_s"
    assert len(AgentTool(Speaker("x" * 99, "x")).name) == 64
    assert tested
