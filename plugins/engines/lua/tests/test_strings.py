"""Strings, patterns and tables behave as in Lua 5.4, also where the guest does the work itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lupa import lua54

import llmspell_engine_lua

Run = Callable[..., Any]

_COMPARE = """
local patterns, matcher, strings = ...
local guest = { tick = function() end, memory = 1e9, env = {} }
local plain = {}
for name, f in pairs(string) do plain[name] = f end
assert(load(patterns))(guest)
assert(load(matcher))(guest)
guest.costly_items = function(_, pattern, anchors) return guest.items_of(pattern, anchors) end
assert(load(strings))(guest)

local function all(iterator)
  local found = {}
  for a, b in iterator do found[#found + 1] = tostring(a) .. '/' .. tostring(b) end
  return table.concat(found, ' ')
end

local function shown(ok, ...)
  if not ok then return 'false' end
  local values = table.pack(ok, ...)
  for i = 1, values.n do values[i] = tostring(values[i]) end
  return table.concat(values, '|', 1, values.n)
end

local function results(library, text, pattern, init, replacement)
  return {
    shown(pcall(library.find, text, pattern, init)), shown(pcall(library.match, text, pattern, init)),
    shown(pcall(function() return all(library.gmatch(text, pattern)) end)),
    shown(pcall(library.gsub, text, pattern, replacement)),
    shown(pcall(library.gsub, text, pattern, function(a, b) return a ~= 'a' and tostring(a) .. tostring(b) end)),
    shown(pcall(library.gsub, text, pattern, { a = 'A', ab = 1 }, 2)),
  }
end

return function(text, pattern, init, replacement)
  return table.unpack(results(plain, text, pattern, init, replacement)),
    table.concat(results(plain, text, pattern, init, replacement), '\\n'),
    table.concat(results(guest.env.string, text, pattern, init, replacement), '\\n')
end
"""


@cache
def _compare() -> Any:
    folder = Path(llmspell_engine_lua.__file__).parent / "guest"
    files = [(folder / f"{name}.lua").read_text() for name in ("patterns", "matcher", "strings")]
    return lua54.LuaRuntime(unpack_returned_tuples=True).execute(_COMPARE, *files)


_ITEM = st.sampled_from(["a", "b", ".", "$", "^", "%a", "%(", "[ab]", "[^a]", "[%a-]", "[]]", "[a-b]"])
_PART = (
    st.builds(str.__add__, _ITEM, st.sampled_from(["", "", "*", "+", "-", "?"]))
    | st.sampled_from(["%b()", "%f[a]", "%f[^a]", "()", "%1", "$", "^"])
    | st.builds("({})".format, st.builds(str.__add__, _ITEM, st.sampled_from(["", "*", "+", "-", "?"])))
)
_PATTERN = st.builds(str.__add__, st.sampled_from(["", "", "^"]), st.lists(_PART, min_size=1, max_size=5).map("".join))
_TEXT = st.text("ab()- ]$^", max_size=12)


@settings(max_examples=400, deadline=None)
@given(
    text=_TEXT,
    pattern=_PATTERN,
    init=st.integers(-15, 15),
    replacement=st.sampled_from(["x", "<%0>", "%1%%", "%2", ""]),
)
def test_the_guests_matcher_agrees_with_luas(text: str, pattern: str, init: int, replacement: str) -> None:
    *_, expected, got = _compare()(text, pattern, init, replacement)
    assert got == expected


@pytest.mark.parametrize(
    "pattern",
    ["%", "[a", "[^", "[%", "%b", "%bx", "%f", "%fa", "(a", "a)", "%1", "(a%1)", "(()", "%9", "a(b)%2"],
)
def test_malformed_patterns_are_errors_wherever_they_are_in_lua(pattern: str) -> None:
    *_, expected, got = _compare()("ab", pattern, 1, "x")
    failed = [line.startswith("false") for line in expected.splitlines()]
    assert any(failed)
    assert all(ours.startswith("false") for ours, theirs in zip(got.splitlines(), failed, strict=True) if theirs)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("('  x y  '):match('^%s*(.-)%s*$')", "x y"),
        ("(' '):rep(3000) .. 'x'", " " * 3000 + "x"),
        ("#(('ab '):rep(20000)):match('^%s*(.-)%s*$')", 59999),
        ("select(2, (('word '):rep(50000)):gsub('%s+', ' '))", 50000),
        ("(('k=v;'):rep(4000)):gsub('(%w+)%s*=%s*(%w+)', '%2=%1'):sub(1, 8)", "v=k;v=k;"),
        ("(('x'):rep(300) .. 'needle'):find('needle', 1, true)", 301),
        ("(('ab'):rep(100000)):find(('ab'):rep(60000) .. 'c', 1, true) == nil", True),
        ("(('ab'):rep(100000) .. 'c'):find(('ab'):rep(60000) .. 'c', 1, true)", 80001),
        ("('hello'):gsub('l', { l = 'L' })", "heLLo"),
        ("('hello'):gsub('', '-')", "-h-e-l-l-o-"),
        ("('abc'):gsub('%w', function(c) if c == 'b' then return false end return c:upper() end)", "AbC"),
        ("('abc'):gsub('%w', '%0%0', 2)", "aabbc"),
        ("('%d'):format(7) .. ('x'):rep(3, '-')", "7x-x-x"),
        ("('x'):rep(-1) .. ('x'):rep(0)", ""),
        ("(5):type()", None),
    ],
)
def test_string_functions_give_what_lua_gives(source: str, value: Any, run: Run) -> None:
    if value is None:
        assert "attempt to index a number value" in run(f"return {source}").error["message"]
    else:
        assert run(f"local value = {source} return value").value == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("local t = { 5, 2, 9 } table.sort(t) return t", [2, 5, 9]),
        ("local t = { 'b', 'a' } table.sort(t, function(a, b) return a > b end) return t", ["b", "a"]),
        (
            "local t = {} for i = 1, 30000 do t[i] = (i * 7919) % 30011 end table.sort(t)"
            " for i = 2, #t do if t[i - 1] > t[i] then return i end end return 'sorted'",
            "sorted",
        ),
        ("return table.concat({ 1, 2.5, 'x' }, ', ')", "1, 2.5, x"),
        ("return { table.unpack({ 1, 2, 3 }, 2) }", [2, 3]),
        ("return table.move({ 1, 2, 3 }, 2, 3, 1)", [2, 3, 3]),
        (
            "local t = { 1 } table.insert(t, 1, 0) table.insert(t, 2) return { t, table.remove(t), #t }",
            [[0, 1], 2, 2],
        ),
        ("return table.pack(1, nil).n", 2),
    ],
)
def test_table_functions_give_what_lua_gives(source: str, value: Any, run: Run) -> None:
    assert run(source).value == value


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("table.insert(5, 1)", "bad argument #1 to 'insert' (table expected, got number)"),
        ("table.sort({}, 5)", "bad argument #2 to 'sort' (function expected, got number)"),
        ("table.concat({ {} })", "invalid value (table) at index 1 in table for 'concat'"),
        (
            "table.concat(setmetatable({}, { __len = function() return 1 end }))",
            "table.concat works on plain tables only, not on one with __index, __newindex or __len",
        ),
        ("table.move({}, 1, math.maxinteger, 2)", "table.move: the range is too large"),
        ("table.unpack({}, 1, 1e7 // 1 | 0)", "table.unpack: too many results"),
        ("string.rep('x', 1e10)", "string.rep: the result is too large"),
        ("string.rep('', 1e15)", "string.rep: the result is too large"),
        (
            "string.gsub('x', 'x', true)",
            "bad argument #3 to 'gsub' (string/function/table expected, got boolean)",
        ),
        ("string.gsub('x', 'x', function() return {} end)", "invalid replacement value (a table)"),
        ("collectgarbage('collect')", "collectgarbage: only 'count' is allowed"),
        ("load('x', 'n', 'b')", "load: only text is allowed"),
    ],
)
def test_refused_arguments_are_named_with_the_scripts_line(source: str, message: str, run: Run) -> None:
    error = run(f"\nlocal x = {source}").error
    assert (error["message"], error["line"]) == (message, 2)
