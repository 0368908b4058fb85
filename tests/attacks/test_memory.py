"""Spells that hoard: texts, lists, buffers and promises without end, and nests too deep to walk."""

from __future__ import annotations

import signal

import pytest

from llmspell.bridge.loss import from_exit
from llmspell.bridge.process import Exit
from llmspell.engine import Limits

from .conftest import Attack

SETS = ("limits.slice=0.5", "limits.memory=16777216", "limits.value_bytes=1048576")
pytestmark = pytest.mark.asyncio(loop_scope="module")

# V8 refuses what it can tell is too long, and runs through the rest until its memory or its time is used up.
FULL = r"budget\.(memory|cpu): .*"
REFUSED = r"error: (RangeError|InternalError|SyntaxError): .*"

BOMBS = {
    "a text that doubles": "let s = 'ab'; for (;;) s += s",
    "a text that is flattened": "let s = 'ab'; for (let i = 0; i < 28; i++) s += s; return s.charCodeAt(5) + s.indexOf('z')",
    "a text that is padded": "return 'x'.padEnd(2 ** 29).length",
    "a text that is replaced": "let s = 'aa'; for (;;) s = s.replace(/a/g, 'aaaa')",
    "a text in upper case": "let s = '\\u0149'.repeat(2 ** 20); const all = []; for (;;) all.push(s.toUpperCase() + all.length)",
    "a text in pieces": "const all = []; for (;;) all.push('ab'.repeat(1e5).split(''))",
    "a list that joins itself": "let a = [1]; for (;;) a = a.concat(a)",
    "a list of a billion": "return new Array(2 ** 30).fill(1).length",
    "a list from a length": "return Array.from({ length: 2 ** 31 }, (_, i) => [i]).length",
    "lists of floats": "const a = []; for (;;) a.push(new Array(1e5).fill(1.5))",
    "arguments without end": "Math.max(...new Array(1e7).fill(1))",
    "a buffer of a gigabyte": "return new Uint8Array(2 ** 30).fill(1).length",
    "many buffers": "const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))",
    "a buffer that grows": "const b = new ArrayBuffer(0, { maxByteLength: 2 ** 30 }); b.resize(2 ** 30); return new Uint8Array(b).fill(1).length",
    "a map of maps": "const m = []; for (;;) m.push(new Map([[{}, new Set([{}])]]))",
    "weak maps": "const keys = [], w = new WeakMap(); for (;;) { const k = {}; keys.push(k); w.set(k, new Array(99).fill(k)) }",
    "symbols": "const a = []; for (let i = 0; ; i++) a.push(Symbol(`${i}`.repeat(99)))",
    "the registry of symbols": "for (let i = 0; ; i++) Symbol.for(`${i}`.repeat(99))",
    "properties": "const o = {}; for (let i = 0; ; i++) o[`k${i}`.repeat(20)] = i",
    "big integers": "const a = []; for (;;) a.push(2n ** BigInt(1e6 + a.length))",
    "closures": "let f = () => 0; for (;;) { const g = f, a = new Array(99).fill(g); f = () => a }",
    "regular expressions": "const a = []; for (let i = 0; ; i++) a.push(new RegExp('(a|b|c' + i + ')*x{1,1000}').exec('aaa'))",
    "matches": "return [...'a'.repeat(2 ** 24).matchAll(/a/g)].length",
    "functions made of text": "const a = []; for (let i = 0; ; i++) a.push(Function(`return ${i};`.repeat(500)))",
    "a function of a long text": "return new Function('return [' + '0,'.repeat(1e7) + ']')().length",
    "an eval of a long text": "eval('1;'.repeat(1e7))",
    "a text of JSON": "return JSON.stringify(new Array(1e7).fill('xxxxxxxx')).length",
    "a value of JSON": "return JSON.parse('[' + '[],'.repeat(1e7) + '1]').length",
    "generators that wait": "const a = []; for (;;) { const g = (function* () { yield new Array(99).fill(g) })(); g.next(); a.push(g) }",
    "a generator in a generator": "function* g() { yield* g() } g().next()",
    "functions that wait": "const a = []; for (;;) a.push((async () => { await new Promise(() => {}) })())",
    "reactions of one promise": "const p = Async.sleep(1); for (;;) p.then(() => {})",
    "a chain of promises": "let p = Promise.resolve(); for (;;) p = p.then((x) => [x, p])",
    "microtasks": "const fork = () => { Promise.resolve().then(fork); Promise.resolve().then(fork) }; fork(); await Async.sleep(5)",
    "tasks": "for (;;) Async.spawn(() => Async.sleep(1))",
    "tasks that start two": "const fork = () => Async.all([fork, fork]); await fork()",
    "timers": "for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1e6); await Async.sleep(5)",
    "intervals": "for (let i = 0; i < 1e6; i++) setInterval(() => {}, 1e6); await Async.sleep(5)",
    "errors with stacks": "const a = []; for (;;) a.push(new Error('x'.repeat(99)).stack)",
    "a clone of much": "return structuredClone(new Array(1e7).fill({})).length",
    "a Base64 of much": "return btoa('x'.repeat(5e7)).length",
    "functions for the host": "for (let i = 0; ; i++) State.set('x', () => new Array(99).fill(i)).catch(() => {})",
    "a value that was never sent": "const a = []; for (;;) a.push(State.set('x', 'x'.repeat(1e5)))",
}

DEEP = {
    "recursion": "function f() { return f() + 1 } return f()",
    "recursion of getters": "const o = { get x() { return this.x + 1 } }; return o.x",
    "recursion of proxies": "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.x",
    "recursion of toString": "const o = { toString() { return `${this}` } }; return `${o}`",
    "recursion of sort": "const f = () => [2, 1].sort(f); return f()",
    "a deep list in a text": "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a.toString()",
    "a deep list made flat": "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a.flat(Infinity).length",
    "a deep list cloned": "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return structuredClone(a).length",
    "a deep list as JSON": "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return JSON.stringify(a).length",
    "a deep program": "eval('['.repeat(1e5) + ']'.repeat(1e5))",
    "a deep expression": "return eval('!'.repeat(1e6) + '1')",
    "a deep chain of functions": "let f = (x) => x; for (let i = 0; i < 1e5; i++) { const g = f; f = (x) => g(x) } return f(1)",
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_spell_that_hoards_ends_alone(name: str, attack: Attack) -> None:
    # Where it is enough for the engine to have made the value, its length is what comes back.
    await attack(BOMBS[name], f"{FULL}|{REFUSED}|completed: [0-9]+")


@pytest.mark.parametrize("name", DEEP)
async def test_a_nest_that_is_too_deep_ends_alone(name: str, attack: Attack) -> None:
    await attack(DEEP[name], f"{FULL}|{REFUSED}|completed: [0-9]+")


async def test_a_list_too_deep_for_the_host_is_refused(attack: Attack) -> None:
    await attack("return await Json.decode('['.repeat(1e6))", "error: Json.decode: the text nests too deeply")


async def test_printing_a_deep_value_shows_its_outside(attack: Attack) -> None:
    await attack("let a = {}; for (let i = 0; i < 1e4; i++) a = { a }; console.log(a); return 1", "completed: 1")


async def test_an_engine_that_a_trap_ends_without_a_word_lacked_memory() -> None:
    silent = Exit(code=-signal.SIGTRAP, cpu=0.1, killed=False, stderr="")
    assert from_exit(silent, Limits(memory=1), cpu=9).kind == "budget"
    assert from_exit(silent._replace(stderr="# Check failed"), Limits(memory=1), cpu=9).kind == "internal"
