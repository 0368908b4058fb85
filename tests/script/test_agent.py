"""The global `Agent` beside installed tools; what needs none is in the conformance suite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.testing.steps import Calls, Text

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]


async def test_an_agent_calls_tools_that_are_named_and_tools_that_are_defined(value: Value) -> None:
    reply = await value(
        """
        local twice = Tool.define{ name = "twice", parameters = { n = "integer" },
          run = function(args) return args.n * 2 end }
        return Agent.create{ tools = { "calculator", twice } }:run("go")
        """,
        Calls(("twice", {"n": 21}), ("calculator", {"expression": "1 + 2"})),
        Text("done"),
    )
    assert [(call["name"], call["output"]) for call in reply["calls"]] == [("twice", 42), ("calculator", 3)]


async def test_a_wrong_tool_name_names_the_nearest_installed_tool(cast: Cast) -> None:
    ended = await cast('Agent.create{ tools = { "calculater" } }')
    assert ended.error is not None
    assert ended.error.kind == "unknown_tool"
    assert "did you mean 'calculator'" in ended.error.hint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("{ max_turns = 1.5 }", "Agent.create: max_turns must be a whole number, not 1.5"),
        ("{ max_turns = 0 }", "agent 'agent-1': max_turns must be at least 1, not 0"),
        ("{ options = { a = 1 } }", "agent 'agent-1': agents of type llm take no options, found 'a'"),
        ("{ tools = { {} } }", "Agent.create: tools[1] must be a string or a handle of type Tool, not an object"),
    ],
)
async def test_wrong_options_are_refused(cast: Cast, options: str, message: str) -> None:
    ended = await cast(f"Agent.create{options}")
    assert message in str(ended.error)
