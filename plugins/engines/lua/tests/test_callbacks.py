"""The host runs functions of the script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def _function(driver: Any, call: int = 0) -> Any:
    return driver.calls[call][3][0]


def test_a_callback_runs_and_answers_with_its_first_result(run: Run) -> None:
    driver = run("Host.echo(function(a, b) return a + b, 'second' end) return 'done'")
    number = driver.callback(_function(driver), 20, 22)
    assert driver.answers == {number: 42}
    assert driver.value == "done"


def test_a_callback_runs_while_the_chunk_waits(run: Run) -> None:
    driver = run("local n = 0 Host.echo(function() n = n + 1 return n end) Host.later() return n")
    function = _function(driver)
    numbers = [driver.callback(function), driver.callback(function)]
    assert [driver.answers[number] for number in numbers] == [1, 2]
    driver.answer(2)
    assert driver.value == 2


def test_callbacks_call_the_host_at_the_same_time(run: Run) -> None:
    driver = run("Host.echo(function(x) return Host.later(x) .. x end)")
    first, second = driver.callback(_function(driver), "a"), driver.callback(_function(driver), "b")
    assert driver.waiting == {2: ["a"], 3: ["b"]}
    driver.answer(3, "B").answer(2, "A")
    assert driver.answers == {first: "Aa", second: "Bb"}


def test_a_callback_gets_nil_for_null_at_the_top_and_all_its_arguments(run: Run) -> None:
    driver = run(
        "Host.echo(function(...) local a, b, c = ... return { select('#', ...), b == nil, c[1] == Json.null } end)"
    )
    number = driver.callback(_function(driver), 1, None, [None])
    assert driver.answers[number] == [3, True, True]


def test_a_failing_callback_answers_with_its_error(run: Run) -> None:
    driver = run("Host.echo(function()\n  local r = Host.fail{ kind = 'network', message = 'gone' }\nend)")
    number = driver.callback(_function(driver))
    fields = driver.answers[number].fields
    assert (fields["kind"], fields["message"], fields["file"], fields["line"]) == (
        "network",
        "gone",
        "test.lua",
        2,
    )


def test_a_result_that_cannot_be_passed_is_an_error(run: Run) -> None:
    driver = run("Host.echo(function() return { 1, a = 2 } end)")
    number = driver.callback(_function(driver))
    assert "the result of a callback: a table with both list" in driver.answers[number].fields["message"]


def test_a_cancelled_callback_is_closed_and_answers(run: Run) -> None:
    driver = run(
        "Host.echo(function() local c <close> = setmetatable({}, { __close = function() print('closed') end })"
        " pcall(Host.later) print('never') end)"
    )
    number = driver.callback(_function(driver))
    driver.step(("cancel", number))
    assert driver.answers[number].fields["kind"] == "cancelled"
    assert (driver.cancelled, driver.printed) == ([2], ["closed"])


def test_cancelling_a_callback_that_is_over_changes_nothing(run: Run) -> None:
    driver = run("Host.echo(function() return 1 end)")
    number = driver.callback(_function(driver))
    driver.step(("cancel", number))
    assert driver.answers == {number: 1}


def test_an_unknown_function_is_an_error(run: Run) -> None:
    driver = run("return 1")
    driver.step(("callback", 9, 77, []))
    assert driver.answers[9].fields["message"] == "the script has no function 77"


@pytest.mark.parametrize("value", [2**64, object()])
def test_arguments_that_lua_cannot_take_are_an_error(value: object, run: Run) -> None:
    driver = run("Host.echo(function() print('ran') end)")
    number = driver.callback(_function(driver), value)
    assert driver.answers[number].fields["kind"] == "invalid_arguments"
    assert driver.printed == []


def test_callbacks_run_after_the_chunk_failed(run: Run) -> None:
    driver = run("Host.echo(function() return 'still here' end) error('x')")
    assert driver.answers[driver.callback(_function(driver))] == "still here"


def test_tasks_of_a_callback_end_with_it(run: Run) -> None:
    driver = run("Host.echo(function() Async.spawn(Host.later) Host.echo(1) return 'ok' end)")
    number = driver.callback(_function(driver))
    assert (driver.answers[number], driver.cancelled) == ("ok", [3])


def test_an_answer_to_a_cancelled_call_is_ignored(run: Run) -> None:
    driver = run("Async.race{ function() Host.later() end, function() Host.echo(1) end } return Host.later()")
    assert driver.cancelled == [1]
    driver.step(("result", 1, "late"))
    driver.answer(3, "right")
    assert driver.value == "right"


def test_several_messages_are_taken_in_one_step(run: Run) -> None:
    driver = run("Host.echo(function(x) return x end) return Async.all{ Host.later, Host.later }")
    function = _function(driver)
    driver.step(("result", 2, "a"), ("callback", 1, function.id, [5]), ("result", 3, "b"))
    assert (driver.value, driver.answers) == (["a", "b"], {1: 5})
