"""Ways past the limits that broke other Lua hosts, or nearly: each is stopped, and the process lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .cage import Cage, Refused


@pytest.fixture(scope="module")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cage]:
    cage = Cage(tmp_path_factory.mktemp("canary"))
    yield cage
    cage.close()


_LOOP = "while true do end"
_STOPPED = Refused("the script computed 0.1 seconds without a pause", "budget")

# Loops that hide in what catches errors, and names that a limit might rely on.
_CATCHING = {
    "a pcall of pcall": f"while true do pcall(pcall, function() {_LOOP} end) end",
    "an xpcall whose handler is pcall": f"while true do xpcall(function() {_LOOP} end, pcall) end",
    "pcall in a coroutine in pcall": f"while true do pcall(coroutine.wrap(function() pcall(function() {_LOOP} end) {_LOOP} end)) end",
    "an error that is caught by its own handler": f"local function h() xpcall(error, h) {_LOOP} end xpcall(error, h)",
    "an error object that loops when shown": (
        f"local e = setmetatable({{}}, {{ __tostring = function() {_LOOP} end, __name = 'x' }}) pcall(error, e) print(e)"
    ),
    "names that were replaced": f"pcall, xpcall, error, type, next = print, print, print, nil, nil {_LOOP}",
    "libraries that were replaced": f"coroutine, string, table, math, os = nil, nil, nil, nil, nil {_LOOP}",
    "a clock that was replaced": f"os.clock, os.time = function() return 0 end, function() return 0 end {_LOOP}",
    "a coroutine that closes itself in a loop": (
        f"while true do local co co = coroutine.create(function() pcall(coroutine.close, co) {_LOOP} end) coroutine.resume(co) end"
    ),
    "a wrap in a for loop": f"for _ in coroutine.wrap(function() {_LOOP} end) do end",
    "a coroutine that yields for ever": "local co = coroutine.wrap(function() while true do coroutine.yield(1) end end) for _ in co do end",
    "a __close that catches the stop": (
        f"local x <close> = setmetatable({{}}, {{ __close = function() while true do pcall(function() {_LOOP} end) end end }}) {_LOOP}"
    ),
    "a __call chain": "local t = setmetatable({}, { __call = function(self) return self() end }) t()",
    "a __concat": f"local t = setmetatable({{}}, {{ __concat = function() {_LOOP} end }}) return t .. t",
    "a __lt in a sort": f"local m = {{ __lt = function() {_LOOP} end }} table.sort({{ setmetatable({{}}, m), setmetatable({{}}, m) }})",
    "a callback of gsub on a long text": "(('a'):rep(1e6)):gsub('.', function() end) while true do end",
}  # fmt: skip


@pytest.mark.parametrize("name", _CATCHING)
def test_a_loop_that_hides_is_stopped_when_its_slice_ends(name: str, cage: Cage) -> None:
    cage.attempt(_CATCHING[name], _STOPPED, slice=0.1)


# What the compiler and the collector of other hosts did not survive, and how it ends here.
_PARSED: dict[str, tuple[str, Any]] = {
    "a long name": ("return load('return ' .. ('x'):rep(65000)) ~= nil", True),
    "a thousand locals": ("return (select(2, load(('local a '):rep(300)))):match('too many local variables') ~= nil", True),
    "too many upvalues": (
        "local names = {} for i = 1, 256 do names[i] = 'local v' .. i .. ' ' if i % 100 == 0 then names[i] = names[i] .. 'return function() ' end end"
        " return load(table.concat(names)) == nil", True,
    ),
    "nested tables": ("return load('return ' .. ('{'):rep(300) .. ('}'):rep(300)) == nil", True),
    "nested functions": ("return load(('return function() '):rep(300) .. ('end '):rep(300)) == nil", True),
    "nested blocks": ("return load(('do '):rep(300) .. ('end '):rep(300)) == nil", True),
    "a chain of concatenations": ("return load('return ' .. ('1 .. '):rep(300) .. '1') == nil", True),
    "a chain of calls": ("return #load('return ' .. ('(function() return '):rep(50) .. '\"a\"' .. (' end)()'):rep(50))()", 1),
    "a chain of elseif": ("return load('if a then ' .. ('elseif a then '):rep(3000) .. 'end') ~= nil", True),
    "a long string that does not end": ("return load('return [' .. ('='):rep(100000) .. '[') == nil", True),
    "an escape out of range": ("return load([[return '\\u{FFFFFFFFF}']]) == nil", True),
    "a goto to itself": ("return load('::a:: ::a::') == nil", True),
    "a chunk that is collected while it compiles": (
        "for i = 1, 200 do load(function() local t = {} for j = 1, 50 do t[j] = ('x'):rep(j) end return nil end,"
        " ('n'):rep(i * 100)) end return 'alive'", "alive",
    ),
    "a reader that changes its mind": (
        "local n = 0 return load(function() n = n + 1 if n == 1 then return 'return ' end if n == 2 then load('x') return '7' end end)()", 7,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _PARSED)
def test_the_compiler_survives(name: str, cage: Cage) -> None:
    cage.attempt(*_PARSED[name])


# Numbers at their ends, where C code of Lua hosts had its holes (`unpack`, `rep`, `format`, `concat`, `move`).
_ENDS: dict[str, tuple[str, Any]] = {
    "unpack from the least number": ("return (pcall(table.unpack, {}, math.mininteger, math.maxinteger))", False),
    "unpack to the largest number": ("return (pcall(table.unpack, {}, math.maxinteger - 1, math.maxinteger))", True),
    "unpack that wraps around": ("return (pcall(table.unpack, {}, 0, math.maxinteger))", False),
    "concat of a wrapped range": ("return (pcall(table.concat, {}, '', math.mininteger, math.maxinteger))", False),
    "concat at the largest number": ("return table.concat({ [math.maxinteger] = 'x' }, '', math.maxinteger, math.maxinteger)", "x"),
    "move over the end": ("return (pcall(table.move, { 1 }, 1, math.maxinteger, 2))", False),
    "move of more than a moment": ("return (pcall(table.move, {}, 1, 1 << 40, 1))", False),
    "unpack of more than the stack is for": ("return (pcall(table.unpack, {}, 1, 500000))", False),
    "insert at the largest number": ("return (pcall(table.insert, { 1 }, math.maxinteger, 2))", False),
    "rep beyond all memory": ("return (pcall(string.rep, 'xx', math.maxinteger))", False),
    "rep with a long separator": ("return (pcall(string.rep, 'x', 1 << 40, ('y'):rep(1000)))", False),
    "sub from the least number": ("return ('abc'):sub(math.mininteger, math.maxinteger)", "abc"),
    "byte of a wrapped range": ("return select('#', ('abc'):byte(math.mininteger, math.maxinteger))", 3),
    "find from the largest number": ("return ('abc'):find('a', math.maxinteger) == nil", True),
    "char of a negative number": ("return (pcall(string.char, -1))", False),
    "format with many digits": ("return #('%.99f'):format(1e308) > 300", True),
    "format with a width that overflows": ("return (pcall(string.format, '%2147483648d', 1))", False),
    "format of too few values": ("return (pcall(string.format, '%s %s', 1))", False),
    "pack of a size beyond": ("return (pcall(string.pack, 'i17', 1))", False),
    "unpack past the end of a text": ("return (pcall(string.unpack, 'i8', 'abc'))", False),
    "unpack of a length that lies": ("return (pcall(string.unpack, 's8', '\\255\\255\\255\\255\\255\\255\\255\\127'))", False),
    "unpack from before the text": ("return (string.unpack('b', 'abc', -10))", 97),
    "packsize that overflows": ("return (pcall(string.packsize, ('c2147483647'):rep(3)))", False),
    "utf8.char beyond Unicode": ("return (pcall(utf8.char, 1 << 31))", False),
    "utf8.codepoint of a wrapped range": ("return (pcall(utf8.codepoint, 'abc', 1, math.maxinteger))", False),
    "utf8.offset beyond": ("return utf8.offset('abc', math.maxinteger) == nil", True),
    "tonumber in a base beyond": ("return (pcall(tonumber, '1', 99))", False),
    "select from far behind": ("return (pcall(select, math.mininteger, 1))", False),
    "select of far ahead": ("return select('#', select(math.maxinteger, 1))", 0),
    "random of a full range": ("return math.type(math.random(math.mininteger, math.maxinteger))", "integer"),
    "the least number divided by -1": ("return math.mininteger // -1 == math.mininteger and math.mininteger % -1", 0),
    "a for loop at the end of numbers": ("local n = 0 for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end return n", 3),
    "os.date of a huge time": ("return (pcall(os.date, '%Y', math.maxinteger))", False),
    "os.time of huge fields": ("return (pcall(os.time, { year = math.maxinteger, month = 1, day = 1 }))", False),
}  # fmt: skip


@pytest.mark.parametrize("name", _ENDS)
def test_numbers_at_their_ends_do_no_harm(name: str, cage: Cage) -> None:
    cage.attempt(*_ENDS[name])


# Memory that grows where it is easily forgotten to count.
_HOARDS = {
    "gsub": "return (('x'):rep(1000):gsub('x', ('y'):rep(100000)))",
    "a table of one text's parts": "local t, s = {}, ('x'):rep(1e6) for i = 1, #s do t[i] = s:sub(i) end",
    "format": "local s = 'x' while true do s = ('%s%s'):format(s, s) end",
    "upvalues": "local f = function() end while true do local g = f f = function() return g end end",
    "caught and tried again": "local all = {} while true do pcall(function() while true do all[#all + 1] = ('x'):rep(1000) .. #all end end) all[1] = all end",
    "weak keys that hold their values": "local t = setmetatable({}, { __mode = 'k' }) while true do local k = {} t[k] = { k } t[#t + 1] = k end",
    "error messages": "local all = {} while true do local _, e = pcall(error, ('x'):rep(10000) .. #all) all[#all + 1] = e end",
}  # fmt: skip


@pytest.mark.parametrize("name", _HOARDS)
def test_hidden_growth_ends_the_script_and_not_the_process(name: str, cage: Cage) -> None:
    answer = cage.run(_HOARDS[name], slice=0.4, memory=8 << 20)
    assert not answer["done"]
    [error] = answer["failed"]
    assert error["kind"] == "budget" or "too large" in error["message"], error


_FINALIZERS: dict[str, tuple[str, Any]] = {
    "a __gc set by rawset before": ("local m = {} rawset(m, '__gc', print) setmetatable({}, m)", Refused("__gc is not allowed")),
    "a __gc in a metatable that inherits": (
        "local base = { __gc = function() print('ran') end } local m = setmetatable({}, { __index = base })"
        " for i = 1, 1000 do setmetatable({}, m) end for i = 1, 1e5 do local t = {} end return 'quiet'", "quiet",
    ),
    "a __gc after the metatable was set": (
        "local m = {} setmetatable({}, m) m.__gc = function() print('ran') end for i = 1, 1e5 do local t = {} end return 'quiet'",
        "quiet",
    ),
    "collecting in steps": ("collectgarbage('step', 1 << 40)", Refused("collectgarbage: only 'count' is allowed")),
    "collecting in full": ("collectgarbage('collect')", Refused("collectgarbage: only 'count' is allowed")),
    "a __close of a value that has none": ("local x <close> = 5", Refused("got a non-closable value")),
    "a __close taken away": (
        "local m = { __close = print } local x <close> = setmetatable({}, m) m.__close = nil", Refused("metamethod 'close'"),
    ),
    "a __mode that is a table": ("local t = setmetatable({}, { __mode = {} }) for i = 1, 1e5 do t[i] = {} end return #t", 100000),
}  # fmt: skip


@pytest.mark.parametrize("name", _FINALIZERS)
def test_nothing_of_a_script_runs_when_its_memory_is_freed(name: str, cage: Cage) -> None:
    source, expected = _FINALIZERS[name]
    cage.attempt(source, expected)
    assert cage.run(source)["printed"] == []
