"""The global `Hook`, from Lua."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.testing.steps import Text

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]

ADD = """
Tool.define{ name = "add", parameters = { a = "integer", b = "integer" }, run = function(x) return x.a + x.b end }
"""


async def test_a_hook_sees_the_call(value: Value) -> None:
    call = await value(
        ADD
        + """
        local seen
        Hook.on("pre_tool", function(call) seen = call end)
        Tool.run("add", { a = 1, b = 2 })
        return seen
        """
    )
    assert call == {
        "kind": "tool",
        "name": "add",
        "path": "run/tool:add",
        "attempt": 1,
        "arguments": {"a": 1, "b": 2},
    }


@pytest.mark.parametrize(
    ("hook", "output"),
    [
        ('Hook.on("pre_tool", function() return { modify = { b = 40 } } end)', 41),
        ('Hook.on("pre_tool", function() return { modify = { arguments = { b = 40 } } } end)', 41),
        ('Hook.on("pre_tool", function() return { replace = "instead" } end)', "instead"),
        ('Hook.on("post_tool", function(_, result) return { replace = result * 2 } end)', 6),
        ('Hook.on("post_tool", function() end)', 3),
    ],
)
async def test_verdicts_change_a_tool_call(value: Value, hook: str, output: Any) -> None:
    assert await value(f'{ADD} {hook} return Tool.run("add", {{ a = 1, b = 2 }}).output') == output


@pytest.mark.parametrize("point", ["pre_tool", "post_tool"])
async def test_a_veto_is_an_error_with_its_reason(value: Value, point: str) -> None:
    found = await value(
        f"""{ADD}
        Hook.on("{point}", function() return {{ veto = "not today" }} end)
        local _, problem = Tool.try_run("add", {{ a = 1, b = 2 }})
        return {{ problem.kind, problem.component, problem.message:match("not today") }}
        """
    )
    assert found == ["vetoed", "tool:add", "not today"]


async def test_modified_arguments_are_checked_again(value: Value) -> None:
    kind = await value(
        ADD
        + """
        Hook.on("pre_tool", function() return { modify = { b = "x" } } end)
        local _, problem = Tool.try_run("add", { a = 1, b = 2 })
        return problem.kind
        """
    )
    assert kind == "invalid_arguments"


async def test_an_observer_that_fails_changes_nothing_and_is_told(cast: Cast) -> None:
    ended = await cast(
        ADD + 'Hook.on("pre_tool", function() error("ouch") end) return Tool.run("add", { a = 1, b = 2 }).output'
    )
    assert ended.value == 3
    assert "ouch" in ended.log.history("hook.failed")[0].data["error"]


async def test_a_guard_that_fails_stops_the_operation(value: Value) -> None:
    kind = await value(
        ADD
        + """
        Hook.on("pre_tool", function() error("ouch") end, { guard = true })
        local _, problem = Tool.try_run("add", { a = 1, b = 2 })
        return problem.kind
        """
    )
    assert kind == "vetoed"


async def test_a_late_guard_stops_the_operation(value: Value) -> None:
    message = await value(
        ADD
        + """
        Hook.on("pre_tool", function() Async.sleep(10) end, { guard = true, timeout = 0.05 })
        local _, problem = Tool.try_run("add", { a = 1, b = 2 })
        return problem.message
        """
    )
    assert "it took longer than 0.05 seconds" in message


async def test_an_observer_is_switched_off_after_failing_again_and_again(cast: Cast) -> None:
    ended = await cast(
        ADD
        + """
        Hook.on("pre_tool", function() error("ouch") end)
        for _ = 1, 7 do Tool.run("add", { a = 1, b = 2 }) end
        """
    )
    assert len(ended.log.history("hook.failed")) == 5
    assert ended.log.history("hook.disabled")[0].data["hook"] == "script.pre_tool"


async def test_a_closed_hook_is_gone(value: Value) -> None:
    assert (
        await value(
            ADD
            + """
        local hook = Hook.on("pre_tool", function() return { replace = 0 } end)
        hook:close()
        hook:close()
        return Tool.run("add", { a = 1, b = 2 }).output
        """
        )
        == 3
    )


async def test_hooks_run_in_the_order_they_were_added(value: Value) -> None:
    assert await value(
        ADD
        + """
        local order = {}
        for i = 1, 3 do Hook.on("pre_tool", function() order[#order + 1] = i end) end
        for i = 4, 5 do Hook.on("post_tool", function() order[#order + 1] = i end) end
        Tool.run("add", { a = 1, b = 2 })
        return order
        """
    ) == [1, 2, 3, 5, 4]


async def test_hooks_around_a_model_can_change_the_request_and_the_answer(value: Value) -> None:
    found = await value(
        """
        local temperature
        Hook.on("pre_llm", function() return { modify = { temperature = 0.5 } } end)
        Hook.on("post_llm", function(call, result)
          temperature = call.request.temperature
          return { replace = result.text:upper() }
        end)
        return { Agent.create{}:run("hi").text, temperature }
        """,
        Text("hello"),
    )
    assert found == ["HELLO", 0.5]


async def test_hooks_around_an_agent_can_change_its_input_and_its_result(value: Value) -> None:
    found = await value(
        """
        local agent = Agent.create{ name = "echo", run = function(input) return input end }
        Hook.on("pre_agent", function(call) return { modify = { input = call.input .. "!" } } end)
        local first = agent:run("a").text
        Hook.on("post_agent", function(_, result) return { replace = { text = result.text, output = 1 } } end)
        local second = agent:run("b")
        return { first, second.text, second.output }
        """
    )
    assert found == ["a!", "b!", 1]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("3", "a hook returns nothing, or a table with one of modify, replace and veto"),
        (
            "{ modify = {}, veto = 'x' }",
            "a hook returns nothing, or a table with one of modify, replace and veto",
        ),
        ("{ vetto = 'x' }", "a hook returns nothing, or a table with one of modify, replace and veto"),
        ("{ veto = {} }", "a hook's veto must be a reason"),
        ("{ modify = 'x' }", "a hook's modify must be a table"),
    ],
)
async def test_a_wrong_verdict_is_the_hooks_failure(cast: Cast, answer: str, sentence: str) -> None:
    ended = await cast(
        f'{ADD} Hook.on("pre_tool", function() return {answer} end) return Tool.run("add", {{ a = 1, b = 2 }}).output'
    )
    assert ended.value == 3
    assert ended.log.history("hook.failed")[0].data["error"] == sentence


async def test_an_unknown_point_names_the_nearest(cast: Cast) -> None:
    ended = await cast('Hook.on("pre_tol", print)')
    assert ended.error is not None
    assert ended.error.hint == "did you mean 'pre_tool'?"


async def test_a_hook_may_call_tools_itself(value: Value) -> None:
    assert (
        await value(
            ADD
            + """
        Hook.on("pre_tool", function(call)
          if call.arguments.a == 1 then
            return { replace = Tool.run("add", { a = 10, b = 10 }).output }
          end
        end)
        return Tool.run("add", { a = 1, b = 2 }).output
        """
        )
        == 20
    )
