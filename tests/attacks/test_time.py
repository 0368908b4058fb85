"""Spells that never give control back, wherever the code runs that does not, and however it clings to life."""

from __future__ import annotations

import pytest

from llmspell.kernel import Kernel

from .conftest import ENGINES, Attack, cast, outcome

SETS = ("limits.slice=0.2", "limits.memory=67108864")
pytestmark = pytest.mark.asyncio(loop_scope="module")

TOOL = "await Tool.define({ name: 't', run: () => 1 });"
SPINS = {
    "finally that continues": "for (;;) try { for (;;); } finally { continue }",
    "a label out of finally": "out: for (;;) { try { for (;;); } finally { continue out } }",
    "finally that returns from a function": "function f() { try { for (;;); } finally { return f() } } for (;;) try { f() } catch {}",
    "finally of an async function": "const f = async () => { try { for (;;); } finally { await f() } }; await f()",
    "finally of a generator that is closed": "function* g() { try { yield } finally { for (;;); } } for (const x of g()) break",
    "finally of an async generator that is closed": "async function* g() { try { yield 1 } finally { for (;;); } } for await (const x of g()) break",
    "catch in catch in catch": "const f = () => { try { for (;;); } catch { f() } }; f()",
    "a getter that the encoder calls": "await State.set('x', [new Proxy({}, { getOwnPropertyDescriptor() { for (;;); }, ownKeys: () => ['a'] })])",
    "a getter of a list's item": "const a = []; Object.defineProperty(a, 0, { get() { for (;;); } }); await State.set('x', a)",
    "a getter of options": "await Async.map([1], async (x) => x, { get limit() { for (;;); } })",
    "toJSON in a call's arguments": "class T { toJSON() { for (;;); } } await State.set('x', new T())",
    "toJSON in the result of a tool": "class T { toJSON() { for (;;); } } await Tool.define({ name: 't', run: () => new T() }); await Tool.run('t')",
    "a proxy's prototype": "await State.set('x', new Proxy({}, { getPrototypeOf() { for (;;); } }))",
    "a proxy in a proxy": "await State.set('x', new Proxy({}, new Proxy({}, { get() { for (;;); } })))",
    "a proxy's has, in with": "Function('p', 'with (p) x')(new Proxy({}, { has() { for (;;); } }))",
    "a proxy that inspect reads": "console.log(new Proxy({}, { ownKeys() { for (;;); } }))",
    "a stack that inspect reads": "console.log(Object.defineProperty(new Error(), 'stack', { get() { for (;;); } }))",
    "a tool": "await Tool.define({ name: 't', run() { for (;;); } }); await Tool.run('t')",
    "a tool after an await": "await Tool.define({ name: 't', async run() { await Async.sleep(0); for (;;); } }); await Tool.run('t')",
    "a hook before a tool": f"{TOOL} await Hook.on('pre_tool', () => {{ for (;;); }}); await Tool.run('t')",
    "a hook after a tool": f"{TOOL} await Hook.on('post_tool', () => {{ for (;;); }}, {{ guard: true }}); await Tool.run('t')",
    "an event handler": "await Event.subscribe('my.*', () => { for (;;); }); await Event.publish('my.event'); await Async.sleep(5)",
    "an update of the state": "await State.update('x', () => { for (;;); })",
    "an agent's function": "const a = await Agent.create({ name: 'a', run() { for (;;); } }); await a.run('x')",
    "a timer": "setTimeout(() => { for (;;); }, 0); await Async.sleep(5)",
    "a comparator of a typed array": "new Float64Array(9).sort(() => { for (;;); })",
    "a comparator that is never sure": "const a = Array.from({ length: 1e5 }, Math.random); for (;;) a.toSorted?.(() => Math.random() - 0.5) ?? a.sort(() => 1)",
    "species of a promise": "class P extends Promise { static get [Symbol.species]() { for (;;); } } await new P((ok) => ok()).then(() => {})",
    "species of an array": "class A extends Array { static get [Symbol.species]() { for (;;); } } A.from([1]).map((x) => x)",
    "toPrimitive": "return `${{ [Symbol.toPrimitive]() { for (;;); } }}`",
    "hasInstance": "return 1 instanceof { [Symbol.hasInstance]() { for (;;); } }",
    "asyncIterator": "for await (const x of { [Symbol.asyncIterator]() { for (;;); } });",
    "an iterator without end": "new Set({ [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }) }) })",
    "a then that loops": "await { then() { for (;;); } }",
    "a then that calls itself": "const t = { then(ok) { ok(t) } }; await t",
    "thenables without end": "const t = () => ({ then(ok) { ok(t()) } }); await t()",
    "microtasks that answer each other": "const a = () => Promise.resolve().then(b), b = () => Promise.resolve().then(a); a(); await Async.sleep(5)",
    "promises of promises": "const f = async () => { for (;;) await null }; await f()",
    "a regular expression that backtracks": "/^(?:a|a)*$/.test('a'.repeat(60) + 'b')",
    "a regular expression in replace": "'a'.repeat(60).replace(/(a*)*$|(a+a+)+b/g, '')+/(x+x+)+y/.test('x'.repeat(60))",
    "a regular expression of a back reference": "/^(a+)+\\1$/.test('a'.repeat(40) + 'b')",
    "a regular expression in split": "'x'.repeat(60).split(/(x+x+)+y/)",
    "search in a list of four billion": "const a = []; a.length = 2 ** 32 - 1; return Array.prototype.indexOf.call(a, 1)",
    "a fill of an object that is long": "Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)",
    "a join of a list that is long": "const a = []; a.length = 2 ** 32 - 1; for (;;) try { a.join('') } catch {}",
    "a power of a big integer": "let n = 3n; for (;;) n = n * n % (10n ** 5000n)",
    "a template of tags": "const f = () => f``; for (;;) try { f`` } catch {}",
    "a chain of bound functions": "let f = () => { for (;;); }; for (let i = 0; i < 100; i++) f = f.bind(); f()",
    "a setter": "const o = { set x(v) { for (;;); } }; o.x = 1",
    "a static block": "class A { static { for (;;); } }",
    "a class that extends a loop": "class A extends (() => { for (;;); })() {}",
    "a default argument": "((x = (() => { for (;;); })()) => x)()",
    "a delegating generator": "function* g() { yield* g2() } function* g2() { for (;;) yield 1 } for (const x of g());",
    "a debugger and a date": "const until = Date.now() + 1e9; while (Date.now() < until) debugger",
    "tasks that start tasks": "const f = async () => { for (;;) { await Async.all([async () => 1]) } }; await f()",
    "tasks that start and cancel tasks": "for (;;) Async.spawn(() => Async.sleep(1)).cancel()",
    "calls that are refused": "for (;;) await State.set(Symbol()).catch(() => {})",
}  # fmt: skip

STOPPED = r"budget\.cpu: .*|budget\.memory: .*"  # some grow while they spin


@pytest.mark.parametrize("name", SPINS)
async def test_a_spell_that_spins_is_stopped(name: str, attack: Attack) -> None:
    await attack(SPINS[name], STOPPED)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["tasks that start tasks", "tasks that start and cancel tasks"])
async def test_all_turns_of_one_step_share_its_time(engine: str, name: str, kernel: Kernel) -> None:
    ended = await cast(kernel, engine, SPINS[name], profile="low")  # here no wall of the system would end it
    assert outcome(ended) == "budget.cpu: the script computed 0.2 seconds without a pause"
