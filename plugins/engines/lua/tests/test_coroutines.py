"""Coroutines of the script's own, and host calls inside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (
            "local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(Host.echo(i) * 10) end end)"
            " local t = {} for v in gen do t[#t + 1] = v end return t",
            [10, 20, 30],
        ),
        (
            "local function level(n) if n == 0 then return Host.echo('deep') end"
            " return coroutine.wrap(function() return level(n - 1) end)() end return level(50)",
            "deep",
        ),
        (
            "local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2, 'x' end)"
            " local r = {} r[1], r[2] = select(2, coroutine.resume(co, 1)), select(3, coroutine.resume(co, 5))"
            " r[3] = coroutine.status(co) return r",
            [2, "x", "dead"],
        ),
        (
            "local co = coroutine.create(Host.fail) local ok, e = coroutine.resume(co)"
            " return { ok, e.kind, coroutine.status(co) }",
            [False, "provider", "dead"],
        ),
        ("return { coroutine.isyieldable(), coroutine.wrap(coroutine.isyieldable)() }", [False, True]),
        ("local co = coroutine.running() return { type(co), coroutine.status(co) }", ["thread", "running"]),
        (
            "local co = coroutine.running() return { coroutine.resume(co) }",
            [False, "cannot resume non-suspended coroutine"],
        ),
        ("return { pcall(coroutine.yield, 1) }", [False, "attempt to yield from outside a coroutine"]),
        ("return { pcall(coroutine.create, 1) }", [False, "bad argument #1 to 'create' (function expected, got number)"]),
        ("return { pcall(coroutine.resume, 1) }", [False, "bad argument #1 to 'resume' (coroutine expected, got number)"]),
        (
            "local log = {} local co = coroutine.wrap(function() local x <close> = setmetatable({},"
            " { __close = function() log[#log + 1] = 'closed' end }) error('e', 0) end)"
            " local ok, e = pcall(co) return { ok, e, log[1] }",
            [False, "e", "closed"],
        ),
        (
            "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co)"
            " return { coroutine.close(co), coroutine.status(co) }",
            [True, "dead"],
        ),
        ("local t = {} for k in pairs(coroutine) do t[#t + 1] = k end table.sort(t) return table.concat(t, ' ')",
         "close create isyieldable resume running status wrap yield"),
        ("return Host.echo((string.gsub('a b', '%w', function(w) return Host.echo(w .. w) end)))", "aa bb"),
        ("local t = { 3, 1, 2 } table.sort(t, function(a, b) return Host.echo(a) < b end) return t", [1, 2, 3]),
        (
            "local t = setmetatable({}, { __index = function(_, k) return Host.echo(k) end,"
            " __add = function() return Host.echo(7) end, __call = function(_, x) return Host.echo(x) end,"
            " __lt = function() return Host.echo(true) end, __concat = function() return Host.echo('c') end })"
            " return { t.foo, t + 1, t(5), t < t, t .. 'x' }",
            ["foo", 7, 5, True, "c"],
        ),
        (
            "local i, s = 0, 0 for v in function() i = i + 1 if i < 4 then return Host.echo(i) end end do s = s + v end return s",
            6,
        ),
        ("do local c <close> = setmetatable({}, { __close = function() Host.echo('closing') end }) end return 1", 1),
        ("return load('return Host.echo(...)')(4)", 4),
        ("return select(2, pcall(pcall, pcall, Host.echo, 3))", True),
    ],
)  # fmt: skip
def test_a_host_call_waits_in_any_place_that_can_wait(source: str, value: Any, run: Run) -> None:
    assert run(source).value == value


def test_a_coroutine_that_waits_for_the_host_cannot_be_resumed_by_another_task(run: Run) -> None:
    driver = run(
        "local co = coroutine.create(function() return Host.later() end)\n"
        "local t = Async.spawn(function() return select(2, coroutine.resume(co)) end)\n"
        "Host.echo(1) local ok, e = coroutine.resume(co)\n"
        "local closed = pcall(coroutine.close, co)\n"
        "return { ok, e, coroutine.status(co), closed, t:wait() }"
    )
    driver.answer(2, "answer")
    assert driver.value == [False, "cannot resume non-suspended coroutine", "normal", False, "answer"]


def test_another_tasks_thread_cannot_be_resumed_or_closed(run: Run) -> None:
    driver = run(
        "local other local t = Async.spawn(function() other = coroutine.running() return Host.later() end) Host.echo(1)\n"
        "return { coroutine.resume(other), (pcall(coroutine.close, other)), coroutine.status(other), t:wait() }"
    )
    driver.answer(2, "mine")
    assert driver.value == [False, False, "normal", "mine"]


def test_a_coroutine_resumed_where_nothing_can_wait_cannot_call_the_host(run: Run) -> None:
    driver = run(
        "local t = setmetatable({}, { __tostring = function()"
        " return coroutine.wrap(function() return coroutine.wrap(Host.echo)('x') end)() end })\n"
        "local ok, e = pcall(tostring, t) return { ok, e.message, Host.echo('next') }"
    )
    assert driver.value == [False, "Host.echo is not possible here", "next"]
    assert len(driver.calls) == 1


def test_a_coroutine_may_wait_later_where_it_could_not_before(run: Run) -> None:
    driver = run(
        "local co = coroutine.wrap(function() coroutine.yield('first') return Host.echo('second') end)\n"
        "local t = setmetatable({}, { __tostring = function() return co() end }) return { tostring(t), co() }"
    )
    assert driver.value == ["first", "second"]


def test_a_host_call_inside_tostring_is_a_clear_error(run: Run) -> None:
    driver = run(
        "local ok, e = pcall(tostring, setmetatable({}, { __tostring = function() return Host.echo('x') end }))"
        " return { ok, e.kind, e.message }"
    )
    assert driver.value == [False, "invalid_arguments", "Host.echo is not possible here"]
    assert driver.calls == []
