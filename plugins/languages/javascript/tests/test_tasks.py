"""Tasks, callbacks and cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def _function(driver: Any, call: int = 0) -> Any:
    return driver.calls[call][3][0]


def test_all_gives_the_results_in_order(run: Run) -> None:
    driver = run("return await Async.all([() => Host.later('a'), () => Host.later('b'), () => 3, async () => {}])")
    assert driver.answer(2, "B").answer(1, "A").value == ["A", "B", 3, None]
    assert run("return await Async.all([])").value == []


def test_the_first_failure_of_all_cancels_the_rest(run: Run) -> None:
    driver = run("await Async.all([() => Host.later(), () => Host.fail({ message: 'gone' })])")
    assert (driver.error["message"], driver.cancelled) == ("gone", [1])


def test_a_cancelled_task_runs_its_finally_and_nothing_more(run: Run) -> None:
    driver = run(
        "const seen = [];"
        "const loser = async () => { try { await Host.later() } catch (e) { seen.push(e.kind) } finally { seen.push('end') }"
        "  await Host.echo('never'); seen.push('never') };"
        "const r = await Async.race([loser, () => Host.echo('won')]); await Host.echo(0); return [r, ...seen]"
    )
    assert driver.value == ["won", "cancelled", "end"]
    assert (driver.cancelled, [args for *_, args in driver.calls]) == ([1], [[], ["won"], [0]])


def test_calls_of_what_a_task_started_are_cancelled_with_it(run: Run) -> None:
    driver = run(
        "const deep = () => Async.all([() => Async.map([1, 2], () => Host.later())]);"
        "return await Async.race([deep, () => Host.echo(1)])"
    )
    assert driver.value == 1
    assert sorted(driver.cancelled) == [number for number, _, method, _ in driver.calls if method == "later"]


def test_any_gives_the_first_success(run: Run) -> None:
    driver = run("return await Async.any([() => Host.fail(), () => Host.later(), () => Host.later()])")
    assert (driver.answer(3, "c").value, driver.cancelled) == ("c", [2])


def test_any_fails_with_all_failures(run: Run) -> None:
    driver = run(
        "await Async.any([() => Host.fail({ kind: 'network', message: 'a' }), () => { throw { kind: 'network', message: 'b' } }])"
    )
    assert (driver.error["kind"], driver.error["message"]) == ("network", "Async.any: all 2 functions failed: a; b")


def test_map_works_on_a_few_at_a_time(run: Run) -> None:
    driver = run("return await Async.map(['a', 'b', 'c'], (x, i) => Host.later(x, i), { limit: 2 })")
    assert driver.waiting == {1: ["a", 0], 2: ["b", 1]}
    driver.answer(2, "B")
    assert driver.waiting == {1: ["a", 0], 3: ["c", 2]}
    assert driver.answer(3, "C").answer(1, "A").value == ["A", "B", "C"]


def test_a_function_that_takes_too_long_times_out(run: Run) -> None:
    driver = run(
        "try { await Async.timeout(2, () => Host.later()) } catch (e) { return [e.kind, e.message, e.retryable] }"
    )
    assert driver.answer(1).value == ["timeout", "the function took longer than 2 seconds", True]
    assert driver.cancelled == [2]


def test_a_function_in_time_cancels_the_timer(run: Run) -> None:
    driver = run("return await Async.timeout(2, () => Host.echo(5))")
    assert (driver.value, driver.cancelled) == (5, [1])


def test_spawned_tasks_are_waited_for_and_cancelled(run: Run) -> None:
    driver = run(
        "const a = Async.spawn((x) => Host.later(x), 1), b = Async.spawn(() => Host.later());"
        "await Host.echo(0); b.cancel(); const [, e] = await b.tryWait(); return [await a.wait(), e.kind]"
    )
    assert driver.answer(2, "A").value == ["A", "cancelled"]


def test_a_failure_that_nobody_waited_for_is_raised_at_the_end(run: Run) -> None:
    assert (
        run("Async.spawn(() => { throw new Error('lost') }); await Host.echo(1); return 1").error["message"] == "lost"
    )


def test_waiting_for_what_can_never_happen_is_an_error(run: Run) -> None:
    message = "the script waits for something that can never happen"
    assert run("await new Promise(() => {})").error["message"] == message
    assert run("await { then() {} }").error["message"] == message


def test_waiting_for_a_function_that_the_host_may_call_is_none(run: Run) -> None:
    driver = run("let go; const p = new Promise((r) => { go = r }); await Host.echo((x) => { go(x) }); return await p")
    driver.callback(_function(driver), 5)
    assert driver.value == 5


def test_a_thenable_that_settles_twice_counts_once(run: Run) -> None:
    driver = run("return await { then(ok, bad) { ok(1); ok(2); bad(new Error('x')) } }")
    assert driver.value == 1


def test_promise_all_waits_for_calls_at_once(run: Run) -> None:
    driver = run("return await Promise.all([Host.later(1), Host.later(2)])")
    driver.step(("result", 2, "b"), ("result", 1, "a"))
    assert driver.value == ["a", "b"]


def test_callbacks_run_while_the_chunk_waits_and_call_the_host(run: Run) -> None:
    driver = run("await Host.echo(async (x) => (await Host.later(x)) + x); await Host.later(); return 'end'")
    first, second = driver.callback(_function(driver), "a"), driver.callback(_function(driver), "b")
    assert driver.waiting == {2: [], 3: ["a"], 4: ["b"]}
    assert driver.answer(4, "B").answer(3, "A").answers == {first: "Aa", second: "Bb"}
    assert driver.answer(2).value == "end"


def test_a_call_tells_the_callback_it_is_made_for_after_any_await(run: Run) -> None:
    driver = run(
        "await Host.echo(async () => { await Host.later(); await null; await Host.echo(1);"
        " await Async.all([() => Host.echo(2)]); await Host.echo(3) }); await Host.later(); await Host.echo(4)"
    )
    one, two = driver.callback(_function(driver)), driver.callback(_function(driver))
    driver.step(("result", 4, None), ("result", 2, None), ("result", 3, None))
    found = [(args[0], driver.within[number]) for number, _, method, args in driver.calls[1:] if method == "echo"]
    assert sorted(found) == [(1, one), (1, two), (2, one), (2, two), (3, one), (3, two), (4, 0)]


def test_a_failing_callback_answers_with_its_error(run: Run) -> None:
    driver = run("await Host.echo(async () => {\n  await Host.fail({ kind: 'network', message: 'gone' });\n})")
    fields = driver.answers[driver.callback(_function(driver))].fields
    assert (fields["kind"], fields["message"], fields["file"], fields["line"]) == ("network", "gone", "test.js", 2)


def test_a_result_that_cannot_be_passed_is_an_error(run: Run) -> None:
    driver = run("await Host.echo(() => new Map())")
    number = driver.callback(_function(driver))
    assert driver.answers[number].fields["message"] == "the result of a callback: a Map cannot be passed"


def test_a_cancelled_callback_answers_and_runs_its_finally(run: Run) -> None:
    driver = run("await Host.echo(async () => { try { await Host.later() } finally { console.log('closed') } })")
    number = driver.callback(_function(driver))
    driver.step(("cancel", number))
    assert driver.answers[number].fields["kind"] == "cancelled"
    assert (driver.cancelled, driver.printed) == ([2], ["closed"])
    driver.step(("cancel", number), ("result", 2, "late"))


def test_an_unknown_function_is_an_error(run: Run) -> None:
    driver = run("return 1")
    driver.step(("callback", 9, 77, []))
    assert driver.answers[9].fields["message"] == "the script has no function 77"


def test_a_value_that_cannot_be_passed_fails_its_message_only(run: Run) -> None:
    driver = run("await Host.echo(() => { console.log('ran') }); return await Host.later()")
    driver.step(("callback", 1, _function(driver).id, [object()]), ("result", 2, "fine"))
    assert (driver.answers[1].fields["kind"], driver.value, driver.printed) == ("invalid_arguments", "fine", [])


def test_callbacks_run_after_the_chunk_failed(run: Run) -> None:
    driver = run("await Host.echo(() => 'still here'); throw new Error('x')")
    assert driver.answers[driver.callback(_function(driver))] == "still here"


def test_what_a_callback_left_unfinished_ends_with_it(run: Run) -> None:
    driver = run(
        "await Host.echo(async () => { Async.spawn(() => Host.later()); await Host.echo(1); Host.later(); return 'ok' })"
    )
    number = driver.callback(_function(driver))
    assert (driver.answers[number], driver.cancelled) == ("ok", [3, 4])


def test_the_same_function_keeps_its_identity(run: Run) -> None:
    driver = run("const f = () => 1; return [f === await Host.echo(f), await Host.echo([f, f])]")
    assert driver.value[0] is True
    assert driver.value[1][0] == driver.value[1][1]


@pytest.mark.parametrize("thrown", ["'text'", "5", "undefined", "{}", "{ get message() { throw 1 } }", "Symbol('s')"])
def test_whatever_is_thrown_is_reported(thrown: str, run: Run) -> None:
    error = run(f"throw {thrown}").error
    assert (error["kind"], error["file"]) == ("script_failed", "test.js")
    assert error["message"]


def test_an_error_keeps_all_its_fields(run: Run) -> None:
    fields = {
        "kind": "not_found",
        "message": "m",
        "hint": "h",
        "component": "tool:x",
        "retryable": True,
        "details": {"a": [1]},
    }
    driver = run("throw Object.assign(new Error(), await Host.later())")
    error = driver.answer(1, fields).error
    assert {key: error[key] for key in fields} == fields


def test_details_that_cannot_be_passed_do_not_hide_the_error(run: Run) -> None:
    error = run("throw { message: 'm', details: { f: new Map() } }").error
    assert (error["message"], error["details"]) == ("m", {"lost": "error: a Map cannot be passed"})


def test_a_traceback_names_functions_and_lines(run: Run) -> None:
    driver = run("function inner() {\n  null.x;\n}\nfunction outer() {\n  inner();\n}\nouter();", name="dir/a b.js")
    lines = driver.error["traceback"].split("\n")
    assert [line.rpartition(":")[0] for line in lines] == [
        "at inner (dir/a b.js:2", "at outer (dir/a b.js:5", "at dir/a b.js:7",
    ]  # fmt: skip


@pytest.mark.parametrize("source", ["\nlet y = ;", "\n\n}", "#!/usr/bin/env llmspell\nlet let = 1;"])
def test_a_syntax_error_names_its_line(source: str, run: Run) -> None:
    error = run(source).error
    assert error["message"].startswith("SyntaxError: ")
    assert error["line"] == source.count("\n") + 1
