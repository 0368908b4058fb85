"""The globals and handles that a script sees, and their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmspell.values import HandleRef

Run = Callable[..., Any]


def test_a_call_names_the_global_the_method_and_the_arguments(run: Run) -> None:
    driver = run("const a = await Agent.create({ name: 'x' }); return (await a.run('hi', { n: 1 })).handle;")
    assert driver.calls == [(1, "Agent", "create", [{"name": "x"}]), (2, 1, "run", ["hi", {"n": 1}])]


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("Agent.creat", "Agent has no function 'creat'", "did you mean 'create'?"),
        ("Agent.list_models", "Agent has no function 'list_models'", "did you mean 'listModels'?"),
        ("Agent.zzzzzz", "Agent has no function 'zzzzzz'", ""),
        ("Agent.tryCreat", "Agent has no function 'tryCreat'", "did you mean 'tryCreate'?"),
        ("Agent.try_create", "Agent has no function 'try_create'", "did you mean 'tryCreate'?"),
        ("Agent.try_list_models", "Agent has no function 'try_list_models'", "did you mean 'tryListModels'?"),
        ("Json.is_null", "Json has no function 'is_null'", "did you mean 'isNull'?"),
        ("Async.slep", "Async has no function 'slep'", "did you mean 'sleep'?"),
        ("Async.spwan", "Async has no function 'spwan'", "did you mean 'spawn'?"),
        ("(await Agent.create()).rum()", "Agent has no method 'rum'", "did you mean 'run'?"),
        ("await (await Agent.create()).run.call({})", "Agent.run needs the Agent it is called on", "write agent.run(...)"),
        ("Async.spawn(1)", "Async.spawn needs a function, not a number", ""),
        ("await Async.all(1)", "Async.all needs a list, not a number", ""),
        ("await Async.all([1])", "Async.all: item 0 is a number, not a function", ""),
        (
            "await Async.all([Host.echo(1)])",
            "Async.all: item 0 is a promise, not a function",
            "write () => before it; then it is a task, and can be cancelled",
        ),
        ("await Async.race([])", "Async.race needs at least one function", ""),
        ("await Async.timeout('x', () => 1)", "Async.timeout needs a number of seconds, not a string", ""),
        ("await Async.map([1], (x) => x, { limit: 0 })", "Async.map: limit must be a whole number from 1, not 0", ""),
        ("setTimeout('x')", "a timer needs a function, not a string", ""),
        ("await Host.echo(new Map())", "Host.echo: a Map cannot be passed", "use Object.fromEntries()"),
        ("await Host.echo(Promise.resolve())", "Host.echo: a Promise cannot be passed", "await it first"),
        ("await Host.echo(Agent)", "Host.echo: the global Agent cannot be passed", ""),
        ("await Host.echo(Async.spawn(() => 1))", "Host.echo: a task cannot be passed", ""),
    ],
)  # fmt: skip
def test_misuse_of_the_api_says_what_is_wrong(source: str, message: str, hint: str, run: Run) -> None:
    error = run(source).error
    assert (error["kind"], error["message"], error["hint"]) == ("invalid_arguments", message, hint)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("Agent.create().run", "create(...) gives a promise, which has no 'run'", "write await before create(...)"),
        ("(await Agent.create()).run('x').text", "run(...) gives a promise, which has no 'text'", "write await before run(...)"),
        ("Agent.listModels().length", "listModels(...) gives a promise, which has no 'length'", "write await before listModels(...)"),
        ("const [value, error] = Host.tryEcho(1)", "tryEcho(...) gives a promise, which cannot be iterated", "write await before tryEcho(...)"),
        ("for await (const e of Host.open([])) {}", "open(...) gives a promise, which cannot be iterated", "write await before open(...)"),
        ("`${Host.echo(1)}`", "echo(...) gives a promise, which is no text and no number", "write await before echo(...)"),
        ("Async.map([1], (x) => x).join()", "map(...) gives a promise, which has no 'join'", "write await before map(...)"),
        ("JSON.stringify(Host.echo(1))", "echo(...) gives a promise, which has no 'toJSON'", "write await before echo(...)"),
        ("for (const e of await Host.open([])) {}", "a Stream waits for each item", "write for await (const item of ...)"),
    ],
)  # fmt: skip
def test_a_forgotten_await_is_noticed_where_its_value_is_used(source: str, message: str, hint: str, run: Run) -> None:
    error = run(source).error
    assert (error["kind"], error["message"], error["hint"]) == ("invalid_arguments", message, hint)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("return Host.echo(1)", 1),
        ("return await Host.echo(1).then((x) => x + 1)", 2),
        ("return await Host.fail({ message: 'x' }).catch((e) => e.message)", "x"),
        ("let n = 0; await Host.echo(1).finally(() => { n = 3; }); return n", 3),
        ("return await Promise.all([Host.echo(1), Host.tryEcho(2)])", [1, [2, None]]),
        ("return await Promise.race([Host.echo(1), Host.later()])", 1),
        ("const p = Host.echo(1); return [p instanceof Promise, p.constructor === Promise, String(typeof p)]", [True, True, "object"]),
        ("return Object.prototype.toString.call(Host.echo(1))", "[object Promise]"),
        ("const p = Host.echo(1); try { Object.getPrototypeOf(p).then = 0; } catch {} return await p.then((x) => x)", 1),
        ("Promise.prototype.both = function (f) { return this.then(f, f); }; return await Host.echo(1).both((x) => -x)", -1),
        ("const p = Host.echo(1); p.note = 'mine'; return [[].concat(p).length, p.note]", [1, "mine"]),
        ("const p = Host.echo(1); return [await p, await p, p === Promise.resolve(p)]", [1, 1, True]),
    ],
)  # fmt: skip
def test_the_promise_of_a_call_is_a_promise_like_any_other(source: str, value: Any, run: Run) -> None:
    assert run(source).value == value


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (
            "await fetch('https://example.com')",
            "a spell reaches the network through tools only; Tool.list() names them",
        ),
        ("process.env.HOME", "the words after -- are in Args; a spell sees nothing else of the system"),
        ("require('fs')", "write import ... from './file.js', and export what others import"),
        ("module.exports = {}", "write import ... from './file.js', and export what others import"),
        ("document.title", "a spell runs in no web page"),
        ("print('hello')", "write console.log(...)"),
        ("Agnet.create()", "did you mean 'Agent'?"),
        ("unheardOf()", ""),
    ],
)
def test_a_global_that_there_is_not_has_a_hint_what_to_use_instead(source: str, hint: str, run: Run) -> None:
    error = run(source).error
    assert (error["kind"], error["hint"], error["line"]) == ("script_failed", hint, 1)
    assert "is not defined" in error["message"]


def test_only_the_languages_own_error_has_a_hint_what_to_use_instead(run: Run) -> None:
    assert run("throw new Error('fetch is not defined')").error["hint"] == ""


def test_the_hint_of_an_error_is_its_own_when_it_has_one(run: Run) -> None:
    assert (
        run("throw Object.assign(new ReferenceError('fetch is not defined'), { hint: 'mine' })").error["hint"] == "mine"
    )


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("throw 'no luck'", "no luck", "throw new Error(...), which knows its line"),
        ("throw 5", "the script threw 5", "throw new Error(...), which knows its line"),
        ("throw { code: 5 }", "the script threw { code: 5 }, which has no message", ""),
        ("throw { message: 'x', hint: 'try y' }", "x", "try y"),
    ],
)
def test_what_a_script_throws_is_told_even_if_it_is_no_error(source: str, message: str, hint: str, run: Run) -> None:
    error = run(source).error
    assert (error["kind"], error["message"], error["hint"]) == ("script_failed", message, hint)


@pytest.mark.parametrize(
    "source",
    [
        "await Agent.create({ nme: 1 });",
        "await Agent.create({ messages: [{ toolCalls: [{ deep: [[[[[new Map()]]]]] }] }] });",
        "await Async.all([Host.echo(1)]);",
        "const f = async () => { await Host.fail(); }; const g = () => f(); const h = () => g(); await h();",
    ],
)
def test_a_fault_that_is_found_deep_inside_a_call_has_its_line(source: str, run: Run) -> None:
    assert run(f"\n{source}").error["line"] == 2


@pytest.mark.parametrize(
    "source", ["Agent.create = 1", "Agent.x = 1", "Spell.name = 'y'", "(await Agent.create()).x = 1", "Args.push('x')"]
)
def test_the_api_cannot_be_changed(source: str, run: Run) -> None:
    assert run(source).error["message"].startswith("TypeError: ")


def test_globals_cannot_be_replaced(run: Run) -> None:
    driver = run(
        "try { globalThis.Agent = 1; } catch {} try { delete globalThis.Agent; } catch {} return typeof Agent;"
    )
    assert driver.value == "object"


def test_names_of_methods_are_camel_case(run: Run) -> None:
    driver = run("Agent.listModels()")
    assert driver.calls[0][1:3] == ("Agent", "list_models")


def test_options_are_written_in_camel_case_and_the_host_sees_snake_case(run: Run) -> None:
    driver = run("Agent.create({ maxTokens: 5, onEvent() {}, messages: [{ toolCalls: [{ my_key: 1, myKey: 2 }] }] })")
    [options] = driver.calls[0][3]
    assert options.keys() == {"max_tokens", "on_event", "messages"}
    assert options["messages"] == [{"tool_calls": [{"my_key": 1, "myKey": 2}]}]


@pytest.mark.parametrize("key", ["max_tokens", "maxToken"])
def test_an_unknown_option_is_refused_with_the_name_that_was_meant(key: str, run: Run) -> None:
    error = run(f"await Agent.create({{ {key}: 5 }})").error
    assert (error["kind"], error["message"]) == ("unknown_option", f"Agent.create: unknown option '{key}'")
    assert error["hint"] == "did you mean 'maxTokens'?"


def test_results_have_camel_case_keys(run: Run) -> None:
    driver = run("const r = await (await Agent.create()).run('x'); return [r.stopReason, r.usage.totalTokens];")
    assert driver.value == ["completed", 3]


def test_a_script_functions_arguments_have_camel_case_keys(run: Run) -> None:
    driver = run("await Host.hook((call) => [call.request.maxTokens, call.some_key]);")
    number = driver.callback(driver.calls[0][3][0], {"request": {"max_tokens": 7}, "some_key": 8})
    assert driver.answers[number] == [7, 8]


def test_a_users_own_keys_are_never_renamed(run: Run) -> None:
    value = {"max_tokens": 1, "maxTokens": 2, "deep_key": [{"stop_reason": 3}]}
    driver = run(
        "const own = { max_tokens: 1, maxTokens: 2, deep_key: [{ stop_reason: 3 }] }; return await Host.echo(own);"
    )
    assert (driver.calls[0][3], driver.value) == ([value], value)


def test_the_guests_functions_are_there_whatever_the_manifest_lists(run: Run) -> None:
    api: dict[str, Any] = {"globals": {}, "handles": {}, "constants": {}}
    assert run("return Async.all([() => Json.isNull(Json.null)]);", api=api).value == [True]


def test_constants_can_be_read(run: Run) -> None:
    assert run("return [Spell.name, Spell.words[1], Spell.path, Object.keys(Spell)];").value == [
        "test", "b", None, ["name", "words", "path"],
    ]  # fmt: skip


def test_a_handle_keeps_its_identity(run: Run) -> None:
    driver = run("const [a, b] = [await Host.later(), await Host.later()]; return a === b;")
    driver.answer(1, HandleRef(3, "Agent")).answer(2, HandleRef(3, "Agent"))
    assert driver.value is True


def test_a_handle_goes_back_as_itself(run: Run) -> None:
    driver = run("const a = await Agent.create(); await Host.echo([a]); return String(a);")
    assert (driver.calls[1][3], driver.value) == ([[HandleRef(1, "")]], "Agent")


def test_a_handle_cannot_be_forged(run: Run) -> None:
    driver = run("const a = await Agent.create(); return (await a.tryRun.call({ id: 1 }, 'x'))[1].kind;")
    assert (driver.value, len(driver.calls)) == ("invalid_arguments", 1)


def test_a_handle_can_be_awaited_and_returned(run: Run) -> None:
    assert run("const a = await Agent.create(); const f = async () => a; return (await f()) === a;").value is True


def test_a_stream_is_iterated_with_for_await(run: Run) -> None:
    driver = run("const t = []; for await (const e of await Host.open(['a', { x: 1 }, 'c'])) t.push(e); return t;")
    assert driver.value == ["a", {"x": 1}, "c"]


def test_try_variants_give_the_error(run: Run) -> None:
    driver = run(
        "const [v, e] = await Host.tryFail({ kind: 'network', message: 'gone' }); return [v, e.kind, e.message];"
    )
    assert driver.value == [None, "network", "gone"]
    assert run("return (await Host.tryEcho(5))[0];").value == 5


def test_only_errors_of_the_api_are_given_by_try_variants(run: Run) -> None:
    driver = run("const [v, e] = await Async.tryAll([() => { throw new RangeError('mine'); }]);")
    assert driver.error["message"] == "RangeError: mine"


@pytest.mark.parametrize(
    ("words", "positional", "named"),
    [
        ([], [], {}),
        (["a", "b c"], ["a", "b c"], {}),
        (["--topic", "tides", "x"], ["--topic", "tides", "x"], {"topic": "tides"}),
        (["--n=5", "--empty="], ["--n=5", "--empty="], {"n": "5", "empty": ""}),
        (["--dry", "--n", "1"], ["--dry", "--n", "1"], {"dry": True, "n": "1"}),
        (["--", "-x", "é"], ["--", "-x", "é"], {}),
        (["--length", "3", "--map=x"], ["--length", "3", "--map=x"], {"map": "x"}),
    ],
)
def test_args_has_the_words_by_position_and_by_name(
    words: list[str], positional: list[str], named: dict[str, Any], run: Run
) -> None:
    source = "const n = {}; for (const k of Object.keys(Args).slice(Args.length)) n[k] = Args[k]; return [Args, n];"
    assert run(source, *words).value == [positional, named]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("console.log('a', 1, null, true, 1.5, undefined, 5n)", "a 1 null true 1.5 undefined 5n"),
        ("console.log()", ""),
        ("console.log('two\\nlines')", "two\nlines"),
        ("console.log({ a: [1, 'x'], 'b c': { d: null } }, [], {})", '{ a: [ 1, "x" ], "b c": { d: null } } [] {}'),
        ("const a = {}; a.a = a; console.log(a)", "{ a: [Circular] }"),
        ("console.log(() => 1, function f() {}, class C {})", "[Function: anonymous] [Function: f] [Function: C]"),
        ("console.log(new Error('ouch'), new TypeError('t'))", "ouch TypeError: t"),
        ("console.log(Agent, await Agent.create())", "[the global Agent] Agent: 1"),
        ("console.error('\\ud800é')", "\ufffdé"),
        ("console.log({ get x() { throw 1; } })", "{ x: [Getter] }"),
        ("console.log(new Proxy({}, { ownKeys() { throw 1; } }))", "[an object that cannot be read]"),
        ("console.log(Host.echo(1), [Promise.resolve()])", "[a Promise: await it] [ [a Promise: await it] ]"),
        ("console.log(new Date(0), new Uint8Array(2))", "1970-01-01T00:00:00.000Z [ 0, 0 ]"),
    ],
)  # fmt: skip
def test_the_console_writes_one_line(source: str, line: str, run: Run) -> None:
    assert run(source).printed == [line]


def test_a_line_for_the_shell_and_a_byte_order_mark_are_skipped(run: Run) -> None:
    driver = run("\ufeff#!/usr/bin/env llmspell\nthrow new Error('x');")
    assert driver.error["line"] == 2


def test_the_machine_imports_nothing_that_a_worker_cannot_afford(machine: Any) -> None:
    import subprocess
    import sys

    code = (
        f"import sys; from {machine.__module__} import {machine.__name__} as M; from llmspell.engine import Limits;"
        "m = M(Limits(), print); m.start('return 1', 'x.js', {}, []); m.close();"
        "print([n for n in ('attrs', 'attr', 'pluggy', 'cattrs') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "[]\n"
