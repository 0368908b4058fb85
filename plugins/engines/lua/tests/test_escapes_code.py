"""Ways to run code that nobody read: bytecode, other environments, and names that were taken away."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from lupa import lua54

from llmspell_engine_lua.bytecode import guest_bytecode

from .cage import Cage, Refused

_BINARY = "attempt to load a binary chunk (mode is 't')"
_MUTANTS = 1000  # of each seed

_PROGRAMS = [
    "return 1",
    "local t = {} for i = 1, 10 do t[i] = i * 2.5 end return #t .. 'x'",
    "local function f(a, ...) local b <close> = nil return function() a = a + 1 return a end, ... end return f",
    "goto done do local x <const> = 7 print(x, [[long\ntext]]) end ::done:: return { a = 1, [2] = -0.0 }",
]


@pytest.fixture(scope="module")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cage]:
    cage = Cage(tmp_path_factory.mktemp("canary"))
    yield cage
    cage.close()


def _compiled(source: str) -> bytes:
    compile_text: Any = lua54.LuaRuntime(encoding=None).eval("function(s) return string.dump(load(s)) end")
    compiled: bytes = compile_text(source.encode())
    return compiled


def _literal(code: bytes) -> str:
    """A Lua string of these bytes."""
    return '"' + "".join(f"\\{byte:03d}" for byte in code) + '"'


_CODE = _literal(_compiled("return 'ran'"))

# Each source, and how it must end.
_LOADS: dict[str, tuple[str, Any]] = {
    "whole bytecode": (f"return select(2, load({_CODE}))", _BINARY),
    "bytecode in mode bt": (f"return select(2, load({_CODE}, 'n', 'bt'))", _BINARY),
    "bytecode in mode b": (f"return load({_CODE}, 'n', 'b')", Refused("load: only text is allowed")),
    "bytecode with a mode that is a table": (
        f"return load({_CODE}, 'n', setmetatable({{}}, {{ __eq = function() return true end }}))",
        Refused("load: only text is allowed"),
    ),
    "bytecode byte by byte": (
        f"local code, i = {_CODE}, 0 return select(2, load(function() i = i + 1 return code:sub(i, i) end))",
        _BINARY,
    ),
    "bytecode behind a byte order mark": (f"return load('\\xEF\\xBB\\xBF' .. {_CODE}) == nil", True),
    "bytecode behind a comment": (f"return load('#!lua\\n' .. {_CODE}) == nil", True),
    "bytecode behind a space": (f"return load(' ' .. {_CODE}) == nil", True),
    "bytecode of another Lua": ("return select(2, load('\\27Lua\\81\\0\\1\\4\\8\\4\\8\\0'))", _BINARY),
    "bytecode of LuaJIT": ("return load('\\27LJ\\2\\0') == nil", True),
    "string.dump": ("return string.dump == nil and ('').dump == nil", True),
    "the environment of loaded code": ("return load('return _ENV == _G')() == false or load('return _ENV')() == _G", True),
    "an environment whose __index is a function": (
        "local env = setmetatable({}, { __index = function(_, k) return k end }) return load('return io', 'n', 't', env)()",
        "io",
    ),
    "loaded code that loads": ("return load('return load(\"return io, debug\")')()() == nil", True),
    "a name with control characters": ("return (select(2, load('x', '=\\27[2J\\0\\n')):find('syntax')) ~= nil", True),
    "loaded code cannot change the script API": (
        "load('Agent = 1')()",
        Refused("Agent is part of the script API and cannot be replaced", "invalid_arguments"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _LOADS)
def test_code_from_elsewhere_is_text_in_the_scripts_environment(name: str, cage: Cage) -> None:
    cage.attempt(*_LOADS[name])


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ("", _BINARY),
        ("\ufeff", _BINARY),
        ("#!/usr/bin/lua\n", "unexpected symbol near '<\\27>'"),
        ("\ufeff#\n", "unexpected symbol near '<\\27>'"),
    ],
    ids=["nothing", "a byte order mark", "a line for the shell", "both"],
)
def test_bytecode_is_no_script_whatever_stands_before_it(before: str, message: str, run: Any) -> None:
    error = run(before + _compiled("return 'ran'").decode("latin-1")).error
    assert error["kind"] == "script_failed"
    assert message in error["message"]


def _mutants(seed: int) -> Iterator[bytes]:
    """Bytecode with a few bytes changed, cut, doubled or grown; all but the first, so that it stays bytecode."""
    chance = random.Random(seed)
    whole = [*map(_compiled, _PROGRAMS), guest_bytecode()[seed % len(guest_bytecode())][:2000]]
    for _ in range(_MUTANTS):
        code = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(1, len(code))
            match chance.randrange(4):
                case 0:
                    code[at] = chance.randrange(256)
                case 1:
                    code[at] ^= 1 << chance.randrange(8)
                case 2:
                    del code[at : at + chance.randrange(1, 9)]
                case _:
                    code[at:at] = chance.choice([b"\xff" * 8, b"\0" * 4, b"\x7f\xff\xff\xff"])
            if len(code) < 2:
                break
        yield bytes(code)


@pytest.mark.parametrize("seed", range(10))
def test_mutated_bytecode_is_refused_before_anything_of_it_is_read(seed: int, cage: Cage) -> None:
    literals = ",".join(map(_literal, _mutants(seed)))
    source = (
        f"local seen = {{}} for _, code in ipairs{{ {literals} }} do"
        " local chunk, problem = load(code) seen[chunk and 'loaded' or problem] = true end"
        " local found = {} for each in pairs(seen) do found[#found + 1] = each end return found"
    )
    cage.attempt(source, [_BINARY], memory=128 << 20)
