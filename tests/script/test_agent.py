"""The global `Agent`, from Lua."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.testing.steps import Calls, Delay, Fail, Text

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]


async def test_an_agent_answers_with_text_usage_and_a_stop_reason(value: Value) -> None:
    reply = await value('return Agent.create{ system = "Be brief." }:run("hi")', Text("hello"))
    assert reply["text"] == "hello"
    assert reply["stop_reason"] == "completed"
    assert reply["usage"]["total_tokens"] == 15
    assert [message["role"] for message in reply["messages"]] == ["system", "user", "assistant"]


async def test_an_unknown_price_is_absent_and_not_zero(value: Value) -> None:
    assert await value('return Agent.create{}:run("hi").cost == nil', Text("hello")) is True


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


async def test_a_wrong_tool_name_fails_when_the_agent_is_created(cast: Cast) -> None:
    ended = await cast('Agent.create{ tools = { "calculater" } }')
    assert ended.error is not None
    assert ended.error.kind == "unknown_tool"
    assert "did you mean 'calculator'" in ended.error.hint


async def test_an_unknown_option_names_the_nearest(cast: Cast) -> None:
    ended = await cast('Agent.create{ sytem = "x" }')
    assert ended.error is not None
    assert str(ended.error) == "Agent.create: unknown option 'sytem'"
    assert ended.error.hint == "did you mean 'system'?"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("{ name = 3 }", "Agent.create: name must be a string, not 3"),
        ("{ tools = 'x' }", "Agent.create: tools must be a list, not 'x'"),
        ("{ max_turns = 1.5 }", "Agent.create: max_turns must be a whole number, not 1.5"),
        ("{ max_turns = 0 }", "agent 'agent-1': max_turns must be at least 1, not 0"),
        ("{ timeout = -1 }", "agent 'agent-1': timeout must be above 0, not -1.0"),
        ("{ options = { a = 1 } }", "agent 'agent-1': agents of type llm take no options, found 'a'"),
        (
            "{ tools = { {} } }",
            "Agent.create: tools[1] must be a string or a handle of type Tool, not an object",
        ),
        (
            "{ run = function() end, model = 'a/b' }",
            "Agent.create: an agent with a run function takes no model",
        ),
        ("{ type = 'lmm' }", "no agent named 'lmm' is installed"),
    ],
)
async def test_wrong_options_are_refused(cast: Cast, options: str, message: str) -> None:
    ended = await cast(f"Agent.create{options}")
    assert message in str(ended.error)


async def test_a_name_that_is_taken_is_a_conflict_until_the_agent_is_closed(value: Value) -> None:
    found = await value(
        """
        local first = Agent.create{ name = "a" }
        local _, taken = Agent.try_create{ name = "a" }
        first:close()
        Agent.create{ name = "a" }
        return { taken.kind, taken.component, Agent.list() }
        """
    )
    assert found == ["conflict", "agent:a", ["a"]]


async def test_a_closed_handle_no_longer_works(cast: Cast) -> None:
    ended = await cast('local a = Agent.create{} a:close() a:run("x")')
    assert ended.error is not None
    assert ended.error.kind == "not_found"


async def test_an_agent_can_be_had_by_name(value: Value) -> None:
    assert await value('Agent.create{ name = "x" } return Agent.get("x"):run("hi").agent', Text("a")) == "x"


async def test_an_unknown_agent_is_an_error_that_lists_what_there_is(cast: Cast) -> None:
    ended = await cast('Agent.create{ name = "x" } Agent.get("y")')
    assert ended.error is not None
    assert (ended.error.kind, str(ended.error)) == (
        "unknown_agent",
        "no agent named 'y' was created; agents: x",
    )


async def test_history_carries_a_conversation_on(value: Value) -> None:
    roles = await value(
        """
        local agent = Agent.create{ system = "S" }
        local first = agent:run("one")
        local second = agent:run("two", { history = first.messages })
        local roles = {}
        for _, message in ipairs(second.messages) do roles[#roles + 1] = message.role end
        return roles
        """,
        Text("1"),
        Text("2"),
    )
    assert roles == ["system", "user", "assistant", "user", "assistant"]


async def test_a_stream_tells_text_and_tools_and_adds_up_to_the_result(value: Value) -> None:
    events, text = await value(
        """
        local stream = Agent.create{ tools = { "calculator" } }:stream("go")
        local events = {}
        for event in stream do events[#events + 1] = event.type .. ":" .. (event.text or event.name) end
        return { events, stream:result().text }
        """,
        Calls(("calculator", {"expression": "1 + 1"})),
        Text("It is two.", chunks=2),
    )
    assert events == ["tool_call:calculator", "tool_result:calculator", "text:It is", "text: two."]
    assert text == "It is two."


async def test_a_failing_stream_raises_where_it_is_read(value: Value) -> None:
    kind = await value(
        """
        local stream = Agent.create{}:stream("go")
        local ok, problem = pcall(function() for _ in stream do end end)
        local _, again = stream:try_result()
        return { ok, problem.kind, again.kind }
        """,
        Fail(500),
    )
    assert kind == [False, "provider", "provider"]


async def test_a_stream_that_is_closed_early_stops_the_model(value: Value) -> None:
    ending = await value(
        """
        local stream = Agent.create{}:stream("go")
        Async.sleep(0.01)
        stream:close()
        local _, problem = stream:try_result()
        return { problem.kind, stream:next() == nil }
        """,
        Delay(30, Text("late")),
    )
    assert ending == ["cancelled", True]


async def test_on_event_hears_everything_before_run_returns(value: Value) -> None:
    heard = await value(
        """
        local heard = {}
        Agent.create{}:run("go", { on_event = function(event)
          Async.sleep(0.01)
          heard[#heard + 1] = event.text
        end })
        return heard
        """,
        Text("abcd", chunks=4),
    )
    assert heard == ["a", "b", "c", "d"]


async def test_an_error_in_on_event_is_the_callers(value: Value) -> None:
    assert (
        await value(
            """
        local ok, problem = pcall(function()
          Agent.create{}:run("go", { on_event = function() error("ouch") end })
        end)
        return problem.kind .. ": " .. problem.message
        """,
            Text("a"),
        )
        == "script_failed: ouch"
    )


async def test_an_agent_made_of_a_function_needs_no_model(value: Value) -> None:
    replies = await value(
        """
        local text = Agent.create{ name = "up", run = function(input) return input:upper() end }
        local data = Agent.create{ name = "len", run = function(input) return { output = { length = #input } } end }
        local plain = Agent.create{ name = "n", run = function() return 7 end }
        return { text:run("abc").text, data:run("abc").output, plain:run("").output }
        """
    )
    assert replies == ["ABC", {"length": 3}, 7]


async def test_structured_output_arrives_as_data(value: Value) -> None:
    output = await value(
        """
        local schema = { type = "object", properties = { n = { type = "integer" } }, required = { "n" } }
        return Agent.create{ output_schema = schema }:run("go").output
        """,
        Text('{"n": 3}'),
    )
    assert output == {"n": 3}
