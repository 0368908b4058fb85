"""The globals and handles that a script sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmspell.values import HandleRef

Run = Callable[..., Any]


def test_a_call_names_the_global_the_method_and_the_arguments(run: Run) -> None:
    driver = run("local a = Agent.create{ model = 'x' } return a:run('hi', { n = 1 })")
    assert driver.calls == [(1, "Agent", "create", [{"model": "x"}]), (2, 1, "run", ["hi", {"n": 1}])]


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("local x = Agent.creat", "Agent has no function 'creat'", "did you mean 'create'?"),
        ("local x = Agent.try_creat", "Agent has no function 'try_creat'", ""),
        ("local x = Agent.zzzzzz", "Agent has no function 'zzzzzz'", ""),
        ("local x = Async.slep", "Async has no function 'slep'", "did you mean 'sleep'?"),
        ("local x = Async.spwan", "Async has no function 'spwan'", "did you mean 'spawn'?"),
        ("local x = Agent.create():rum()", "Agent has no method 'rum'", "did you mean 'run'?"),
        ("local x = Agent.create().run('hi')", "Agent.run needs the Agent it is called on", "write a colon: agent:run(...)"),
        ("local x = Agent.create().run()", "Agent.run needs the Agent it is called on", "write a colon: agent:run(...)"),
        ("Agent.create = 1", "Agent.create cannot be changed", ""),
        ("Agent.x = 1", "Agent.x cannot be changed", ""),
        ("Agent = nil", "Agent is part of the script API and cannot be replaced", ""),
        ("Spell = 1", "Spell is part of the script API and cannot be replaced", ""),
        ("Spell.name = 'y'", "Spell.name cannot be changed", ""),
        ("Agent.create().x = 1", "Agent.x cannot be set", ""),
        ("Json.null.x = 1", "Json.null cannot be changed", ""),
        ("local x = Json.array(1)", "Json.array needs a table, not a number", ""),
        ("local x = Json.array(Agent)", "Json.array cannot mark a table that has a metatable", ""),
    ],
)  # fmt: skip
def test_misuse_of_the_api_says_what_is_wrong(source: str, message: str, hint: str, run: Run) -> None:
    error = run(source).error
    assert (error["kind"], error["message"], error["hint"]) == ("invalid_arguments", message, hint)
    assert error["line"] == 1


def test_globals_list_their_functions(run: Run) -> None:
    driver = run("local t = {} for name, f in pairs(Agent) do t[#t + 1] = name .. type(f) end return t")
    assert driver.value == ["createfunction", "findfunction"]


def test_the_guests_functions_are_there_whatever_the_manifest_lists(driver: Any) -> None:
    api: dict[str, Any] = {"globals": {}, "handles": {}, "constants": {}}
    source = "return Async.all{ function() return Json.is_null(Json.null) end }"
    assert driver.start(source, api=api).value == [True]


def test_the_same_function_is_made_once(run: Run) -> None:
    assert run("return Agent.create == Agent.create and Agent.try_create == Agent.try_create").value is True


def test_a_script_may_define_globals_of_its_own(run: Run) -> None:
    assert run("x = 1 x = x + 1 function f() return _G.x end return f()").value == 2


def test_constants_can_be_read(run: Run) -> None:
    driver = run(
        "local t = {} for k in pairs(Spell) do t[#t + 1] = k end table.sort(t)"
        " return { Spell.name, Spell.words[2], Spell.path == Json.null, Spell.nothing == nil, table.concat(t, ' ') }"
    )
    assert driver.value == ["test", "b", True, True, "name path words"]


def test_handles_are_opaque(run: Run) -> None:
    driver = run("local a = Agent.create() return { tostring(a), type(a), getmetatable(a) == nil, next(a) == nil }")
    assert driver.value[0] == "Agent: 1"
    assert driver.value[1:] == ["table", True, True]


def test_a_handle_cannot_be_forged(run: Run) -> None:
    driver = run("local a = Agent.create() local f = a.run return (pcall(f, { id = 1 }))")
    assert driver.value is False
    assert len(driver.calls) == 1


def test_a_handle_with_next_is_an_iterator(run: Run) -> None:
    driver = run("local t = {} for event in Host.open{ 'a', { x = 1 }, 'c' } do t[#t + 1] = event end return t")
    assert driver.value == ["a", {"x": 1}, "c"]


def test_an_unknown_type_of_handle_has_no_methods(run: Run) -> None:
    driver = run("local h = Host.later() return { tostring(h), (pcall(function() return h.x end)) }")
    driver.answer(1, HandleRef(3, "Thing"))
    assert driver.value == ["Thing: 3", False]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {}),
        (["a", "b c"], {"1": "a", "2": "b c"}),
        (["--topic", "tides", "x"], {"1": "--topic", "2": "tides", "3": "x", "topic": "tides"}),
        (["--n=5", "--empty="], {"1": "--n=5", "2": "--empty=", "n": "5", "empty": ""}),
        (["--dry", "--n", "1"], {"1": "--dry", "2": "--n", "3": "1", "dry": True, "n": "1"}),
        (["--dry"], {"1": "--dry", "dry": True}),
        (["--", "-x", "é"], {"1": "--", "2": "-x", "3": "é"}),
    ],
)
def test_args_has_the_words_by_position_and_by_name(words: list[str], expected: dict[str, Any], run: Run) -> None:
    source = "local t = {} for k, v in pairs(Args) do t[tostring(k)] = v end return t"
    assert run(source, *words).value == expected


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("print('a', 1, nil, true, 1.5, {} ~= nil)", "a\t1\tnil\ttrue\t1.5\ttrue"),
        ("print()", ""),
        ("print('two\\nlines')", "two\nlines"),
        ("print(setmetatable({}, { __tostring = function() return 'mine' end }))", "mine"),
        ("print(Json.null, Agent, Agent.create())", "null\tAgent\tAgent: 1"),
        ("print('a\\xffb\\xe9')", "a?b?"),
        ("print('é')", "é"),
    ],
)
def test_print_writes_one_line(source: str, line: str, run: Run) -> None:
    assert run(source).printed == [line]


def test_a_line_for_the_shell_and_a_byte_order_mark_are_skipped(run: Run) -> None:
    driver = run("\ufeff#!/usr/bin/env llmspell run\nerror('x')")
    assert driver.error["line"] == 2


def test_the_plugin_offers_the_engine() -> None:
    from importlib import import_module
    from types import SimpleNamespace

    from llmspell.engine import Engine
    from llmspell_engine_lua.plugin import llmspell_engines

    settings: Any = SimpleNamespace()
    [(name, engine)] = llmspell_engines(settings).items()
    module, _, attribute = engine.machine.partition(":")
    assert isinstance(engine, Engine)
    assert (name, engine.name, engine.language, engine.extensions) == ("lua", "lua", "lua", ("lua",))
    assert getattr(import_module(module), attribute).__name__ == "LuaMachine"


def test_the_machine_imports_nothing_that_a_worker_cannot_afford() -> None:
    import subprocess
    import sys

    code = (
        "import sys, llmspell_engine_lua.machine as m; from llmspell.engine import Limits;"
        "m.LuaMachine(Limits(), print).start('return 1', 'x.lua', {}, []);"
        "print([n for n in ('attrs', 'attr', 'pluggy', 'asyncio', 'cattrs') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "[]\n"
