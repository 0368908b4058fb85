"""Scripts that want too much, and scripts that are stopped from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from llmspell.engine import Limits

Run = Callable[..., Any]

SPINNING = {
    "a loop": "while (true) {}",
    "a loop that catches": "for (;;) { try { while (true) {} } catch {} finally { while (true) {} } }",
    "a loop after an await": "await Host.echo(1); while (true) {}",
    "a loop in a reaction": "Host.echo(1).then(() => { while (true) {} }); await Host.later()",
    "a loop in a then of the script": "await { then(ok) { while (true) {} } }",
    "a loop in finally of a cancelled task": "await Async.race([async () => { try { await Host.later() } finally { for (;;) {} } }, () => Host.echo(1)])",
    "a loop in a getter of what is thrown": "throw { get message() { for (;;) {} } }",
    "a loop in toJSON": "return { a: new (class T { toJSON() { for (;;) {} } })() }",
    "a loop in a proxy's trap": "return new Proxy({}, { ownKeys() { for (;;) {} } })",
    "a loop in a comparison": "[1, 2, 3].sort(() => { for (;;) {} })",
    "a loop in a replacer": "'abc'.replace(/b/, () => { for (;;) {} })",
    "a loop in a generator": "for (const x of (function* () { for (;;) yield 1 })()) {}",
    "a regular expression that backtracks": "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "a flood of microtasks": "(function again() { Promise.resolve().then(again) })(); await Host.later()",
    "a flood of queueMicrotask": "(function again() { queueMicrotask(again) })(); await Host.later()",
    "an async generator": "for await (const x of (async function* () { for (;;) yield 1 })()) {}",
    "a loop of caught calls": "const f = () => Host.echo(new Map()).catch(f); await f()",
    "a deep recursion that catches": "function f() { try { f() } catch { for (;;) {} } } f()",
    "BigInt powers": "let n = 3n; for (;;) n = (n * n) % (2n ** 4096n)",
    "a tagged eval": "eval('for (;;) {}')",
    "a function made of text": "Function('for (;;) {}')()",
}


@pytest.mark.parametrize("source", SPINNING.values(), ids=SPINNING)
def test_a_script_that_never_pauses_is_stopped(source: str, run: Run) -> None:
    started = time.monotonic()
    error = run(source, slice=0.3).error
    assert (error["kind"], error["details"]) == ("budget", {"budget": "cpu", "limit": 0.3})
    assert error["message"] == "the script computed 0.3 seconds without a pause"
    assert time.monotonic() - started < 5


HOARDING = {
    "a list": "const a = []; for (;;) a.push(new Array(100).fill(1))",
    "to the last byte": "await Host.echo(1); let a = null; for (;;) a = { a }",
    "to the last byte, in a function": "await (async () => { await Host.echo(1); let a = null; for (;;) a = [a] })()",
    "a list that catches": "const a = []; for (;;) { try { for (;;) a.push(new Array(100).fill(1)) } catch {} }",
    "after an await": "await Host.echo(1); const a = []; for (;;) a.push(new Array(100).fill(1))",
    "objects": "let a = null; for (;;) a = { a, b: {} }",
    "a map": "const m = new Map(); for (let i = 0; ; i++) m.set({}, i)",
    "closures": "let f = () => 0; for (;;) { const g = f; f = () => g }",
    "text": "const a = []; for (let i = 0; ; i++) a.push(`${i}`.repeat(1000) + i)",
}


@pytest.mark.parametrize("source", HOARDING.values(), ids=HOARDING)
def test_a_script_that_hoards_is_stopped(source: str, run: Run) -> None:
    error = run(source, memory=16 << 20, slice=5).error
    assert error["kind"] == "budget"
    assert error["details"]["budget"] in ("memory", "cpu")


def test_a_script_that_prints_too_much_is_stopped(run: Run) -> None:
    driver = run("for (;;) console.log('x'.repeat(9))", output_bytes=1000)
    assert driver.error["message"] == "the script printed more than 1000 bytes"
    assert (driver.error["details"], len(driver.printed)) == ({"budget": "output", "limit": 1000}, 100)


def test_a_script_that_catches_that_is_stopped_too(run: Run) -> None:
    driver = run("for (;;) { try { console.log('x'.repeat(9)) } catch {} }", output_bytes=1000, slice=0.3)
    assert driver.error["kind"] == "budget"


def test_what_was_printed_before_a_turn_arrives_when_it_is_stopped(run: Run) -> None:
    assert run("console.log('before'); await Host.echo(1); for (;;) {}", slice=0.3).printed == ["before"]


def test_callbacks_of_a_stopped_script_fail(run: Run) -> None:
    driver = run("await Host.echo(async () => { await Host.later() }); await Host.later(); for (;;) {}", slice=0.3)
    number = driver.callback(driver.calls[0][3][0])
    driver.answer(2)
    assert driver.error["kind"] == "budget"
    assert driver.answers[number].fields["kind"] == "budget"
    later = driver.callback(driver.calls[0][3][0])
    assert driver.answers[later].fields["kind"] == "budget"


def test_deep_recursion_is_an_error_that_can_be_caught(run: Run) -> None:
    source = "function f() { return f() + 1 } try { f() } catch (e) { return [e.name, (await Host.echo(5))] }"
    assert run(source).value[1] == 5
    assert "tack" in run("function f() { return f() + 1 } f()").error["message"]


@pytest.mark.parametrize("source", ["for (;;) {}", "await Host.echo(1); for (;;) { try { for (;;) {} } catch {} }"])
def test_a_script_is_interrupted_from_another_thread(source: str, machine: Any) -> None:
    engine = machine(Limits(slice=5), print)
    timer = threading.Timer(0.3, engine.interrupt, ["the user pressed a key"])
    timer.start()
    started = time.monotonic()
    outbox = engine.start(source, "x.js", {"globals": {"Host": {"echo": {}}}}, [])
    if '"failed"' not in outbox:
        outbox = engine.step([("result", 1, None)])
    assert time.monotonic() - started < 5
    assert '"kind": "cancelled", "message": "the user pressed a key"' in outbox
    timer.join()
    engine.close()


def test_an_interrupt_before_a_step_is_heard_in_it(run: Run) -> None:
    driver = run("await Host.later(); console.log('never')")
    driver.machine.interrupt("budget.time")
    driver.step(("result", 1, None))
    assert (driver.error["kind"], driver.error["details"]) == ("budget", {"budget": "time"})
    assert driver.error["message"] == "the budget time is used up"
    assert driver.printed == []


def test_an_interrupt_after_the_end_is_harmless(machine: Any) -> None:
    engine = machine(Limits(), print)
    assert engine.start("return 1", "x.js", {}, []) == '[["done",1]]'
    engine.close()
    engine.interrupt("late")
    engine.close()


def test_machines_leave_nothing_behind(machine: Any) -> None:
    before = threading.active_count()
    for number in range(20):
        engine = machine(Limits(slice=0.2), print)
        engine.start("for (;;) {}" if number % 10 == 9 else "return 1", "x.js", {}, [])
        engine.close()
    assert threading.active_count() == before


def test_what_emit_raises_comes_out_of_the_step(machine: Any) -> None:
    def emit(text: str) -> None:
        raise OSError(text)

    engine = machine(Limits(), emit)
    with pytest.raises(OSError, match=r"^hello$"):
        engine.start("console.log('hello')", "x.js", {}, [])
    engine.close()
