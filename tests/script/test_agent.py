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
        ("{ max_tokens = 0 }", "agent 'agent-1': max_tokens must be at least 1, not 0"),
        ("{ temperature = -1 }", "agent 'agent-1': temperature must be at least 0 and finite, not -1.0"),
        ("{ model = 'gpt' }", "model 'gpt' does not name its provider"),
        ("{ tool_choice = 'requird' }", "agent 'agent-1': tool_choice is 'requird', and the agent has no tools"),
        ("{ tools = { 'calculator', 'calculator' } }", "agent 'agent-1' has two tools named 'calculator'"),
        ("{ handoffs = { 'b', 'b' } }", "agent 'agent-1' has two tools named 'transfer_to_b'"),
        ("{ run = print, options = { a = 1 } }", "Agent.create: an agent with a run function takes no options"),
        ("{ run = print, timeout = 3 }", "Agent.create: an agent with a run function takes no timeout"),
        ("{ tools = { {} } }", "Agent.create: tools[1] must be a string or a handle of type Tool, not an object"),
    ],
)
async def test_wrong_options_are_refused(cast: Cast, options: str, message: str) -> None:
    ended = await cast(f"Agent.create{options}")
    assert message in str(ended.error)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{ text = 'a', words = 1 }", "agent 'agent-1' answered with text or output, and with 'words', which no reply"),
        ("{ text = 'a', handoff = 'b' }", "and with 'handoff', which no reply has"),
        ("{ text = 'a', stop_reason = 'refusd' }", "agent 'agent-1' answered with the stop_reason 'refusd'"),
        ("{ text = 'a', stop_reason = 5 }", "agent 'agent-1' answered with a wrong stop_reason: 5"),
        ("{ text = 'a', usage = 5 }", "agent 'agent-1' answered with a wrong usage: 5"),
        ("{ text = 'a', usage = { input_tokens = 'x' } }", "usage has whole numbers of input_tokens, output_tokens"),
        ("{ text = 'a', usage = { tokens = 1 } }", "usage has whole numbers of input_tokens, output_tokens"),
        ("{ text = 'a', cost = 'x' }", "agent 'agent-1' answered with a wrong cost: 'x'"),
        ("{ text = 'a', error = 5 }", "agent 'agent-1' answered with a wrong error: 5"),
    ],
)
async def test_what_a_function_answers_besides_a_reply_is_refused_and_not_lost(
    cast: Cast, answer: str, message: str
) -> None:
    ended = await cast(f"return Agent.create{{ run = function() return {answer} end }}:run('x')")
    assert message in str(ended.error)


async def test_a_reply_that_a_function_passes_on_is_the_same_in_all_that_its_caller_sees(value: Value) -> None:
    inner, outer = await value(
        """
        local inner, seen = Agent.create{ name = "inner" }
        local outer = Agent.create{ run = function(input) seen = inner:run(input) return seen end }
        local reply = outer:run("x")
        return { seen, reply }
        """,
        Text("hi"),
    )
    assert {**inner, "agent": "agent-1", "messages": []} == outer


@pytest.mark.parametrize(
    ("point", "modify", "message"),
    [
        ("pre_agent", "{ input = 5 }", "a hook's modify: input must be a string, not 5"),
        ("pre_agent", "{ inptu = 'x' }", "a hook's modify: unknown option 'inptu'"),
        ("pre_agent", "{ history = {} }", "a hook's modify: unknown option 'history'"),
        ("pre_handoff", "{ target = 5 }", "a hook's modify: target must be a string, not 5"),
        ("pre_handoff", "{ state = 5 }", "a hook's modify: state must be an object, not 5"),
        ("pre_handoff", "{ tarhet = 'b' }", "a hook's modify: unknown option 'tarhet'"),
    ],
)
async def test_what_a_guardrail_changes_is_checked(cast: Cast, point: str, modify: str, message: str) -> None:
    ended = await cast(
        f"""
        Hook.on("{point}", function() return {{ modify = {modify} }} end, {{ guard = true }})
        Agent.create{{ name = "b", run = function() end }}
        Agent.create{{ run = function() return Agent.handoff("b") end }}:run("x")
        """
    )
    assert ended.error is not None
    assert ended.error.kind == "vetoed"
    assert message in str(ended.error)


async def test_a_guardrail_may_refuse_and_say_so(value: Value) -> None:
    reply = await value(
        """
        Hook.on("post_agent", function()
          return { replace = { text = "No.", stop_reason = "refused" } }
        end, { guard = true })
        return Agent.create{}:run("x")
        """,
        Text("The code is 7."),
    )
    assert (reply["text"], reply["stop_reason"], reply["usage"]["total_tokens"]) == ("No.", "refused", 15)
    assert reply["messages"][-1]["content"] == "No."


@pytest.mark.parametrize(
    "call",
    [
        "agent:run('x', { history = said })",
        "agent:stream('x', { history = said }):result()",
        "agent:chat{ history = said }",
    ],
)
async def test_a_history_with_an_answer_and_no_call_is_refused(cast: Cast, call: str) -> None:
    ended = await cast(
        f"""
        local said = {{ {{ role = "tool", content = "1", tool_call_id = "q" }} }}
        local agent = Agent.create{{}}
        {call}
        """
    )
    assert "the history has the answer of the call 'q' without the call" in str(ended.error)
