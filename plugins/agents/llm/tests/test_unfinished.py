"""However a run ends, its conversation can be given to any model again: no call is left without an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.agents.history import check_whole
from llmspell.context import Context
from llmspell.errors import LlmspellError, ProviderError
from llmspell.message import Message
from llmspell.provider import Capabilities
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Calls, Fail, Text
from llmspell.tool import Tool

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import Add, MakeBench

SUM = ("add", {"a": 1, "b": 2})
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


class Tooled(ScriptedModel):
    """A model that has tools, and no other way to give structured output."""

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities(response_format=False)


class Stuck(Tool):
    """Never comes to an end by itself."""

    name = "stuck"
    description = "Waits."
    parameters = {"type": "object"}

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        await asyncio.get_running_loop().create_future()


async def test_calls_that_repeat_themselves_end_a_run_whose_conversation_can_go_on(bench: MakeBench, add: Add) -> None:
    tested = bench(*[Calls(SUM, text="hm")] * 5, Text("ok"))
    result = await tested.ask(tools=(add,))
    assert (result.stop_reason, result.text) == ("budget.repeated_calls", "hm")
    check_whole(result.messages)
    assert (await tested.ask(tools=(add,), history=tuple(result.messages))).text == "ok"


async def test_an_agent_whose_time_is_up_in_a_tool_has_a_conversation_that_can_go_on(bench: MakeBench) -> None:
    tested = bench(Calls(("stuck", {}), text="I look."))
    result = await tested.ask(tools=(Stuck(),), timeout=0.1)
    assert (result.stop_reason, result.text) == ("budget.wall_time", "I look.")
    assert result.messages[-1] == Message("tool", "Not run: a limit was reached.", (), "call_1")


async def test_an_answer_that_was_cut_off_in_a_call_keeps_what_was_said(bench: MakeBench, add: Add) -> None:
    tested = bench(Calls(("add", '{"a":'), text="I add.", finish_reason="length"))
    result = await tested.ask(tools=(add,))
    assert (result.stop_reason, result.text, add.ran) == ("budget.max_tokens", "I add.", 0)
    check_whole(result.messages)


async def test_an_answer_that_a_tool_took_is_answered_as_taken(bench: MakeBench, add: Add) -> None:
    tested = bench()
    tested.run.models.add(Tooled(Calls(("final_answer", {"n": 3})), name="tooled"))
    result = await tested.ask(tools=(add,), model="tooled/x", output_schema=SCHEMA)
    assert (result.output, result.messages[-1].content) == ({"n": 3}, "Taken as the answer.")


async def test_a_tool_that_has_the_name_of_the_one_that_takes_the_answer_is_a_conflict(bench: MakeBench) -> None:
    class Final(Stuck):
        """A tool of that name."""

        name = "final_answer"

    tested = bench()
    tested.run.models.add(Tooled(name="tooled"))
    with pytest.raises(LlmspellError, match=r"which is how its model gives its answer$") as error:
        await tested.ask(tools=(Final(),), model="tooled/x", output_schema=SCHEMA)
    assert error.value.kind == "conflict"


async def test_what_is_no_limit_is_raised_and_not_made_a_result(bench: MakeBench) -> None:
    with pytest.raises(ProviderError, match=r"^the scripted model fails with status 401$"):
        await bench(Fail(401)).ask()


async def test_a_system_message_in_the_history_stays_where_an_agent_has_none(bench: MakeBench) -> None:
    tested = bench(Text("ok"), Text("ok"))
    history = (Message("system", "Be brief."), Message("user", "1"), Message("assistant", "one"))
    await tested.ask("2", history=history)
    await tested.ask("2", history=history, system="Mine.")
    assert [request.messages[0].content for request in tested.model.requests] == ["Be brief.", "Mine."]
