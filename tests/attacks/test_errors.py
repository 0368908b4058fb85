"""Errors that lie: what a hostile script throws, and what becomes of it."""

from __future__ import annotations

import pytest

from .conftest import Attack

SETS = ("limits.slice=0.3", "limits.memory=33554432", "limits.value_bytes=65536")
pytestmark = pytest.mark.asyncio(loop_scope="module")

CPU = r"budget\.cpu: the script computed 0\.3 seconds without a pause"
NAMELESS = "error: the script threw .*, which has no message"
UNREADABLE = "error: the script threw an error that cannot be read"

THROWN = {
    "a message larger than a value may be": ("throw new Error('x'.repeat(100000))", "error: x{1000}"),
    "a text larger than a value may be": ("throw 'x'.repeat(100000)", "error: x{1000}"),
    "a hint larger than a value may be": ("throw { kind: 'conflict', message: 'm', hint: 'x'.repeat(100000) }", "error: m"),
    "details larger than a value may be": ("throw { kind: 'conflict', message: 'm', details: { a: 'x'.repeat(100000) } }", "error: m"),
    "a kind of half a pair": ("throw { kind: '\\ud800', message: 'm', details: { a: 1 } }", 'error: m {"a": 1}'),
    "a message of half a pair": ("throw new Error('m\\udc00')", "error: m\ufffd"),
    "a name of half a pair": ("const e = new Error('m'); e.name = '\\ud800'; throw e", "error: \ufffd: m"),
    "a function's name of half a pair in the stack": ("const o = { ['\\ud800']() { throw Object.assign(new Error('m'), { details: { a: 1 } }) } }; o['\\ud800']()", 'error: m {"a": 1}'),
    "a function's name that is long in the stack": ("const n = 'x'.repeat(100000), o = { [n]() { throw new Error('m') } }; o[n]()", "error: m"),
    "a stack that grows without end": ("Error.stackTraceLimit = Infinity; function f(n) { if (n > 300) throw new Error('m'); f(n + 1) } f(0)", "error: m|error: RangeError: .*stack.*"),
    "a stack that is a getter that loops": ("throw { message: 'm', get stack() { for (;;); } }", CPU),
    "a stack that is no text": ("const e = new Error('m'); Object.defineProperty(e, 'stack', { value: { toString() { throw 1 } } }); throw e", "error: m"),
    "a stack of lines that were never run": ("const e = new Error('m'); e.stack = 'at evil (/etc/passwd:1:1)\\n'.repeat(1e5); throw e", "error: m"),
    "a message that is a getter that throws": ("throw { get message() { throw new Error('inner') } }", UNREADABLE),
    "a kind that is a getter that throws": ("const e = new Error('m'); Object.defineProperty(e, 'kind', { get() { throw null } }); throw e", UNREADABLE),
    "a getter that answers differently each time": ("let n = 0; throw { get message() { return n++ ? {} : 'm' } }", "error: m|" + NAMELESS),
    "a kind that is a list": ("throw { kind: ['budget'], message: 'm' }", "error: m"),
    "a kind that is unknown": ("throw { kind: 'evil', message: 'm' }", "error: m"),
    "a budget that was not used up": ("throw { kind: 'budget', message: 'm', details: { budget: 'cpu' } }", r"budget\.cpu: m"),
    "a cancellation that never was": ("throw { kind: 'cancelled', message: 'm' }", "cancelled: m"),
    "details with functions": ("throw { kind: 'conflict', message: 'm', details: { f() {} } }", "error: m"),
    "details with themselves": ("const d = {}; d.d = d; throw { kind: 'conflict', message: 'm', details: d }", "error: m"),
    "details that loop in toJSON": ("class T { toJSON() { for (;;); } } throw { kind: 'conflict', message: 'm', details: { t: new T() } }", CPU),
    "details that are a proxy that loops": ("throw { kind: 'conflict', message: 'm', details: new Proxy({}, { ownKeys() { for (;;); } }) }", CPU),
    "a proxy": ("throw new Proxy({}, {})", NAMELESS),
    "a proxy whose traps all throw": ("throw new Proxy({}, new Proxy({}, { get() { throw 1 } }))", UNREADABLE),
    "a proxy whose traps all loop": ("throw new Proxy({}, new Proxy({}, { get() { for (;;); } }))", CPU),
    "a proxy of an error": ("throw new Proxy(new Error('m'), {})", "error: m"),
    "a proxy that was revoked": ("const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy", UNREADABLE),
    "a proxy that is callable": ("throw new Proxy(() => {}, {})", NAMELESS),
    "a cause of itself": ("const e = new Error('m'); e.cause = e; throw e", "error: m"),
    "causes in a circle": ("const a = new Error('a'), b = new Error('b', { cause: a }); a.cause = b; throw a", "error: a"),
    "an aggregate of itself": ("const e = new AggregateError([], 'm'); e.errors.push(e); throw e", "error: AggregateError: m"),
    "an undefined": ("throw undefined", "error: the script threw undefined"),
    "a symbol": ("throw Symbol('s')", r"error: the script threw Symbol\(s\)"),
    "a promise": ("throw Promise.reject(new Error('m'))", "error: m|" + NAMELESS),
    "a function": ("throw () => {}", NAMELESS),
    "a big integer": ("throw 2n ** 64n", "error: the script threw 18446744073709551616"),
    "a handle": ("throw await Tool.define({ name: 't', run() {} })", "error: .*"),
    "a global": ("throw State", "error: .*"),
    "an object with every key of an error": ("throw { kind: 1, message: 2, component: 3, hint: 4, retryable: 5, details: 6, file: 7, line: 8, traceback: 9 }", NAMELESS),
    "a line and a file of its own": ("throw { message: 'm', line: 1e9, file: '/etc/passwd', traceback: 'evil' }", "error: m"),
    "an error of another realm's kind": ("throw Object.create(Error.prototype, { message: { value: 'm' } })", "error: m"),
    "an error whose prototype loops": ("throw Object.setPrototypeOf(new Error('m'), new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } }))", CPU),
    "an error while the stack is full": ("function f() { try { f() } finally { throw new Error('x'.repeat(10)) } } f()", "error: .*|" + CPU),
    "an overflow in a getter of what is thrown": ("throw { get message() { return this.message } }", UNREADABLE + "|error: .*tack.*"),
    "an overflow while the host is called": ("let n = 0; function f() { try { State.get('x') } catch {} n++; f() } try { f() } catch {} return (await State.get('y', n > 9))", r"completed: true|budget\.step_bytes: .* sent more than 196608 bytes in one step|" + CPU),
    "an overflow while tasks are started": ("function f() { try { Async.spawn(async () => 1) } catch {} f() } try { f() } catch {} return await State.get('y', 1)", r"completed: 1|budget\.cpu: .*"),
    "a constructor that is poisoned": ("Error.prototype.constructor = null; Error.prototype.name = { toString() { for (;;); } }; throw new Error('m')", "error: m|error: Error: m"),
    "a toString that is poisoned": ("Error.prototype.toString = Object.prototype.toString = () => { for (;;); }; throw new TypeError('m')", "error: TypeError: m"),
    "keys on Object.prototype for what an error has": ("for (const k of ['kind', 'hint', 'details', 'line']) Object.prototype[k] = { evil: 1 }; throw new Error('m')", "error: m"),
    "a syntax error of huge length": ("eval('('.repeat(1e6))", r"error: .*|budget\.memory: .*"),
    "in a callback, a kind of half a pair": ("await Tool.define({ name: 't', run() { throw { kind: '\\ud800', message: 'm' } } }); const [, e] = await Tool.tryRun('t'); return e.message", 'completed: "m"'),
    "in a callback, a message too large": ("await Tool.define({ name: 't', run() { throw new Error('x'.repeat(1e5)) } }); const [, e] = await Tool.tryRun('t'); return e.message.length", "completed: 1000"),
    "in a callback, a getter that loops": ("await Tool.define({ name: 't', run() { throw { get message() { for (;;); } } } }); await Tool.run('t')", CPU),
    "in a task, a proxy that loops": ("await Async.any([async () => { throw new Proxy({}, { get() { for (;;); } }) }])", CPU),
    "in a timer": ("setTimeout(() => { throw new Proxy({}, { get() { throw 1 } }) }, 0); await Async.sleep(1)", UNREADABLE),
    "in a microtask": ("queueMicrotask(() => { throw { kind: '\\ud800', message: 'm' } }); await Async.sleep(1)", "error: m"),
}  # fmt: skip


@pytest.mark.parametrize("name", THROWN)
async def test_whatever_is_thrown_arrives_as_an_error(name: str, attack: Attack) -> None:
    source, expected = THROWN[name]
    await attack(source, expected)
