"""A script that takes too much is stopped, whatever it tries."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lupa import lua54

import llmspell_engine_lua

Run = Callable[..., Any]

_HANGS = {
    "loop": "while true do end",
    "goto": "::again:: goto again",
    "repeat": "repeat until false",
    "for": "for i = 1, math.huge do end",
    "recursion by tail calls": "local function f() return f() end f()",
    "pcall loop": "while true do pcall(function() while true do end end) end",
    "pcall of error loop": "while true do pcall(error) end",
    "xpcall loop": "while true do xpcall(function() while true do end end, function() end) end",
    "xpcall handler loop": "xpcall(function() error('x') end, function() while true do end end)",
    "xpcall handler loop after a stop": "xpcall(function() while true do end end, function() while true do end end)",
    "xpcall handler error loop": "while true do xpcall(error, error) end",
    "deep pcall": "local function f() while true do pcall(f) end end f()",
    "deep xpcall": "local function f() while true do xpcall(f, function() while true do end end) end end f()",
    "handler at the end of the C stack": (
        "local function f(n) if n == 0 then while true do end end "
        "return xpcall(function() return string.gsub('a', 'a', function() f(n - 1) return 'x' end) end, "
        "function() while true do end end) end for n = 1, 210 do f(n) end"
    ),
    "coroutine.create": "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "coroutine.wrap": "while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "coroutine pingpong": "local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end",
    "coroutine close": (
        "local c = coroutine.create(function() local x <close> = setmetatable({}, "
        "{__close = function() while true do end end}) coroutine.yield() end) "
        "coroutine.resume(c) coroutine.close(c)"
    ),
    "close of a coroutine whose hook had no room on the C stack": (
        "local mt = { __close = function(_, e) if tostring(e):find('C stack') then while true do end end end }\n"
        "local function deep(n) local c = coroutine.create(function() local x <close> = setmetatable({}, mt)"
        " if n > 1 then deep(n - 1) else for i = 1, 5000 do end end end)"
        " local ok, e = coroutine.resume(c) coroutine.close(c) if not ok then error(e, 0) end end\n"
        "for n = 1, 250 do pcall(deep, n) end while true do end"
    ),
    "__close loop": "while true do local x <close> = setmetatable({}, {__close = function() while true do end end}) end",
    "__close that raises": (
        "while true do pcall(function() local x <close> = setmetatable({}, {__close = error}) end) end"
    ),
    "__index chain": "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) pcall(function() return t[1] end) while true do pcall(function() return t[1] end) end",
    "__len of 2^60": "local t = setmetatable({}, {__len = function() return 1 << 60 end}) for i = 1, #t do end",
    "__eq": "local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)",
    "__tostring": "tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "__pairs": "for _ in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end",
    "error with __tostring": "error(setmetatable({}, {__tostring = function() while true do end end}))",
    "load reader": "load(function() while true do end end)",
    "load reader for ever": "load(function() return ' ' end)",
    "load loop": "load('while true do end')()",
    "gsub callback": "string.gsub(('a'):rep(100), 'a', function() while true do end end)",
    "sort comparator": "table.sort({3, 2, 1}, function() while true do end end)",
    "inconsistent comparator": "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t, function() return true end) end",
    "pattern .-": "return (('a'):rep(50000)):find('.-.-.-.-b')",
    "pattern a-b": "return (('a'):rep(1000000)):gsub('a-b', '')",
    "pattern of many quantifiers": "return (('a'):rep(60)):find(('a-'):rep(20) .. 'b')",
    "pattern of optionals": "return (('a'):rep(40)):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
    "pattern %b": "return (('('):rep(2000000)):find('%b()')",
    "pattern backreference": "return (('a'):rep(100000)):find('(a*)%1b')",
    "pattern gmatch": "for _ in (('a'):rep(500000)):gmatch('a*b') do end",
    "pattern without quantifiers": "return (('a'):rep(4000000)):match(('a'):rep(2000000) .. 'b')",
    "long plain find": "return (('a'):rep(8000000)):find(('a'):rep(4000000) .. 'b', 1, true)",
    "upper of a long text": "local s = ('a'):rep(8000000) while true do s:upper() end",
    "reverse of a long text": "local s = ('a'):rep(8000000) while true do s:reverse() end",
    "utf8.len of a long text": "local s = ('a'):rep(8000000) while true do utf8.len(s) end",
    "table.insert at the front": "local t = {} for i = 1, 300000 do t[i] = i end while true do table.insert(t, 1, 0) end",
    "table.concat": "local t = {} for i = 1, 300000 do t[i] = i end while true do table.concat(t) end",
    "table.move": "local t = {} while true do table.move(t, 1, 1 << 22, 1) end",
    "table.unpack": "local t = {} while true do table.unpack(t, 1, 99999) end",
    "string.rep": "while true do pcall(string.rep, '', 1 << 50) end",
    "iterator": "for _ in function() return 1 end do end",
    "tasks": "local function f() Async.spawn(f) end while true do f() end",
    "tasks that start tasks": "local function f() return Async.all{f} end f()",
    "many empty tasks": "while true do Async.all{function() end, function() end} end",
    "stopped task and __close": (
        "Async.race{function() local x <close> = setmetatable({}, {__close = function() while true do end end}) "
        "Async.sleep(1) end, function() end}"
    ),
}


@pytest.mark.parametrize("name", _HANGS)
def test_a_script_that_never_pauses_is_stopped_when_its_slice_ends(name: str, apart: Any) -> None:
    answer = apart.run(_HANGS[name], seconds=20, slice=0.2, memory=48 << 20)
    [error] = answer["failed"]
    assert error["kind"] == "budget"
    assert error["details"]["budget"] in {"cpu", "memory"}
    assert answer["seconds"] < 8
    assert answer["clean"] == [[_GLOBALS, "abab", "nil", 1]]


@pytest.mark.parametrize("memory", [8, 24, 48, 64])
def test_a_tower_of_pcalls_is_left_at_once(memory: int, apart: Any) -> None:
    source = "local function f() while true do pcall(f) end end f()"
    for _ in range(3):  # how high the tower is when the slice ends is chance
        answer = apart.run(source, seconds=20, slice=0.1, memory=memory << 20)
        assert answer["failed"][0]["details"]["budget"] == "cpu"
        assert answer["seconds"] < 8


_DEAD_THREAD = """
local text = ...
local guest, looks, dies = { where = function() end, without_place = function(e) return e end }, 0, true
local host = { interrupts = function() return 0 end, now = function()
  looks = looks + 1
  if dies then error('no room for the hook') end
  return 0
end }
assert(load(text))(guest, host, { slice = 1 })
local co = guest.thread(function()
  local x <close> = setmetatable({}, { __close = function()
    dies, looks = false, 0
    for i = 1, 100000 do end
  end })
  while true do end
end)
local ok = coroutine.resume(co)
coroutine.close(co)
return ok, looks
"""


def test_hooks_still_run_in_a_coroutine_that_died_of_an_error_inside_a_hook() -> None:
    guest = Path(llmspell_engine_lua.__file__).parent / "guest" / "limits.lua"
    ok, looks = lua54.LuaRuntime(unpack_returned_tuples=True).execute(_DEAD_THREAD, guest.read_text())
    assert not ok
    assert looks > 10


_GLOBALS = (
    "_G _VERSION assert collectgarbage coroutine error getmetatable ipairs load math next os pairs pcall print "
    "rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall"
)

_HOARDS = {
    "tables": "local t = {} while true do t[#t + 1] = {} end",
    "one string": "local s = 'x' while true do s = s .. s end",
    "string.rep": "return ('x'):rep(1 << 24):rep(4)",
    "closures": "local t = {} while true do t[#t + 1] = function() return t end end",
    "coroutines": "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
    "keys": "local t, i = {}, 0 while true do i = i + 1 t['k' .. i] = i end",
    "table.concat": "local t = {} for i = 1, 100 do t[i] = ('x'):rep(200000) end return table.concat(t)",
    "pack": "return string.pack('c100000000', '')",
    "varargs": "local function f(...) return f(1, ...) end f()",
    "deep recursion": "local function f() return 1 + f() end f()",
    "print": "local s = ('x'):rep(3000000) while true do print(s, s) s = s .. s end",
    "load": "local s = 'x=1 ' while true do load(s) s = s .. s end",
    "while encoding": "local s = ('\\1'):rep(3000000) return {s, s, s}",
    "while sending": "local s = ('\\1'):rep(2000000) Host.echo({s, s, s})",
}


@pytest.mark.parametrize("name", _HOARDS)
def test_a_script_that_takes_too_much_memory_ends_with_an_error_and_not_with_the_process(name: str, apart: Any) -> None:
    answer = apart.run(_HOARDS[name], seconds=20, slice=3, memory=8 << 20)
    assert not answer["done"]
    [error] = answer["failed"]
    assert error["kind"] == "budget" or re.search("overflow|too large", error["message"])
    assert answer["clean"] == [[_GLOBALS, "abab", "nil", 1]]


def test_too_much_memory_can_be_caught_and_the_script_goes_on(run: Run) -> None:
    driver = run(
        "local ok, e = pcall(function() local t = {} while true do t[#t + 1] = {} end end)"
        " return { ok, e, Host.echo('on') }",
        memory=4 << 20,
    )
    assert driver.value == [False, "not enough memory", "on"]


def test_too_much_memory_names_the_budget(run: Run) -> None:
    error = run("local t = {} while true do t[#t + 1] = {} end", memory=4 << 20).error
    assert (error["kind"], error["details"]) == ("budget", {"budget": "memory"})
    assert (error["file"], error["traceback"]) == ("test.lua", "")


def test_a_host_value_larger_than_the_memory_left_is_no_danger(apart: Any) -> None:
    source = "local t = {} pcall(function() while true do t[#t + 1] = {1} end end) t = nil return #Host.echo(('x'):rep(1000000))"
    answer = apart.run(source, memory=4 << 20)
    assert answer["done"] == [1000000]


def test_a_full_memory_survives_a_host_call_with_a_table(apart: Any) -> None:
    source = (
        "t = {} pcall(function() while true do t[#t + 1] = {1} end end)"
        " return { pcall(function() return Host.echo({1, {2, {x = 'y'}}}) end) }"
    )
    answer = apart.run(source, memory=2 << 20)
    assert answer["done"] or answer["failed"][0]["details"] == {"budget": "memory"}
    assert answer["clean"]


def test_a_stopped_slice_names_the_limit_and_the_line(run: Run) -> None:
    error = run("local x = 1\nwhile true do\n x = x + 1\nend", slice=0.1).error
    assert error["kind"] == "budget"
    assert error["message"] == "the script computed 0.1 seconds without a pause"
    assert error["details"] == {"budget": "cpu", "limit": 0.1}
    assert error["file"] == "test.lua"
    assert error["line"] in {2, 3}


def test_a_pause_for_the_host_starts_a_new_slice(run: Run) -> None:
    source = "for i = 1, 8 do local t = os.clock() while os.clock() - t < 0.2 do end Host.echo(i) end return 'done'"
    assert run(source, slice=1.5).value == "done"


def test_once_stopped_a_machine_runs_nothing_more(run: Run) -> None:
    driver = run("Host.echo(function() print('ran') return 1 end) while true do end", slice=0.1)
    assert driver.error["kind"] == "budget"
    number = driver.callback(driver.calls[0][3][0])
    assert driver.answers[number].fields["kind"] == "budget"
    assert driver.printed == []


def test_a_slice_stopped_in_a_callback_ends_everything(run: Run) -> None:
    driver = run("Host.later(function() while true do end end) return 1", slice=0.1)
    number = driver.callback(driver.calls[0][3][0])
    assert driver.answers[number].fields["details"]["budget"] == "cpu"
    assert driver.error["details"]["budget"] == "cpu"
    assert driver.cancelled == [1]


def test_an_interrupt_from_another_thread_stops_a_loop(driver: Any) -> None:
    timer = threading.Timer(0.2, driver.machine.interrupt, ["the user pressed Ctrl-C"])
    started = time.monotonic()
    timer.start()
    driver.start("while true do pcall(function() while true do end end) end")
    timer.join()
    assert time.monotonic() - started < 3
    assert (driver.error["kind"], driver.error["message"]) == ("cancelled", "the user pressed Ctrl-C")


def test_an_interrupt_while_the_script_waits_fails_it_at_the_next_step(run: Run) -> None:
    driver = run("pcall(Host.later) return 1")
    driver.machine.interrupt("stop")
    driver.step()
    assert driver.error["kind"] == "cancelled"
    assert driver.cancelled == [1]


def test_an_interrupt_can_name_a_budget(run: Run) -> None:
    driver = run("Host.later()")
    driver.machine.interrupt("budget.wall_time")
    driver.step()
    assert (driver.error["kind"], driver.error["details"]) == ("budget", {"budget": "wall_time"})
    assert driver.error["message"] == "the budget wall_time is used up"


def test_too_much_output_stops_the_script(run: Run) -> None:
    driver = run("while true do pcall(print, ('x'):rep(99)) end", output_bytes=1000)
    assert driver.error["details"] == {"budget": "output", "limit": 1000}
    assert driver.printed == ["x" * 99] * 10


def test_a_failing_emit_stops_the_script_and_is_raised(driver: Any) -> None:
    def broken(_text: str) -> None:
        raise BrokenPipeError("nobody reads")

    driver.machine._emit = broken
    with pytest.raises(BrokenPipeError, match="nobody reads"):
        driver.start("pcall(print, 'x') while true do end")


def test_a_closed_machine_frees_its_memory_at_once(driver: Any) -> None:
    import gc

    driver.start("return 1")
    runtime = driver.machine._runtime
    gc.disable()
    try:
        driver.machine.close()
        assert len(gc.get_referrers(runtime)) <= 1  # this frame
    finally:
        gc.enable()
