"""`tool_choice`: whether and which tool must be called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import load
from llmspell.errors import UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.provider import Capabilities
from llmspell.testing import OpenAIServer, ScriptedModel
from llmspell.testing.steps import Calls, Text

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import Add, MakeBench

CALL = Calls(("add", {"a": 1, "b": 2}))


@pytest.mark.parametrize("choice", ["required", "add"])
async def test_a_demanded_call_is_demanded_once_so_that_the_run_ends(bench: MakeBench, add: Add, choice: str) -> None:
    tested = bench(CALL, Text("three"))
    await tested.ask(tools=(add,), tool_choice=choice)
    assert [request.tool_choice for request in tested.model.requests] == [choice, "auto"]


@pytest.mark.parametrize("choice", ["auto", "none", None])
async def test_other_choices_hold_on_every_turn(bench: MakeBench, add: Add, choice: str | None) -> None:
    tested = bench(CALL, Text("three"))
    await tested.ask(tools=(add,), tool_choice=choice)
    assert [request.tool_choice for request in tested.model.requests] == [choice, choice]


async def test_a_choice_that_is_no_tool_of_the_agent_is_an_error(bench: MakeBench, add: Add) -> None:
    with pytest.raises(UsageError, match="tool_choice is 'ad', and the agent has the tools add") as error:
        await bench().ask(tools=(add,), tool_choice="ad")
    assert error.value.hint == "did you mean 'add'?"


async def test_no_tool_can_be_demanded_of_an_agent_without_any(bench: MakeBench) -> None:
    with pytest.raises(UsageError, match="tool_choice is 'required', and the agent has no tools"):
        await bench().ask(tool_choice="required")


async def test_without_tools_nothing_is_said_about_them(bench: MakeBench) -> None:
    tested = bench(Text("hi"))
    await tested.ask(tool_choice="auto")
    assert tested.model.requests[0].tool_choice is None


async def test_an_answer_that_is_given_by_a_tool_can_be_given_where_no_other_may_be_called(
    bench: MakeBench, add: Add
) -> None:
    class NoFormat(ScriptedModel):
        """A model that has tools only."""

        def capabilities(self, model: str) -> Capabilities:
            return Capabilities(response_format=False)

    tested = bench()
    model = NoFormat(Calls(("final_answer", {"n": 3})), name="tooled")
    tested.run.models.add(model)
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    result = await tested.ask(tools=(add,), model="tooled/x", tool_choice="none", output_schema=schema)
    assert result.output == {"n": 3}
    assert [tool.name for tool in model.requests[0].tools] == ["final_answer"]


@pytest.mark.parametrize(
    ("choice", "sent"), [("required", "required"), ("add", {"type": "function", "function": {"name": "add"}})]
)
async def test_a_server_is_told_the_choice_in_its_own_words(
    tmp_path: Path, add: Add, choice: str, sent: object
) -> None:
    async with OpenAIServer(CALL, Text("three")) as server:
        sets = [
            f'provider.lab.base_url="{server.base_url}"',
            'provider.lab.plugin="openai"',
            'provider.lab.api_key_env=""',
        ]
        async with Kernel(load(tmp_path, {}, sets), environ={}) as kernel:
            run = kernel.open_run(RunOptions(model="lab/m"))
            agent = run.make_agent("llm", AgentSpec("a", tools=(add,), tool_choice=choice))
            await run.run_agent(agent, AgentInput("go"))
            await run.close()
    assert [received.body["tool_choice"] for received in server.requests] == [sent, "auto"]
