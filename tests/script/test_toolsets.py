"""Toolsets in spells: an agent names one, in both languages; and tools are found by words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.testing.steps import Calls, Text

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]

LUA = 'return Agent.create{ tools = { "toolset:sums" } }:run("go")'
JAVASCRIPT = 'export default await (await Agent.create({ tools: ["toolset:sums"] })).run("go");'
SETS = ('toolset.sums.tools=["calculator"]', 'toolset.sums.prefix="my_"')
either = pytest.mark.parametrize(
    ("engine", "spell"), [("lua", LUA), ("javascript", JAVASCRIPT), ("quickjs", JAVASCRIPT)]
)
CALL = Calls(("my_calculator", {"expression": "1 + 2"}))


@either
async def test_an_agent_gets_the_tools_of_a_toolset(value: Value, engine: str, spell: str) -> None:
    reply = await value(spell, CALL, Text("done"), engine=engine, sets=SETS)
    assert [(call["name"], call["output"]) for call in reply["calls"]] == [("my_calculator", 3)]


@either
async def test_the_budget_of_a_toolset_ends_the_agents_run(value: Value, engine: str, spell: str) -> None:
    sets = (*SETS, "toolset.sums.budget.calls=1")
    second = Calls(("my_calculator", {"expression": "2 + 2"}))
    reply = await value(spell, CALL, second, engine=engine, sets=sets)
    stop = "stop_reason" if engine == "lua" else "stopReason"
    assert reply[stop] == "budget.toolset_calls"


@either
async def test_a_denied_tool_is_denied_to_the_agent_of_a_toolset(value: Value, engine: str, spell: str) -> None:
    sets = (*SETS, 'permissions.deny.tools=["calculator"]')
    reply = await value(spell, CALL, Text("I may not."), engine=engine, sets=sets)
    [call] = reply["calls"]
    assert call["error"]["kind"] == "permission"


@either
async def test_an_unknown_toolset_is_an_error_when_the_agent_is_made(cast: Cast, engine: str, spell: str) -> None:
    ended = await cast(spell, engine=engine, sets=('toolset.sum.tools=["*"]',))
    assert ended.error is not None
    assert (ended.error.kind, ended.error.hint) == ("unknown_tool", "did you mean 'sum'?")


async def test_installed_tools_and_defined_ones_are_found_together(value: Value) -> None:
    found = await value(
        """
        Tool.define{ name = "arithmetic_drill", description = "Asks for sums. Often.", run = print }
        return Tool.search("arithmetic calculator")
        """
    )
    assert {"calculator", "arithmetic_drill"} <= {each["name"] for each in found}
    assert next(each for each in found if each["name"] == "arithmetic_drill") == {
        "name": "arithmetic_drill", "description": "Asks for sums.", "category": "", "tags": [], "needs": [],
    }  # fmt: skip


async def test_a_search_that_finds_nothing_gives_nothing(value: Value) -> None:
    assert await value('return Tool.search("qqxx")') == []
