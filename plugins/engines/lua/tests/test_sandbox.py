"""What scripts try in order to get out, and how each attempt ends.

Every case runs in a process of its own with a secret in its environment and a path it must not create, and the
machine after it must be clean.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

_GLOBALS = (
    "_G _VERSION assert collectgarbage coroutine error getmetatable ipairs load math next os pairs pcall print "
    "rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall"
)
_CLEAN = [[_GLOBALS, "abab", "nil", 1]]

_ABSENT = [
    "io",
    "debug",
    "package",
    "python",
    "dofile",
    "loadfile",
    "loadstring",
    "module",
    "newproxy",
    "setfenv",
    "getfenv",
    "unpack",
    "arg",
    "host",
    "guest",
    "lupa",
    "os.execute",
    "os.exit",
    "os.getenv",
    "os.remove",
    "os.rename",
    "os.tmpname",
    "os.setlocale",
    "string.dump",
    "('x').dump",
    "debug.getregistry",
    "package.loaded",
    "table.getn",
    "coroutine.debug",
    "math.pow",
    "_ENV.io",
    "_G.io",
    "_G._G.debug",
    "require.loaded",
    "load.env",
    "_G.package",
    "_ENV._ENV",
]


@pytest.mark.parametrize("expression", _ABSENT)
def test_a_dangerous_name_is_absent(expression: str, apart: Any) -> None:
    answer = apart.run(f"local ok, found = pcall(function() return {expression} end) return ok and found ~= nil")
    assert answer["done"] == [False]
    assert answer["clean"] == _CLEAN


# Each source must end with this value, or fail with an error whose message contains the text.
_ESCAPES: dict[str, tuple[str, Any]] = {
    "load sees the script's environment": ("return load('return io, debug, python')() == nil", True),
    "load with an environment of its own": ("return load('return x', 'n', 't', { x = 5 })()", 5),
    "load with a nil environment": ("return (pcall(load('return x', 'n', 't', nil)))", False),
    "load of bytecode": ("return select(2, load('\\27Lua\\84\\0\\25\\147\\r\\n\\26\\n'))", "binary chunk"),
    "load of bytecode by a reader": (
        "local parts = { '\\27', 'Lua' } local i = 0 return select(2, load(function() i = i + 1 return parts[i] end))",
        "attempt to load a binary chunk",
    ),
    "load in binary mode": ("return load('return 1', 'n', 'b')", "load: only text is allowed"),
    "load of a huge text": ("return select(2, load((' '):rep(2 << 20)))", "load: the text is longer than 65536 bytes"),
    "load of deep nesting": ("return load(('('):rep(10000) .. (')'):rep(10000)) == nil", True),
    "load that reads a table": ("return load({})", "bad argument #1 to 'load' (string expected, got table)"),
    "_ENV replaced": ("local _ENV = {} return io == nil and print == nil", True),
    "_G's metatable": ("return getmetatable(_G) == nil", True),
    "_G's metatable replaced": ("setmetatable(_G, {})", "cannot change a protected metatable"),
    "the string metatable": ("return getmetatable('') == nil", True),
    "the string metatable replaced": ("setmetatable('', {})", "bad argument #1 to 'setmetatable' (table expected, got string)"),
    "metatable of a function": ("return getmetatable(print) == nil", True),
    "metatable of nil": ("setmetatable(nil, {})", "table expected, got nil"),
    "metatable of a global": ("return getmetatable(Agent) == nil", True),
    "metatable of a global replaced": ("setmetatable(Agent, {})", "cannot change a protected metatable"),
    "metatable of a handle": ("return getmetatable(Agent.create()) == nil", True),
    "metatable of a handle replaced": ("setmetatable(Agent.create(), {})", "cannot change a protected metatable"),
    "metatable of Json.null": ("return getmetatable(Json.null) == nil", True),
    "metatable of an error": ("return getmetatable(select(2, pcall(Host.fail))) == nil", True),
    "metatable of an error replaced": ("setmetatable(select(2, pcall(Host.fail)), {})", "protected metatable"),
    "metatable of a list": ("return getmetatable(Host.echo{1}) == nil", True),
    "metatable of a task": ("return getmetatable(Async.spawn(print)) == nil", True),
    "metatable of a task replaced": ("setmetatable(Async.spawn(print), {})", "cannot change a protected metatable"),
    "rawset on a global": ("rawset(Agent, 'create', print) return (next(Host.echo{ 1 })) == 1", True),
    "rawset on a handle does not change another": (
        "local a, b = Agent.create(), Agent.create() rawset(a, 'run', print) return b:run('x').method", "run",
    ),
    "rawget on a handle": ("local a = Agent.create() return rawget(a, 1) == nil and rawlen(a) == 0", True),
    "next on a global": ("return next(Agent) == nil", True),
    "a handle made up from a table": ("return Agent.create().run(setmetatable({}, { __index = { id = 1 } }))", "needs the Agent"),
    "a handle made up as a value": ("return Host.echo({ ['$handle'] = 1 })['$handle']", 1),
    "a function made up as a value": ("return type(Host.echo({ ['$function'] = 1 }))", "table"),
    "__gc": ("setmetatable({}, { __gc = function() print('ran') end })", "__gc is not allowed"),
    "__gc that is false": ("setmetatable({}, { __gc = false })", "__gc is not allowed"),
    "__gc added later": (
        "local m = {} for i = 1, 100 do setmetatable({}, m) end m.__gc = function() while true do end end"
        " for i = 1, 1e5 do local t = {} end return 'alive'", "alive",
    ),
    "__gc by __index": (
        "local m = setmetatable({}, { __index = { __gc = print } }) setmetatable({}, m)"
        " for i = 1, 1e5 do local t = {} end return 'alive'", "alive",
    ),
    "__gc on the mark of lists": (
        "local t = Json.array{} local m = getmetatable(t) return m == nil", True,
    ),
    "__metatable": ("return getmetatable(setmetatable({}, { __metatable = 'locked' }))", "locked"),
    "__name": ("return tostring(setmetatable({}, { __name = 'X' })):match('^X') ", "X"),
    "collectgarbage": ("collectgarbage('stop')", "collectgarbage: only 'count' is allowed"),
    "collectgarbage generational": ("collectgarbage('generational')", "collectgarbage: only 'count' is allowed"),
    "replaced string.rep": ("string.rep = nil return ('x').rep == nil and #Host.echo('y')", 1),
    "replaced string.find": ("string.find = error string.gsub = error return Host.echo({ ['a\\n'] = 'b\"' })['a\\n']", 'b"'),
    "replaced string.message": ("string.message = 'x' string.kind = 'y' error('mine', 0)", "mine"),
    "replaced pairs": ("pairs = error next = error type = error tostring = nil return Host.echo({ 1 })[1]", 1),
    "replaced pcall": ("pcall = function() return true end xpcall = pcall error('x', 0)", "x"),
    "replaced table.concat": ("table.concat = error print('a', 'b') return Host.echo{ 1, 2 }[2]", 2),
    "replaced coroutine": ("coroutine = nil return Async.all{ function() return 5 end }[1]", 5),
    "error objects of Lua": ("return type(select(2, pcall(error))) ", "nil"),
    "an error from the host holds no Python": (
        "local _, e = pcall(Host.fail) for k, v in pairs(e) do if type(v) == 'userdata' then return k end end return 'none'", "none",
    ),
    "no userdata among the globals": (
        "local seen = {} local function walk(t) if seen[t] then return end seen[t] = true for k, v in next, t do"
        " if type(v) == 'userdata' then error('found ' .. tostring(k)) end if type(v) == 'table' then walk(v) end end end"
        " walk(_G) return 'none'", "none",
    ),
    "attributes of a function": ("return print.__class__", "attempt to index a function value"),
    "attributes of a host method": ("return Host.echo.__globals__", "attempt to index a function value"),
    "attributes of a handle": ("return Agent.create().__class__", "Agent has no method '__class__'"),
    "attributes of a global": ("return Agent.__init__", "Agent has no function '__init__'"),
    "a method with a quote": ("return Agent['create\",[]],[\"call\",9,\"x']", "Agent has no function"),
    "a method with a space": ("return Agent['create find']", "Agent has no function 'create find'"),
    "a method that is no text": ("return Agent[1] == nil", True),
    "an injected message in a text": ("return Host.echo('\"]],[\"done\",1],[\"call\",1,\"')", '"]],["done",1],["call",1,"'),
    "an injected message in a key": ("return next(Host.echo({ ['\":1}],[\"done\",1]'] = 1 }))", '":1}],["done",1]'),
    "__tostring as a number": ("return tostring(setmetatable({}, { __tostring = function() return {} end }))", "must return a string"),
    "__len that lies to print": ("print(setmetatable({}, { __tostring = function() return 'x' end })) return 1", 1),
    "__index in a value": ("return Host.echo(setmetatable({ 1 }, { __len = function() return 1e9 end }))[1]", 1),
    "__pairs in a value": ("return Host.echo(setmetatable({ a = 1 }, { __pairs = error })).a", 1),
    "__eq with Json.null": ("return Json.is_null(setmetatable({}, { __eq = function() return true end }))", False),
    "__eq that looks for what a yield is compared with": (
        "local seen = {} local spy = setmetatable({}, { __eq = function(a, b) seen[#seen + 1] = b return true end })"
        " local got = coroutine.wrap(function() coroutine.yield(spy) end)() return { #seen, rawequal(got, spy) }", [0, True],
    ),
    "__eq in an error": (
        "local seen = 0 local spy = setmetatable({}, { __eq = function() seen = seen + 1 return true end })"
        " pcall(error, spy) local t = Async.spawn(error, spy) pcall(t.wait, t)"
        " pcall(Async.race, { function() error(spy) end }) Host.echo(spy) return seen", 0,
    ),
    "__eq in a value": (
        "local v = Host.echo(setmetatable({ x = 1 }, { __eq = function() return true end })) return v ~= nil and v.x", 1,
    ),
    "__eq of a metatable's metatable": (
        "local seen = 0 local meta = setmetatable({}, { __eq = function() seen = seen + 1 return true end })"
        " local t = setmetatable({}, meta) setmetatable(t, meta) Host.echo(t) pcall(Json.array, t) return seen", 0,
    ),
    "coroutine.running of the chunk": ("return (coroutine.resume(coroutine.running()))", False),
    "coroutine.close of the chunk": ("coroutine.close(coroutine.running())", "cannot close a coroutine that waits"),
    "a yield that looks like a host call": (
        "return select('#', coroutine.wrap(function() coroutine.yield('HOST', 1, 2) end)())", 3,
    ),
    "a yield out of the chunk": ("coroutine.yield('call', 1)", "attempt to yield from outside a coroutine"),
    "C stack by gsub": (
        "local function f() return (string.gsub('a', 'a', f)) end local ok, e = pcall(f) return ok", False,
    ),
    "C stack by coroutines": (
        "local function f() return coroutine.wrap(f)() end local ok, e = pcall(f) return ok", False,
    ),
    "C stack by tostring": (
        "local t t = setmetatable({}, { __tostring = function() return tostring(t) end }) return (pcall(tostring, t))", False,
    ),
    "C stack by __index": (
        "local t = {} setmetatable(t, { __index = t }) for i = 1, 200 do t = setmetatable({}, { __index = t }) end"
        " return (pcall(function() return t.x end))", False,
    ),
    "stack by recursion": ("local function f() return 1 + f() end return (pcall(f))", False),
    "stack by unpack": ("return (pcall(table.unpack, {}, 1, 1e8 // 1 | 0))", False),
    "stack by string.byte": ("return (pcall(string.byte, ('x'):rep(3000000), 1, -1))", False),
    "format of a huge width": ("return (pcall(string.format, '%9999d', 1))", False),
    "format of a pointer": ("return type(string.format('%p', print))", "string"),
    "pack of a huge size": ("return (pcall(string.pack, '!17i17', 1))", False),
    "os.date with a bad format": ("return (pcall(os.date, '%Ez'))", False),
    "os.date of the end of time": ("return (pcall(os.date, '*t', math.maxinteger))", False),
    "require of a path": ("return require('../../etc/passwd')", "is no name of a module"),
    "require of a C library": ("return require('libc.so')", "there is no module"),
    "integer division by zero": ("return 1 // 0", "attempt to "),
    "for loop with step zero": ("for i = 1, 2, 0 do end", "'for' step is zero"),
    "goto over a local": ("goto done local x ::done:: print(x)", "jumps into the scope"),
    "attribs": ("local x <const> = 1 x = 2", "attempt to assign to const variable"),
    "a NUL in a name": ("_G['a\\0b'] = 1 return _G['a\\0b']", 1),
    "weak tables": (
        "local t = setmetatable({}, { __mode = 'kv' }) for i = 1, 1e5 do t[{}] = {} end return 'alive'", "alive",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _ESCAPES)
def test_an_attempt_to_escape_ends_as_listed(name: str, apart: Any, tmp_path: Path) -> None:
    source, expected = _ESCAPES[name]
    answer = apart.run(source, slice=3, memory=32 << 20)
    if answer["done"]:
        value = answer["done"][0]
        assert value == expected or (isinstance(expected, str) and expected in json.dumps(value))
    else:
        assert isinstance(expected, str), answer
        assert expected in answer["failed"][0]["message"]
    assert answer["clean"] == _CLEAN


_CANARIES = [
    "io.open(path, 'w')",
    "os.execute('touch ' .. path)",
    "os.rename('/etc/hostname', path)",
    "load('return io')().open(path, 'w')",
    "load(\"io.open('\" .. path .. \"', 'w')\")()",
    "python.eval('open(\"' .. path .. '\", \"w\")')",
    "package.loadlib('libc.so.6', 'system')('touch ' .. path)",
    "require('io').open(path, 'w')",
    "debug.getregistry()._LOADED.io.open(path, 'w')",
    "getmetatable('').__index.rep.__globals__.open(path, 'w')",
    "Host.echo.__self__.open(path)",
    "dofile(path)",
]


@pytest.mark.parametrize("attempt", _CANARIES)
def test_an_attempt_leaves_no_file_and_shows_no_secret(
    attempt: str, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "s3cr3t")
    path = tmp_path / "canary"
    driver = run(f"local path = Args[1] print(os.getenv and os.getenv('CANARY')) {attempt}", str(path))
    assert driver.error["kind"] in {"script_failed", "invalid_arguments", "not_found"}
    assert not path.exists()
    assert "s3cr3t" not in json.dumps([driver.printed, driver.error])


def test_machines_share_nothing(run: Any) -> None:
    first = run("string.leak = 'x' math.leak = 'y' leak = 'z' Json.array{}.leak = 1 return 1")
    second = run("return { string.leak == nil, math.leak == nil, leak == nil, ('x').leak == nil }")
    assert first.value == 1
    assert second.value == [True] * 4


def test_the_listed_globals_are_all_there_are(apart: Any) -> None:
    assert apart.run("return 1")["clean"] == _CLEAN
