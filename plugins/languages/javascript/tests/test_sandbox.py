"""Attacks: what a hostile script tries, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

# Each changes what the guest could lean on; after it, calls, tasks, values and errors must work as before.
POISONS = {
    "promises": "Promise.prototype.then = null; Promise.prototype.catch = null; Promise.resolve = null",
    "promise constructor": "Object.defineProperty(Promise.prototype, 'constructor', { get() { throw new Error('poison') } })",
    "promise species": "Object.defineProperty(Promise, Symbol.species, { value: function () { throw new Error('poison') } })",
    "JSON": "JSON.stringify = () => 'h'; JSON.parse = () => ({})",
    "toJSON": "Object.prototype.toJSON = () => 'h'; Array.prototype.toJSON = () => 'h'; String.prototype.toJSON = () => 'h'",
    "array methods": "for (const n of Object.getOwnPropertyNames(Array.prototype)) if (n !== 'constructor' && n !== 'length') Array.prototype[n] = null",
    "array iterators": "Array.prototype[Symbol.iterator] = function* () { yield 'poison' }",
    "array iterator next": "Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })",
    "array setters": "for (let i = 0; i < 40; i++) Object.defineProperty(Array.prototype, i, { set() { throw new Error('poison') }, get() { return 'poison' } })",
    "object setters": "for (const n of ['kind', 'run', 'id', 'task', 'next', 'message', 'line', 'file', 'gives', 'takes', 'names', 'site', 'value']) Object.defineProperty(Object.prototype, n, { set() { throw new Error('poison') }, get() { return undefined }, configurable: true })",
    "object prototype": "Object.prototype.kind = 'budget'; Object.prototype.then = undefined; Object.prototype.names = {}; Object.prototype.max_tokens = 1",
    "maps and sets": "for (const C of [Map, Set, WeakMap]) for (const n of ['get', 'set', 'has', 'add', 'delete', 'forEach']) C.prototype[n] = null",
    "text methods": "for (const n of Object.getOwnPropertyNames(String.prototype)) if (n !== 'constructor' && n !== 'length') String.prototype[n] = null",
    "reflection": "Reflect.apply = Reflect.construct = Reflect.ownKeys = null; Object.keys = Object.freeze = Object.create = null",
    "functions": "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null",
    "regular expressions": "RegExp.prototype.exec = () => { throw new Error('poison') }",
    "numbers": "Number.isInteger = Number.isSafeInteger = null; Math.min = Math.max = null; globalThis.BigInt = null; globalThis.String = null",
    "errors": "globalThis.Error = null; try { Error.prepareStackTrace = () => 'x' } catch {}",
    "globals": "for (const n of Object.getOwnPropertyNames(globalThis)) { if (!['Host', 'Async', 'Error', 'Promise'].includes(n)) try { delete globalThis[n] } catch {} }",
    "symbols": "Object.defineProperty(Object.prototype, Symbol.toPrimitive, { value() { throw new Error('poison') } })",
}
CHECK = """
const seen = [await Host.echo({ a: [1, { b: 'x' }] })];
seen[1] = await Async.all([() => Host.echo(1), async () => 2]);
try { await Host.fail({ kind: 'network', message: 'm' }) } catch (e) { seen[2] = [e.kind, e.message] }
return seen;
"""


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_the_guest_does_not_lean_on_what_a_script_can_change(poison: str, run: Run) -> None:
    driver = run(f"{poison};{CHECK}".replace("seen[2] = [e.kind, e.message]", "seen[2] = e.kind"))
    if driver.failed:  # its own code may trip over its own poison; the error must still arrive whole
        assert driver.error["kind"] in ("script_failed", "invalid_arguments")
    else:
        assert driver.value[0] == {"a": [1, {"b": "x"}]}
        assert driver.value[1:] == [[1, 2], "network"]
        assert len(driver.calls) == 3


# What looks for something outside, and must find nothing: each gives 'nothing', or throws.
ESCAPES = {
    "constructor chain": "return [].constructor.constructor('return typeof process')() === 'undefined' && 'nothing'",
    "global of a function": "return Function('return this')() === globalThis && 'nothing'",
    "callee": "try { return (function () { return arguments.callee })() } catch { return 'nothing' }",
    "caller of a callback": "let c; await Async.all([function f() { try { c = f.caller } catch {} }]); return c ?? 'nothing'",
    "stack frames": "try { Error.prepareStackTrace = (e, s) => s } catch {} const s = new Error().stack; return typeof s === 'string' ? 'nothing' : s[0].getThis()",
    "capture": "const o = {}; Error.captureStackTrace?.(o); return typeof (o.stack ?? '') === 'string' && 'nothing'",
    "import of evaluated code": "try { await Function('return import(\"fs\")')() } catch { return 'nothing' }",
    "require": "return typeof require === 'undefined' && 'nothing'",
    "std and os": "return typeof std === 'undefined' && typeof os === 'undefined' && 'nothing'",
    "workers": "return typeof Worker === 'undefined' && typeof fetch === 'undefined' && 'nothing'",
    "WebAssembly": "return typeof WebAssembly === 'undefined' && 'nothing'",
    "shared memory": "return typeof SharedArrayBuffer === 'undefined' && typeof Atomics === 'undefined' && 'nothing'",
    "names of the guest": "return Object.getOwnPropertyNames(globalThis).some((n) => n.startsWith('llmspell')) || 'nothing'",
    "source of the guest": "return /outbox|pending/.test(Function.prototype.toString.call(Host.echo)) || 'nothing'",
    "handle forged": "try { await Host.echo({ $handle: 1 }); return 'nothing' } catch (e) { return e.message }",
    "mark forged": "const v = await Host.echo({ $function: 1, $bytes: 'x' }); return typeof v.$function === 'number' && 'nothing'",
    "prototype of a handle": "const a = await Agent.create(); const p = Object.getPrototypeOf(a); try { p.run = 1 } catch {} return a.run === 1 ? p : 'nothing'",
    "prototype set": "const a = await Agent.create(); try { Object.setPrototypeOf(a, {}) } catch { return 'nothing' }",
    "global unlocked": "try { Object.defineProperty(Host, 'echo', { value: 1 }) } catch { return typeof Host.echo === 'function' && 'nothing' }",
    "proto key": "const v = await Host.echo(JSON.parse('{\"__proto__\": {\"evil\": 1}}')); return v.evil === undefined && ({}).evil === undefined && 'nothing'",
    "message injected": 'const t = await Host.echo(\'"],["done",1],["x","\'); return t.startsWith(\'"]\') && \'nothing\'',
    "message injected by a line end": "const t = await Host.echo('\\n[[],[0]]\\n[]'); return t[0] === '\\n' && 'nothing'",
    "arguments of the chunk": "return arguments.length <= 1 && 'nothing'",
    "this of the chunk": "return (this === undefined || this === globalThis) && 'nothing'",
    "symbol registry": "return Object.getOwnPropertySymbols(Host).every((s) => s === Symbol.toStringTag) && 'nothing'",
    "weak references": "new WeakRef({}); return typeof FinalizationRegistry === 'undefined' && 'nothing'",
    "clock of high resolution": "return typeof performance === 'undefined' && 'nothing'",
    "eval in the guest": "try { (0, eval)('pending'); return 'found' } catch { return 'nothing' }",
    "lazy globals": "globalThis.guest = 1; new URL('https://h/'); return 'nothing'",
    "species": "class A extends Array { static get [Symbol.species]() { throw new Error('x') } } return (await Host.echo(A.from([1]))).length === 1 && 'nothing'",
    "async stack of a host error": "try { await Host.fail() } catch (e) { return /llmspell|<input>|scheduler/.test(e.stack) ? e.stack : 'nothing' }",
}


@pytest.mark.parametrize("source", ESCAPES.values(), ids=ESCAPES)
def test_a_script_finds_nothing_outside(source: str, run: Run) -> None:
    assert run(source).value == "nothing"


@pytest.mark.parametrize("source", ["}); console.log('out'); (() => {", "} finally {", "*/", "${1}", "</script>", "`"])
def test_the_text_of_a_script_does_not_leave_its_function(source: str, run: Run) -> None:
    assert run(source).error["message"].startswith("SyntaxError")


BOMBS = {
    "a long text": "let s = 'x'; for (;;) s += s",
    "a long repeated text": "const a = []; for (let i = 0; ; i++) a.push('x'.repeat(2 ** 20 + i) + i)",
    "a padded text": "'x'.padStart(2 ** 40)",
    "a large buffer": "new Uint8Array(2 ** 40)",
    "a long array": "new Array(2 ** 28).fill(1)",
    "a deep value": "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a",
    "a deep text of JSON": "JSON.parse('['.repeat(1e6))",
    "a wide join": "Array(2 ** 27).join('xxxxxxxxxxxxxxxx')",
    "a long BigInt": "2n ** (2n ** 40n)",
    "a deep regular expression": "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))",
}


@pytest.mark.slow
@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("engine", ["javascript", "quickjs"])
async def test_a_bomb_in_a_worker_ends_its_run_alone(engine: str, source: str, tmp_path: Any) -> None:
    from llmspell.config import load
    from llmspell.kernel import Kernel, RunOptions
    from llmspell.spell import Source

    sets = ["limits.slice=2", "limits.memory=33554432"]
    async with Kernel(load(tmp_path, {}, sets), environ={}) as kernel:
        options = RunOptions(engine=engine, profile="medium")
        ended = await kernel.cast(Source(source, "bomb.js"), options)
        assert ended.stop_reason != "completed"
        assert ended.error is not None
        assert "report it" not in (getattr(ended.error, "hint", "") or ""), ended.error
        after = await kernel.cast(Source("return 1", "after.js"), options)
        assert after.value == 1
