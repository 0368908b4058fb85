"""`require` loads text from the host, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def _start(driver: Any, source: str, **modules: Any) -> Any:
    driver.modules.update({name.replace("__", "."): text for name, text in modules.items()})
    return driver.start(source)


def test_a_module_runs_once_and_is_shared(driver: Any) -> None:
    _start(
        driver,
        "local a, b = require('m'), require('m') return { a == b, a.x, n }",
        m="n = (n or 0) + 1 return { x = ... }",
    )
    assert driver.value == [True, "m", 1]
    assert [call[1:] for call in driver.calls] == [("@modules", "load", ["m", "test.lua"])]


def test_a_module_may_call_the_host_while_it_loads(driver: Any) -> None:
    _start(driver, "return require('m')", m="return Host.echo(5) + 1")
    assert driver.value == 6


def test_a_module_is_looked_up_from_the_file_that_requires_it(driver: Any) -> None:
    _start(driver, "return require('lib.a')", lib__a="local b = require('b') return b", b="return 'b'")
    assert [call[3] for call in driver.calls] == [["lib.a", "test.lua"], ["b", "lib/a.lua"]]


def test_two_names_of_one_file_are_one_module(driver: Any) -> None:
    driver.host["@modules.load"] = lambda name, _from: {
        "source": "n = (n or 0) + 1 return {}",
        "name": name,
        "key": "k",
    }
    driver.start("return { require('a') == require('b'), n }")
    assert driver.value == [True, 1]


def test_a_module_without_a_result_is_true(driver: Any) -> None:
    _start(driver, "return require('m')", m="x = 1")
    assert driver.value is True


def test_a_module_that_returns_false_is_kept(driver: Any) -> None:
    _start(driver, "return { require('m'), require('m'), n }", m="n = (n or 0) + 1 return false")
    assert driver.value == [False, False, 1]


def test_modules_that_require_each_other_are_reported_with_the_chain(driver: Any) -> None:
    _start(
        driver,
        "local a = require('a')",
        a="local b = require('b')",
        b="local c = require('c')",
        c="local a = require('a')",
    )
    assert driver.error["message"] == "require: modules require each other: a -> b -> c -> a"


def test_a_cycle_through_tasks_is_reported_too(driver: Any) -> None:
    _start(driver, "local a = require('a')", a="Async.all{ function() local a = require('a') end }")
    assert driver.error["message"] == "require: modules require each other: a -> a"


def test_a_module_that_does_not_compile_names_its_line(driver: Any) -> None:
    _start(driver, "local m = require('lib.m')", lib__m="local x = 1\nx = = 2")
    assert (driver.error["file"], driver.error["line"]) == ("lib/m.lua", 2)


def test_a_module_that_fails_names_its_line_and_can_be_tried_again(driver: Any) -> None:
    _start(
        driver,
        "local ok, e = pcall(require, 'm') ready = true return { ok, e, require('m') }",
        m="if not ready then\n error('not yet') end return 'fine'",
    )
    assert driver.value == [False, "m.lua:2: not yet", "fine"]


def test_a_missing_module_is_the_hosts_error(driver: Any) -> None:
    _start(driver, "local m = require('nothere')")
    assert (driver.error["kind"], driver.error["message"]) == ("not_found", "there is no module 'nothere'")


def test_two_tasks_that_require_one_module_run_it_once(driver: Any) -> None:
    _start(
        driver,
        "local f = function() return require('m') end local r = Async.all{ f, f } return { r[1] == r[2], n }",
        m="n = (n or 0) + 1 Host.later() return {}",
    )
    driver.answer(max(driver.waiting))
    assert driver.value == [True, 1]


def test_a_cancelled_load_leaves_the_module_to_the_next(driver: Any) -> None:
    _start(
        driver,
        "local f = function() return require('m') end\n"
        "local t = Async.spawn(f) local u = Async.spawn(f) Host.echo(1) Host.echo(2) t:cancel() return u:wait()",
        m="n = (n or 0) + 1 if n == 1 then Host.later() end return n",
    )
    assert driver.value == 2


@pytest.mark.parametrize(
    "name",
    [
        "''", "'.'", "'..'", "'../x'", "'a/../b'", "'/etc/passwd'", "'a/b'", "'a..b'", "'.a'", "'a.'", "'a\\\\b'",
        "'C:x'", "'a b'", "'a\\0b'", "'a\\nb'", "'é'", "'a~'", "'%2e%2e'", "'file:x'", "('a'):rep(201)", "5", "nil", "{}", "print",
    ],
)  # fmt: skip
def test_a_name_that_is_no_module_name_never_reaches_the_host(name: str, driver: Any) -> None:
    _start(driver, f"local m = require({name})")
    assert driver.error["kind"] == "invalid_arguments"
    assert driver.error["message"].startswith("require")
    assert driver.calls == []


def test_a_module_sees_the_scripts_environment_and_nothing_more(driver: Any) -> None:
    _start(
        driver,
        "local m = require('m') return m",
        m="return { io == nil, package == nil, Agent ~= nil, debug == nil }",
    )
    assert driver.value == [True, True, True, True]


def test_bytecode_is_no_module(driver: Any) -> None:
    _start(driver, "local m = require('m')", m="\x1bLua\x54\x00")
    assert "attempt to load a binary chunk" in driver.error["message"]


def test_an_answer_without_a_source_is_an_internal_error(driver: Any) -> None:
    driver.host["@modules.load"] = lambda *_: {"name": "x"}
    assert driver.start("local m = require('m')").error["kind"] == "internal"
