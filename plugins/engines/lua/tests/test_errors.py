"""What a failure looks like to the script that catches it, and to the host when nobody does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

_RATE = '{ kind = "rate_limited", message = "slow down", component = "provider:x", retryable = true, hint = "wait", details = { after = 2 } }'


def test_a_host_error_can_be_caught_and_read(run: Run) -> None:
    driver = run(
        f"local ok, e = pcall(Host.fail, {_RATE})\n"
        "return { ok, tostring(e), e.kind, e.message, e.component, e.retryable, e.hint, e.details.after, type(e) }"
    )
    assert driver.value == [
        False, "slow down", "rate_limited", "slow down", "provider:x", True, "wait", 2, "table",
    ]  # fmt: skip


def test_an_uncaught_host_error_keeps_what_it_was_and_names_the_line(run: Run) -> None:
    error = run(f"local x = 1\nlocal function ask()\n  local r = Host.fail({_RATE})\n  return r\nend\nask()").error
    assert error["kind"] == "rate_limited"
    assert error["message"] == "slow down"
    assert error["component"] == "provider:x"
    assert error["retryable"] is True
    assert error["hint"] == "wait"
    assert error["details"] == {"after": 2}
    assert (error["file"], error["line"]) == ("test.lua", 3)
    assert error["traceback"].splitlines() == ["test.lua:3: in local 'ask'", "test.lua:6: in main chunk"]


def test_a_host_error_that_was_caught_and_raised_again_keeps_its_first_place(run: Run) -> None:
    error = run("local ok, e = pcall(function()\n  local r = Host.fail()\n return r end)\n\nerror(e)").error
    assert (error["kind"], error["line"]) == ("provider", 2)


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("error('text')", "text", 1),
        ("\n\nerror('a: b')", "a: b", 3),
        ("error('no place', 0)", "no place", 1),
        ("error('two\\nlines')", "two\nlines", 1),
        ("local t\nt.x = 1", "attempt to index a nil value (local 't')", 2),
        ("local x = 1 + {}", "attempt to perform arithmetic on a table value", 1),
        ("undefined()", "attempt to call a nil value (global 'undefined')", 1),
        ("assert(false)", "assertion failed!", 1),
        ("assert(nil, 'said so')", "said so", 1),
        ("error()", "the script raised nil", 1),
        ("error(42)", "the script raised 42", 1),
        ("error(true)", "the script raised true", 1),
        ("error({})", "the script raised a table without a message", 1),
        ("error(setmetatable({}, { __tostring = function() return 'mine' end }))", "mine", 1),
        ("error(setmetatable({}, { __tostring = error }))", "the script raised a table without a message", 1),
        ("local x = ('x'):rep({})", "bad argument #2 to 'rep' (number expected, got table)", 1),
        ("string.rep()", "bad argument #1 to 'rep' (string expected, got nil)", 1),
        ("local s = ('x'):bad()", "attempt to call a nil value (method 'bad')", 1),
        ("local ok = ('x'):find('[a')", "malformed pattern (missing ']')", 1),
    ],
)  # fmt: skip
def test_a_script_error_is_reported_with_its_message_and_line(source: str, message: str, line: int, run: Run) -> None:
    error = run(source).error
    assert (error["kind"], error["message"]) == ("script_failed", message)
    assert (error["file"], error["line"]) == ("test.lua", line)


def test_a_script_may_raise_an_error_of_a_kind(run: Run) -> None:
    error = run('error{ kind = "not_found", message = "no page", retryable = true, details = { page = 3 } }').error
    assert (error["kind"], error["message"], error["retryable"]) == ("not_found", "no page", True)
    assert error["details"] == {"page": 3}


def test_wrong_fields_of_an_error_table_are_not_passed_on(run: Run) -> None:
    error = run("error{ kind = 5, message = 'm', component = {}, details = 'no' }").error
    assert (error["kind"], error["component"], error.get("details", {})) == ("script_failed", "", {})


def test_details_that_are_no_json_do_not_lose_the_error(run: Run) -> None:
    error = run("error{ message = 'm', details = { coroutine.create(print) } }").error
    assert error["message"] == "m"
    assert error["details"] == {"lost": "error: a thread cannot be passed"}


def test_a_text_that_does_not_compile_is_reported_with_its_line(run: Run) -> None:
    error = run("local a = 1\nlocal b = = 2").error
    assert (error["kind"], error["message"]) == ("script_failed", "unexpected symbol near '='")
    assert (error["file"], error["line"], error["traceback"]) == ("test.lua", 2, "")


def test_the_file_is_named_as_the_user_typed_it_however_long(driver: Any) -> None:
    name = "examples/" + "a_long_folder_name/" * 8 + "spell.lua"
    error = driver.start("\nerror('x')", name=name).error
    assert (error["file"], error["line"], error["message"]) == (name, 2, "x")


def test_a_result_that_cannot_be_passed_is_the_scripts_error(run: Run) -> None:
    error = run("return { 1, a = 2 }").error
    assert error["kind"] == "invalid_arguments"
    assert error["message"].startswith("the script's result: a table with both list and named keys")


def test_a_traceback_shows_no_frame_of_the_guest(run: Run) -> None:
    error = run("Async.all{ function()\n  pcall(error)\n  local r = Agent.creat()\nend }").error
    assert "llmspell" not in error["traceback"]
    assert "?" not in error["traceback"]


def test_a_try_variant_returns_the_error(run: Run) -> None:
    driver = run(
        f"local v, e = Host.try_fail({_RATE}) local w, none = Host.try_echo(5)"
        " return { v == nil, e.kind, w, none == nil }"
    )
    assert driver.value == [True, "rate_limited", 5, True]


def test_a_try_variant_returns_errors_of_the_arguments_too(run: Run) -> None:
    assert run("local _, e = Host.try_echo{ 1, a = 2 } return e.kind").value == "invalid_arguments"


def test_a_try_variant_works_on_handles(run: Run) -> None:
    driver = run("local v = Agent.create():try_run('hi') return v")
    assert driver.value == {"handle": 1, "method": "run", "args": ["hi"]}


def test_xpcall_gives_the_error_to_its_handler(run: Run) -> None:
    driver = run(
        "return { xpcall(Host.fail, function(e) return 'handled ' .. e.message .. Host.echo('!') end),"
        " select('#', xpcall(error, error)), (xpcall(function(a, b) return a + b end, print, 1, 2)) }"
    )
    assert driver.value == [False, 2, True]


def test_a_handler_of_xpcall_may_call_the_host(run: Run) -> None:
    driver = run("local _, m = xpcall(Host.fail, function(e) return Host.echo(e.message .. '!') end) return m")
    assert driver.value == "boom!"


def test_pcall_passes_results_and_plain_errors(run: Run) -> None:
    driver = run("local t = {} return { select('#', pcall(select, 2, 1, nil, 3)), select(2, pcall(error, t)) == t }")
    assert driver.value == [3, True]


def test_error_tables_of_the_host_are_locked_but_can_be_passed_back(run: Run) -> None:
    driver = run(
        "local _, e = pcall(Host.fail) local got = Host.echo(e) return { getmetatable(e) == nil, got.message }"
    )
    assert driver.value[1] == "boom"


def test_an_error_in_a_coroutine_keeps_its_kind(run: Run) -> None:
    error = run("coroutine.wrap(function() local r = Host.fail() return r end)()").error
    assert error["kind"] == "provider"
