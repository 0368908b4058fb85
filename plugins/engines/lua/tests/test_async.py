"""Several things at once, and the end of what nobody waits for any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

_CLOSER = (
    "local function closer(name) return setmetatable({}, { __close = function() print('closed ' .. name) end }) end\n"
)


def test_all_runs_its_functions_at_once_and_keeps_their_order(run: Run) -> None:
    driver = run("local f = function() return Host.later() end return Async.all{ f, f, f }")
    assert sorted(driver.waiting) == [1, 2, 3]
    driver.answer(3, "c").answer(1, "a").answer(2, "b")
    assert driver.value == ["a", "b", "c"]


def test_all_of_nothing_is_an_empty_list(run: Run) -> None:
    assert run("return Async.all{}").value == []


def test_all_has_null_for_a_function_without_a_result(run: Run) -> None:
    assert run("return Async.all{ function() end, function() return 2 end }").value == [None, 2]


def test_the_first_failure_of_all_cancels_the_others(run: Run) -> None:
    driver = run(
        _CLOSER + "local ok, e = pcall(Async.all, {\n"
        "  function() local c <close> = closer('one') Host.later() print('never') end,\n"
        "  function() local r = Host.fail{ kind = 'network', message = 'gone' } end })\n"
        "print('caught') return { ok, e.kind }"
    )
    assert driver.value == [False, "network"]
    assert driver.cancelled == [1]
    assert driver.printed == ["closed one", "caught"]


def test_a_text_raised_in_all_arrives_with_its_place(run: Run) -> None:
    error = run("Async.all{ function() Host.echo(1)\n error('inner') end }").error
    assert (error["message"], error["line"]) == ("inner", 2)


def test_race_ends_with_the_first_to_return(run: Run) -> None:
    driver = run("return Async.race{ function() return Host.later() end, function() return Host.later() end }")
    driver.answer(2, "second")
    assert (driver.value, driver.cancelled) == ("second", [1])


def test_race_ends_with_the_first_to_fail(run: Run) -> None:
    driver = run(
        "Async.race{ function() return Host.later() end, function() error{ kind = 'conflict', message = 'm' } end }"
    )
    assert (driver.error["kind"], driver.cancelled) == ("conflict", [1])


def test_any_skips_failures(run: Run) -> None:
    driver = run("return Async.any{ error, function() return Host.later() end, function() return Host.later() end }")
    driver.answer(2, "c")
    assert (driver.value, driver.cancelled) == ("c", [1])


def test_any_lists_all_failures_when_all_fail(run: Run) -> None:
    error = run(
        "Async.any{ function() Host.fail{ kind = 'network', message = 'a' } end,"
        " function() Host.fail{ kind = 'network', message = 'b' } end, }"
    ).error
    assert (error["kind"], error["message"]) == ("network", "Async.any: all 2 functions failed: a; b")
    assert error["details"]["errors"] == [
        {"kind": "network", "message": "a"},
        {"kind": "network", "message": "b"},
    ]


def test_map_keeps_to_its_limit_and_to_the_order(run: Run) -> None:
    driver = run("return Async.map({ 'a', 'b', 'c' }, function(x, i) return Host.later(x, i) .. i end, { limit = 2 })")
    assert driver.waiting == {1: ["a", 1], 2: ["b", 2]}
    driver.answer(2, "B")
    assert driver.waiting == {1: ["a", 1], 3: ["c", 3]}
    driver.answer(3, "C").answer(1, "A")
    assert driver.value == ["A1", "B2", "C3"]


def test_map_runs_eight_at_a_time_unless_told(run: Run) -> None:
    driver = run("local t = {} for i = 1, 20 do t[i] = i end return Async.map(t, Host.later)")
    assert len(driver.waiting) == 8


def test_a_failing_item_of_map_cancels_the_rest(run: Run) -> None:
    driver = run("return Async.map({ 1, 2, 3 }, function(x) if x == 2 then error('two') end return Host.later(x) end)")
    assert (driver.error["message"], driver.cancelled) == ("two", [1])
    assert len(driver.calls) == 1


def test_map_of_nothing_is_an_empty_list(run: Run) -> None:
    assert run("return Async.map({}, print)").value == []


def test_timeout_returns_what_its_function_returns_and_stops_the_clock(run: Run) -> None:
    driver = run("return Async.timeout(5, function() return Host.later() end)")
    assert driver.calls[0][:3] == (1, "Async", "sleep")
    assert driver.calls[0][3] == [5]
    driver.answer(2, "in time")
    assert (driver.value, driver.cancelled) == ("in time", [1])


def test_timeout_raises_when_the_time_is_over(run: Run) -> None:
    driver = run(
        _CLOSER + "local ok, e = pcall(Async.timeout, 0.5, function()\n"
        " local c <close> = closer('work') pcall(Host.later) print('never') end)\n"
        "return { e.kind, e.message, e.retryable }"
    )
    driver.answer(1)
    assert driver.value == ["timeout", "the function took longer than 0.5 seconds", True]
    assert (driver.cancelled, driver.printed) == ([2], ["closed work"])


def test_a_spawned_task_runs_beside_the_rest_and_can_be_waited_for_twice(run: Run) -> None:
    driver = run(
        "local t = Async.spawn(function(a, b) return Host.later(a + b) end, 1, 2) print('on')"
        " return { t:wait(), t:wait(), tostring(t):match('^%a+') }"
    )
    assert (driver.printed, driver.waiting) == (["on"], {1: [3]})
    driver.answer(1, "x")
    assert driver.value == ["x", "x", "Task"]


def test_waiting_for_a_task_that_failed_raises_its_error(run: Run) -> None:
    driver = run("local t = Async.spawn(Host.fail) Host.echo(1) local ok, e = pcall(t.wait, t) return { ok, e.kind }")
    assert driver.value == [False, "provider"]


def test_a_cancelled_task_is_closed_and_its_waiter_is_told(run: Run) -> None:
    driver = run(
        _CLOSER + "local t = Async.spawn(function() local c <close> = closer('t') pcall(Host.later) end)\n"
        "local w = Async.spawn(function() local _, e = pcall(t.wait, t) return e.kind end)\n"
        "Host.echo(1) t:cancel() t:cancel() print('after') local _, e = pcall(t.wait, t) return { w:wait(), e.kind }"
    )
    assert driver.value == ["cancelled", "cancelled"]
    assert (driver.cancelled, driver.printed) == ([2], ["closed t", "after"])


def test_a_task_may_cancel_itself(run: Run) -> None:
    driver = run(
        "local t t = Async.spawn(function() t:cancel() print('never') end) local _, e = pcall(t.wait, t) return e.kind"
    )
    assert (driver.value, driver.printed) == ("cancelled", [])


def test_tasks_that_nobody_waited_for_end_with_the_chunk(run: Run) -> None:
    driver = run(
        _CLOSER + "Async.spawn(function() local c <close> = closer('t') Host.later() end) Host.echo(1) return 'done'"
    )
    assert (driver.value, driver.cancelled, driver.printed) == ("done", [2], ["closed t"])


def test_a_failure_that_nobody_waited_for_fails_the_chunk(run: Run) -> None:
    error = run("Async.spawn(function() error('lost') end) Host.echo(1) return 'done'").error
    assert (error["message"], error["file"]) == ("lost", "test.lua")


def test_a_cancelled_group_cancels_the_tasks_inside_it(run: Run) -> None:
    driver = run(
        _CLOSER + "Async.race{ function() Async.all{ function() local c <close> = closer('inner') Host.later() end,"
        " function() Async.spawn(Host.later) Host.later() end } end,"
        " function() Host.later() end }"
    )
    assert sorted(driver.waiting) == [1, 2, 3, 4]
    driver.answer(1)
    assert (driver.done, sorted(driver.cancelled), driver.printed) == ([None], [2, 3, 4], ["closed inner"])


def test_a_coroutine_inside_a_cancelled_task_is_closed_too(run: Run) -> None:
    driver = run(
        _CLOSER
        + "Async.race{ function() coroutine.wrap(function() local c <close> = closer('nested') Host.later() end)() end,"
        " function() return Host.echo(1) end }"
    )
    assert (driver.done, driver.printed, driver.cancelled) == ([None], ["closed nested"], [1])


def test_a_host_call_in_the_close_of_a_cancelled_task_is_refused(run: Run) -> None:
    driver = run(
        "Async.race{ function() local c <close> = setmetatable({}, { __close = function()"
        " local ok, e = pcall(Host.echo, 1) print(e.message) end }) Host.later() end, function() Host.echo(2) end }"
    )
    assert driver.printed == ["Host.echo is not possible here"]


def test_a_task_started_in_the_close_of_a_cancelled_task_is_refused(run: Run) -> None:
    driver = run(
        "Async.race{ function() local c <close> = setmetatable({}, { __close = function()"
        " print(select(2, pcall(Async.spawn, print)).message, (pcall(require, 'm')),"
        " (pcall(coroutine.wrap(Host.echo), 1))) end }) Host.later() end,"
        " function() Host.echo(2) end } return Host.echo(3)"
    )
    assert driver.printed == ["no task can be started in __close of a cancelled task\tfalse\tfalse"]
    assert driver.value == 3


@pytest.mark.parametrize(
    "source",
    [
        "local a, b a = Async.spawn(function() b:wait() end) b = Async.spawn(function() a:wait() end) a:wait()",
        "local t t = Async.spawn(function() Async.all{ function() t:wait() end } end) t:wait()",
    ],
)
def test_tasks_that_wait_for_each_other_are_an_error(source: str, run: Run) -> None:
    error = run(source).error
    assert error["message"] == "the script waits for a task that can never end"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        ("Async.all(5)", "invalid_arguments", "Async.all needs a list, not a number"),
        ("Async.all()", "invalid_arguments", "Async.all needs a list, not a nil"),
        ("Async.all{ a = print }", "invalid_arguments", "Async.all needs a list, and was given a table with the key a"),
        ("Async.all{ print, 5 }", "invalid_arguments", "Async.all: item 2 is a number, not a function"),
        ("Async.race{}", "invalid_arguments", "Async.race needs at least one function"),
        ("Async.any{}", "invalid_arguments", "Async.any needs at least one function"),
        ("Async.map({}, 5)", "invalid_arguments", "Async.map needs a function, not a number"),
        ("Async.map({}, print, 5)", "invalid_arguments", "Async.map needs a table of options, not a number"),
        ("Async.map({}, print, { limt = 5 })", "unknown_option", "Async.map has no option 'limt'"),
        ("Async.map({}, print, { limit = 0 })", "invalid_arguments", "Async.map: limit must be a whole number from 1, not 0"),
        ("Async.map({}, print, { limit = 1.5 })", "invalid_arguments", "Async.map: limit must be a whole number from 1, not 1.5"),
        ("Async.timeout('x', print)", "invalid_arguments", "Async.timeout needs a number of seconds, not x"),
        ("Async.timeout(-1, print)", "invalid_arguments", "Async.timeout needs a number of seconds, not -1"),
        ("Async.timeout(1)", "invalid_arguments", "Async.timeout needs a function, not a nil"),
        ("Async.spawn(5)", "invalid_arguments", "Async.spawn needs a function, not a number"),
        ("Async.spawn(print):wiat()", "invalid_arguments", "Task has no method 'wiat'"),
        ("Async.spawn(print).wait()", "invalid_arguments", "wait needs the task it is called on: write task:wait()"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: str, kind: str, message: str, run: Run) -> None:
    error = run(f"local x = {call}").error
    assert (error["kind"], error["message"]) == (kind, message)


def test_waiting_where_nothing_can_wait_says_so(run: Run) -> None:
    driver = run(
        "local t = setmetatable({}, { __tostring = function() Async.all{ print } return 'x' end })"
        " local ok, e = pcall(tostring, t) return e.message"
    )
    assert (driver.value, driver.printed) == ("waiting is not possible here", [])


def test_a_thousand_tasks_run_at_once(run: Run) -> None:
    driver = run(
        "local t = {} for i = 1, 1000 do t[i] = function() return Host.later(i) end end"
        " local r, s = Async.all(t), 0 for i = 1, 1000 do s = s + r[i] end return s"
    )
    assert len(driver.waiting) == 1000
    driver.step(*(("result", number, args[0]) for number, args in list(driver.waiting.items())))
    assert driver.value == 500500
