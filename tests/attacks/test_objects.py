"""Objects that lie: prototypes, getters, proxies and constructors, in the bridge's way."""

from __future__ import annotations

import pytest

from .conftest import Attack

SETS = ("limits.slice=1", "limits.memory=33554432", "limits.value_bytes=1048576")
pytestmark = pytest.mark.asyncio(loop_scope="module")

# Each tries to reach what is not the script's own; 'nothing' is what it may find.
REACHING = {
    "constructor of an async function": "return await (async () => {}).constructor('return typeof process + typeof require')() === 'undefinedundefined' && 'nothing'",
    "constructor of a generator": "return (function* () {}).constructor('yield typeof process')().next().value === 'undefined' && 'nothing'",
    "constructor of an async generator": "const g = (async function* () {}).constructor('yield typeof globalThis.process')(); return (await g.next()).value === 'undefined' && 'nothing'",
    "constructor of a bound function": "return (() => {}).bind().constructor('return typeof std + typeof os')() === 'undefinedundefined' && 'nothing'",
    "constructor of the API's functions": "return State.get.constructor('return typeof outbox + typeof pending')() === 'undefinedundefined' && 'nothing'",
    "constructor of the API's promises": "return State.get('x').constructor === Promise && 'nothing'",
    "constructor of the API's errors": "const [, e] = await Tool.tryRun('no_such_tool'); return e.constructor.constructor('return typeof outbox')() === 'undefined' && 'nothing'",
    "constructor of a handle": "const t = await Tool.define({ name: 't', run() {} }); return t.constructor === undefined && 'nothing'",
    "constructor of a global": "return State.constructor === undefined && 'nothing'",
    "constructor of bytes from the host": "const b = await State.set('b', new Uint8Array([1])).then(() => State.get('b')); return b.constructor.constructor === Function && 'nothing'",
    "super of the API's errors": "const [, e] = await Tool.tryRun('no_such_tool'); class Mine extends e.constructor {} try { new Mine({}) } catch {} return e.kind === 'unknown_tool' && 'nothing'",
    "symbols of a handle": "const t = await Tool.define({ name: 't', run() {} }); const own = [t, Object.getPrototypeOf(t)].flatMap(Object.getOwnPropertySymbols); return own.every((s) => s === Symbol.toStringTag) && 'nothing'",
    "the guest through a stack of its frames": "try { Error.prepareStackTrace = (_, frames) => frames } catch {} try { throw new Error('x') } catch (e) { return typeof e.stack === 'string' && 'nothing' }",
    "the guest through captureStackTrace": "const o = {}; Error.captureStackTrace?.(o, State.get); return ['string', 'undefined'].includes(typeof o.stack) && 'nothing'",
    "the guest through callSite of a rejection": "try { Error.prepareStackTrace = (_, f) => { globalThis.frames = f; return '' } } catch {} const [, e] = await Tool.tryRun('no_such_tool'); void e.stack; return typeof frames === 'undefined' && 'nothing'",
    "names of files of the machine": "const [, e] = await Tool.tryRun('no_such_tool'); return /site-packages|\\/guest\\/|scheduler/.test(e.stack) ? e.stack : 'nothing'",
    "the host's folder": "return /\\/(root|home|tmp|usr)\\//.test(JSON.stringify([new Error('x').stack, String(globalThis), Function.toString()])) ? 'found' : 'nothing'",
    "a getter on Object.prototype for what the guest looks up": "for (const n of ['takes', 'gives', 'limit', 'kind', 'within', 'names', 'value', 'get', 'set']) Object.defineProperty(Object.prototype, n, { __proto__: null, get() { (globalThis.seen ??= new Set()).add(this) }, set() {}, configurable: true }); await State.set('x', 1); const v = await State.get('x'); return v === 1 && [...(globalThis.seen ?? [])].every((o) => JSON.stringify(o) !== undefined && !('outbox' in Object(o))) && 'nothing'",
    "setters on Array.prototype for what the guest collects": "Object.defineProperty(Array.prototype, 0, { set(v) { globalThis.stolen = v }, get() {}, configurable: true }); const r = await Async.all([async () => 1]); return Object.hasOwn(r, 0) && globalThis.stolen === undefined && 'nothing'",
    "setters on Object.prototype for keys of the host": "Object.defineProperty(Object.prototype, 'output', { set(v) { globalThis.stolen = v }, configurable: true }); await Tool.define({ name: 't', run: () => ({ output: 1 }) }); const r = await Tool.run('t'); return r.output.output === 1 && globalThis.stolen === undefined && 'nothing'",
    "proto in what comes from the host": "const v = await Json.decode('{\"__proto__\": {\"evil\": 1}}'); return v.evil === undefined && ({}).evil === undefined && 'nothing'",
    "proto as a state's key": "await State.set('__proto__', { evil: 1 }); return ({}).evil === undefined && (await State.get('__proto__')).evil === 1 && 'nothing'",
    "constructor and prototype as keys": 'const v = await Json.decode(\'{"constructor": {"prototype": {"evil": 1}}}\'); return ({}).evil === undefined && v.constructor.prototype.evil === 1 && \'nothing\'',
    "globals locked": "try { State = null } catch {} try { globalThis.State = null } catch {} try { delete globalThis.State } catch {} return typeof State.get === 'function' && 'nothing'",
    "a handle's type forged by its prototype": "const t = await Tool.define({ name: 't', run: () => 1 }); const forged = Object.create(Object.getPrototypeOf(t)); const [, e] = await forged.tryRun(); return e.kind === 'invalid_arguments' && 'nothing'",
    "a handle forged by a number": "const [, e] = await Agent.tryCreate({ tools: [{ $handle: 1 }] }); return e.kind === 'unknown_option' || e.kind === 'invalid_arguments' ? 'nothing' : e.kind",
    "a function forged by a number": "const [, e] = await Tool.tryDefine({ name: 't', run: { $function: 1 } }); return e.kind === 'invalid_arguments' && 'nothing'",
    "a method of another type": "const t = await Tool.define({ name: 't', run: () => 1 }); const s = await Event.subscribe('my.*'); const [, e] = await Reflect.apply(s.tryNext, t, []); return e.message.includes('next') && 'nothing'",
}


@pytest.mark.parametrize("name", REACHING)
async def test_a_script_reaches_nothing_that_is_not_its_own(name: str, attack: Attack) -> None:
    await attack(REACHING[name], 'completed: "nothing"')


# Values that are not what they seem, on their way to the host: they become plain data, or an error at the call.
LYING = {
    "a proxy as arguments": ("return (await State.set(new Proxy({}, {}), 1))", "error: State.set: key must be a string, not an object.*"),
    "a proxy whose keys differ each time": (
        "let n = 0; await State.set('x', new Proxy({}, { ownKeys: () => ['k' + n++], getOwnPropertyDescriptor: () => ({ value: n, enumerable: true, configurable: true }) })); return await State.get('x')",
        'completed: {"k0": 1}',
    ),
    "a proxy whose value is a getter": (
        "await State.set('x', new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ get: () => 1, enumerable: true, configurable: true }) }))",
        "error: State.set: 'a' is a getter, which cannot be passed|completed: null",  # QuickJS drops the getter itself
    ),
    "a proxy that throws": ("await State.set('x', new Proxy({}, { ownKeys() { throw new Error('mine') } }))", "error: mine"),
    "a proxy that throws nothing": ("await State.set('x', new Proxy({}, { ownKeys() { throw undefined } }))", "error: the script threw undefined"),
    "a proxy that was revoked": ("const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); await State.set('x', proxy)", "error: .*[Rr]evoked.*|error: .*revoked.*"),
    "a proxy without a prototype": ("await State.set('x', new Proxy({ a: 1 }, { getPrototypeOf: () => null })); return await State.get('x')", 'completed: {"a": 1}'),
    "a proxy of endless prototypes": (
        "const p = new Proxy({}, { getPrototypeOf: () => p, ownKeys: () => [] }); await State.set('x', p)",
        r"budget\.cpu: .*|error: RangeError.*",
    ),
    "a proxy of a list that grows": ("let n = 3; const p = new Proxy([], { get: (t, k) => k === 'length' ? n++ : 1 }); await State.set('x', p); return (await State.get('x')).length", "completed: 3"),
    "a list with a length of 2 ** 32 - 1": ("const a = []; a.length = 2 ** 32 - 1; await State.set('x', a)", "error: State.set: the value takes more than 1048576 bytes"),
    "a proxy of a list that has no end": ("await State.set('x', new Proxy([], { get: (t, k) => k === 'length' ? Infinity : 1 }))", "error: State.set: the value takes more than 1048576 bytes"),
    "a list whose items are getters": ("const a = [1]; Object.defineProperty(a, 0, { get() { a.length = 0; return [7] } }); await State.set('x', a); return await State.get('x')", r"completed: \[\[7\]\]|error: .*getter.*"),
    "a list in a list in a list": ("let a = []; for (let i = 0; i < 70; i++) a = [a]; await State.set('x', a)", "error: State.set: the value nests deeper than 64, or holds itself"),
    "one object many times over": (
        "let a = {}; for (let i = 0; i < 40; i++) a = { a, b: a }; await State.set('x', a)",
        "error: State.set: the value takes more than 1048576 bytes",
    ),
    "an object with a key of half a pair": ("await State.set('x', { '\\ud800': 1 })", "error: State.set: a string holds half of a surrogate pair"),
    "a getter that changes its own object": ("const o = { get a() { delete o.b; return 1 }, b: 2 }; await State.set('x', o)", "error: State.set: 'a' is a getter, which cannot be passed"),
    "toJSON that gives itself": ("class T { toJSON() { return this } } await State.set('x', new T())", "error: State.set: the value nests deeper than 64, or holds itself"),
    "toJSON that gives a new one each time": ("class T { toJSON() { return new T() } } await State.set('x', new T())", "error: State.set: the value nests deeper than 64, or holds itself"),
    "toJSON on Object.prototype": ("Object.prototype.toJSON = () => 'evil'; await State.set('x', { a: 1 }); return (await State.get('x')).a", "completed: 1"),
    "a Symbol that pretends": ("await State.set('x', Symbol('x'))", "error: State.set: a symbol cannot be passed"),
    "a wrapped number": ("await State.set('x', Object(1n))", "error: State.set: a BigInt cannot be passed"),
    "a Date with a method of its own": ("const d = new Date(0); d.toISOString = () => 'evil'; d.toJSON = () => 'evil'; await State.set('x', d); return await State.get('x')", 'completed: "1970-01-01T00:00:00.000Z"'),
    "a Date by its prototype": ("await State.set('x', Object.create(Date.prototype))", "error: .*(not a Date|Date).*"),
    "an Error by its prototype": ("await State.set('x', Object.create(Error.prototype)); return typeof await State.get('x')", 'completed: "object"'),
    "a detached buffer": ("const b = new Uint8Array(8); b.buffer.transfer?.(); await State.set('x', b); return (await State.get('x')).length", "completed: [08]|error: .*detached.*"),
    "a buffer that shrank": (
        "const b = new ArrayBuffer(8, { maxByteLength: 16 }), v = new Uint8Array(b, 4, 4); b.resize?.(2); await State.set('x', v); return (await State.get('x')).length",
        "completed: [04]|error: .*(detached|out.of.bounds).*",
    ),
    "a buffer whose length lies": ("const v = new Uint8Array(4); Object.defineProperty(v, 'length', { value: 2 ** 31 }); Object.defineProperty(v, 'byteLength', { value: 2 ** 31 }); await State.set('x', v); return (await State.get('x')).length", "completed: 4"),
    "a view of another kind that lies": ("const v = new Uint16Array(4); Object.defineProperty(v, Symbol.toStringTag, { value: 'Uint8Array' }); await State.set('x', v)", "error: State.set: a Uint16Array cannot be passed"),
    "bytes of a subclass with a species": ("class B extends Uint8Array { static get [Symbol.species]() { throw new Error('species') } } await State.set('x', new B(3)); return (await State.get('x')).length", "completed: 3"),
    "options of a proxy": ("await Agent.create(new Proxy({}, { ownKeys: () => ['evil'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }))", "error: Agent.create: unknown option 'evil'"),
    "options with a name on the prototype": ("await Agent.create(Object.create({ max_tokens: 1, evil: 1 })); return 1", "completed: 1"),
    "a list of functions that changes": ("const list = [async () => { list.length = 0; list.push(1) }, async () => 2]; return await Async.all(list)", r"completed: \[null, 2\]"),
    "a limit with a valueOf": ("await Async.map([1], async (x) => x, { limit: { valueOf: () => 1 } })", "error: Async.map: limit must be a whole number from 1, not an object"),
    "seconds with a valueOf": ("await Async.sleep({ valueOf: () => 0 })", "error: Async.sleep: seconds must be a number, not an object.*"),
    "toPrimitive in a timer's delay": ("setTimeout(() => {}, { [Symbol.toPrimitive]() { throw new Error('primitive') } }); return 1", "error: primitive|error: Error: primitive"),
    "a result that is a proxy of a list": ("return new Proxy([1, 2], {})", r"completed: \[1, 2\]"),
    "a result whose then is a getter": ("return { get then() { throw new Error('then') } }", "error: then"),
    "a result that holds a handle": ("return { t: await Tool.define({ name: 't', run() {} }) }", "error: the spell's result.t must be plain data, not a handle"),
    "a result that holds a function": ("return [() => 1]", r"error: the spell's result\[1\] must be plain data, not a function"),
    "hasInstance on Error": ("Object.defineProperty(Error, Symbol.hasInstance, { value: () => true }); await Tool.run('no_such_tool')", "error: no tool named 'no_such_tool'.*"),
    "isConcatSpreadable and unscopables": ("Object.prototype[Symbol.isConcatSpreadable] = true; Object.prototype[Symbol.unscopables] = { State: true }; await State.set('x', [1]); return await State.get('x')", r"completed: \[1\]"),
}  # fmt: skip


@pytest.mark.parametrize("name", LYING)
async def test_a_value_that_lies_becomes_plain_data_or_an_error(name: str, attack: Attack) -> None:
    source, expected = LYING[name]
    await attack(source, expected)
