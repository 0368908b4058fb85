"""The global `Tool`, from Lua."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]


async def test_a_tool_runs_by_name_and_by_handle(value: Value) -> None:
    found = await value(
        """
        local half = Tool.define{ name = "half", parameters = { n = "number" }, run = function(a) return a.n / 2 end }
        return { Tool.run("half", { n = 3 }).output, half:run{ n = 5 }.output, Tool.get("half"):run{ n = 1 }.text }
        """
    )
    assert found == [1.5, 2.5, "0.5"]


async def test_a_tool_may_answer_nothing(value: Value) -> None:
    assert await value('return Tool.define{ name = "n", run = function() end }:run().output == nil') is True


async def test_a_tool_may_call_the_host_and_other_tools(value: Value) -> None:
    found = await value(
        """
        Tool.define{ name = "inner", run = function() Async.sleep(0.01) return State.get("x") end }
        Tool.define{ name = "outer", run = function() return Tool.run("inner").output + 1 end }
        State.set("x", 41)
        return Tool.run("outer").output
        """
    )
    assert found == 42


async def test_a_nested_tool_stands_below_its_caller_in_the_log(cast: Cast) -> None:
    ended = await cast(
        """
        Tool.define{ name = "inner", run = function() return 1 end }
        Tool.define{ name = "outer", run = function() return Tool.run("inner").output end }
        Tool.run("outer")
        """
    )
    assert [event.path for event in ended.log.history("tool.started")] == [
        "run/tool:outer",
        "run/tool:outer/tool:inner",
    ]


async def test_endless_recursion_of_tools_ends_at_the_depth_limit(cast: Cast) -> None:
    ended = await cast('Tool.define{ name = "r", run = function() return Tool.run("r").output end } Tool.run("r")')
    assert ended.stop_reason == "budget.depth"


@pytest.mark.parametrize(
    ("definition", "kind", "message"),
    [
        ("{ run = function() end }", "invalid_arguments", "Tool.define: name is missing"),
        ("{ name = 'x' }", "invalid_arguments", "Tool.define: run is missing"),
        ("{ name = 'x', run = 3 }", "invalid_arguments", "Tool.define: run must be a function, not 3"),
        ("{ name = 'a b', run = print }", "invalid_arguments", "Tool.define: 'a b' is not a tool name"),
        ("{ name = 'x', run = print, timeout = 0 }", "invalid_arguments", "timeout must be above 0, not 0.0"),
        ("{ name = 'calculator', run = print }", "conflict", "a tool named 'calculator' exists already"),
        ("{ name = 'x', run = print, params = {} }", "unknown_option", "unknown option 'params'"),
        ("{ name = 'x', run = print, parameters = { n = 'integr' } }", "invalid_arguments", "'integr'"),
    ],
)
async def test_wrong_definitions_are_refused(cast: Cast, definition: str, kind: str, message: str) -> None:
    ended = await cast(f"Tool.define{definition}")
    assert ended.error is not None
    assert ended.error.kind == kind
    assert message in str(ended.error)


async def test_arguments_that_do_not_fit_never_reach_the_tool(value: Value) -> None:
    found = await value(
        """
        local ran = false
        Tool.define{ name = "t", parameters = { n = "integer" }, run = function() ran = true end }
        local _, wrong = Tool.try_run("t", { n = "three" })
        local _, missing = Tool.try_run("t", {})
        local _, unknown = Tool.try_run("t", { n = 1, m = 2 })
        return { ran, wrong.kind, missing.kind, unknown.kind, wrong.component }
        """
    )
    assert found == [False, "invalid_arguments", "invalid_arguments", "invalid_arguments", "tool:t"]


async def test_an_error_in_a_tool_keeps_its_message_and_names_the_tool(value: Value) -> None:
    found = await value(
        """
        Tool.define{ name = "t", run = function() error("ouch", 0) end }
        local _, problem = Tool.try_run("t")
        return { problem.kind, problem.message, problem.component }
        """
    )
    assert found == ["script_failed", "ouch", "tool:t"]


async def test_a_late_tool_is_a_timeout(value: Value) -> None:
    found = await value(
        """
        Tool.define{ name = "slow", timeout = 0.05, run = function() Async.sleep(10) end }
        local _, problem = Tool.try_run("slow")
        return { problem.kind, problem.message, problem.retryable }
        """
    )
    assert found == ["timeout", "tool 'slow' took longer than 0.05 seconds", True]


async def test_a_closed_tool_frees_its_name(value: Value) -> None:
    found = await value(
        """
        local first = Tool.define{ name = "t", run = function() return 1 end }
        first:close()
        local _, gone = Tool.try_run("t")
        Tool.define{ name = "t", run = function() return 2 end }
        return { gone.kind, Tool.run("t").output }
        """
    )
    assert found == ["unknown_tool", 2]


async def test_tools_can_be_listed_and_described(value: Value) -> None:
    found = await value(
        """
        Tool.define{ name = "mine", description = "D", parameters = { a = "string" }, run = print }
        local described = Tool.describe("mine")
        return { Tool.list(), described.description, described.parameters.required }
        """
    )
    assert found == [["calculator", "datetime", "file_read", "json_query", "mine"], "D", ["a"]]
