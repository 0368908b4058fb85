"""What an agent is as a tool: its name, what it tells a model, and what it takes."""

from __future__ import annotations

from typing import Any

import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Bench, Speaker

from llmspell.agent import AgentInput, AgentSpec, BaseAgent, HandoffTo
from llmspell.agents.delegation import AgentTool, tool_names
from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.message import Usage
from llmspell.result import Result
from llmspell.testing.steps import Calls, Text
from llmspell.workflow import Sequential, Step, Workflow

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def forecast(tested: Bench, schema: dict[str, Any] | None, template: str) -> Workflow:
    """A workflow that asks a model."""
    step = Step(name="ask", prompt=template)
    return Workflow(Sequential(name="forecast", steps=(step,), input_schema=schema), tested.run)


def test_a_name_and_a_description_may_be_given_and_else_are_the_agents() -> None:
    agent = Speaker("help desk", "yes")
    assert (AgentTool(agent).name, AgentTool(agent).description) == ("help_desk", "Ask the agent help desk.")
    agent.description = "Helps."
    assert AgentTool(agent).description == "Helps."
    named = AgentTool(agent, name="ask", description="Ask it.")
    assert (named.name, named.description) == ("ask", "Ask it.")


@pytest.mark.parametrize("name", ["help desk", "más", "x" * 65])
def test_a_name_that_servers_do_not_take_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"^an agent cannot be a tool called ") as error:
        AgentTool(Speaker("a", "yes"), name=name)
    assert error.value.hint.startswith("use letters, digits, - and _, 64 at most, such as ")


def test_the_description_of_a_handoff_comes_before_the_agents_own() -> None:
    from llmspell.agents.delegation import TransferTool

    agent = Speaker("b", "yes")
    assert TransferTool(HandoffTo(agent), agent).description == "Hand the conversation over to b."
    told = TransferTool(HandoffTo(agent, "For money."), agent).description
    assert told == "Hand the conversation over to b. For money."


def test_the_names_of_all_that_a_model_may_call_are_known_without_looking_any_up() -> None:
    tool = AgentTool(Speaker("x", "yes"), name="mine")
    agents: tuple[str | BaseAgent, ...] = ("help desk", Speaker("y", ""))
    spec = AgentSpec("a", tools=("calculator", tool), agents=agents, handoffs=(HandoffTo("b b"),))
    assert tool_names(spec) == ["calculator", "mine", "help_desk", "y", "transfer_to_b_b"]


async def test_a_workflow_takes_the_data_of_its_schema_as_a_tools_arguments(bench: MakeBench) -> None:
    tested = bench(Calls(("forecast", {"city": "Oslo"})), Text("rain"), Text("It rains."))
    tool = AgentTool(forecast(tested, CITY, "Weather in {{input.city}}?"))
    result = await tested.ask(tested.llm("boss", tools=(tool,)))
    assert tested.model.requests[0].tools[0].parameters == CITY
    assert tested.model.requests[1].messages[-1].content == "Weather in Oslo?"
    assert (result.text, result.calls[0].output) == ("It rains.", "rain")


async def test_arguments_that_do_not_fit_the_schema_of_a_workflow_go_back_to_the_model(bench: MakeBench) -> None:
    tested = bench(Calls(("forecast", {"town": "Oslo"})), Text("Sorry."))
    tool = AgentTool(forecast(tested, CITY, "Weather in {{input.city}}?"))
    result = await tested.ask(tested.llm("boss", tools=(tool,)))
    assert (result.calls[0].error or {})["kind"] == "invalid_arguments"
    assert tested.paths("workflow.started") == []


async def test_a_workflow_that_takes_no_object_gets_its_data_as_input(bench: MakeBench) -> None:
    numbers = {"type": "array", "items": {"type": "integer"}}
    tested = bench(Calls(("forecast", {"input": [1, 2]})), Text("3"), Text("Three."))
    tool = AgentTool(forecast(tested, numbers, "Add {{input}}"))
    assert tool.parameters["properties"] == {"input": numbers}
    await tested.ask(tested.llm("boss", tools=(tool,)))
    assert tested.model.requests[1].messages[-1].content == "Add [1, 2]"


async def test_an_agent_that_takes_the_place_of_another_of_its_name_is_asked_from_then_on(bench: MakeBench) -> None:
    ask = Calls(("helper", {"input": "x"}))
    tested = bench(ask, Text("done"), ask, Text("done"))
    boss = tested.llm("boss", agents=("helper",))
    tested.add(Speaker("helper", "first"))
    assert (await tested.ask(boss)).calls[0].output == "first"
    tested.add(Speaker("helper", "second"))
    assert (await tested.ask(boss)).calls[0].output == "second"


async def test_a_handoff_goes_to_whoever_has_the_name_now(bench: MakeBench) -> None:
    transfer = Calls(("transfer_to_b", {}))
    tested = bench(transfer, transfer)
    first = tested.llm("a", handoffs=("b",))
    for word in ("first", "second"):
        other = Speaker("b", word)
        other.description = f"The {word}."
        tested.add(other)
        assert (await tested.ask(first)).text == word
    described = [request.tools[0].description.rpartition("b. ")[2] for request in tested.model.requests]
    assert described == ["The first.", "The second."]


async def test_what_an_agent_between_has_counted_is_not_counted_again(bench: MakeBench) -> None:
    tested = bench(Calls(("middle", {"input": "x"})), Text("done"))
    helper = Speaker("helper", Result("h", usage=Usage(100, 1)))

    async def ask(_: AgentInput, context: Context) -> Result:
        await context.call_tool(AgentTool(helper), {"input": "x"})
        return Result("m", agent="middle", usage=Usage(100, 1))

    tested.add(Speaker("middle", ask))
    result = await tested.ask(tested.llm("boss", agents=("middle",)))
    assert result.usage == Usage(120, 11)


async def test_a_thousand_sub_agents_are_a_thousand_tools(bench: MakeBench) -> None:
    tested = bench(Calls(("s999", {"input": "x"})), Text("done"))
    agents = [Speaker(f"s{number}", f"from {number}") for number in range(1000)]
    result = await tested.ask(tested.run.make_agent("llm", AgentSpec("boss", agents=tuple(agents))))
    assert len(tested.model.requests[0].tools) == 1000
    assert result.calls[0].output == "from 999"
