"""Rewritten programs print what the same programs print in Node."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Files = Mapping[str, str]
Run = Callable[[Files], list[str]]

_LIB = """
export let n = 1; export const inc = () => { n++; }; export function self() { return typeof this; }
export const tag = function (s) { return typeof this + s.raw.join("|"); };
export default class Base { static made = 0; constructor() { Base.made++; } hi() { return "hi"; } }
export const text = "text", list = [1, 2, 3], obj = { a: { b: 2 } };
export { n as "a name", n as default2 }; export function* gen() { yield 1; yield 2; }
"""


def _main(text: str, **more: str) -> dict[str, str]:
    return {"main.js": text, "lib.js": _LIB, **{name.replace("__", "."): body for name, body in more.items()}}


PROGRAMS: dict[str, dict[str, str]] = {
    "live bindings": _main('import { n, inc } from "./lib.js"; console.log(n); inc(); console.log(n);'),
    "shorthand": _main('import { n, inc, text as t } from "./lib.js"; inc(); console.log(JSON.stringify({ n, t, n2: n }));'),
    "no this in calls": _main('import { self, tag } from "./lib.js"\nlet a = 1\nself()\nconsole.log(self(), (self)(), tag`x${1}y`, self?.())'),
    "call at line start": _main('import { inc, n } from "./lib.js"\nlet f = () => 7\nlet x = f\ninc()\nconsole.log(n, typeof x)\nif (n) inc()\nelse inc()\ndo inc()\nwhile (n < 5)\ninc()\nconsole.log(n)'),
    "call in a label and a case": _main('import { inc, n } from "./lib.js"\nl: inc()\nswitch (n) { case 2: inc()\ncase 3: inc() }\nconsole.log(n)'),
    "namespace": _main('import * as ns from "./lib.js"; console.log(Object.keys(ns).join(), ns.n, ns[Symbol.toStringTag], Object.getPrototypeOf(ns), "n" in ns, Object.isExtensible(ns)); ns.inc(); console.log(ns.n, ns["a name"]);'),
    "namespace is read only": _main('import * as ns from "./lib.js"; for (const f of [() => { ns.n = 1; }, () => { ns.zz = 1; }, () => { delete ns.n; }, () => { Object.defineProperty(ns, "n", { value: 3 }); }]) try { f(); console.log("no"); } catch (e) { console.log(e.name); }'),
    "default and named": _main('import B, { list, obj as o } from "./lib.js"; new B(); class D extends B {} console.log(new D().hi(), B.made, list.length, o.a.b, B.name);'),
    "default and namespace": _main('import B, * as all from "./lib.js"; console.log(all.default === B);'),
    "string names": _main('import { "a name" as x } from "./lib.js"; console.log(x);'),
    "new": _main('import B from "./lib.js"; import * as ns from "./lib.js"; console.log(new B().hi(), new ns.default().hi(), new (B)().hi(), typeof new B);'),
    "shadowed by parameters": _main('import { n } from "./lib.js"; const f = (n) => n; function g({ n }) { return n; } const h = ([n = 5]) => n; const k = (...n) => n.length; const m = n => n; const o = async n => n; console.log(f(7), g({ n: 8 }), h([]), k(1, 2), m(9), await o(3), n);'),
    "shadowed by blocks": _main('import { n, text } from "./lib.js"; { let n = 5; console.log(n); { const text = n; console.log(text); } } { function n() {} console.log(typeof n); } { class n {} console.log(typeof n); } console.log(n, text);'),
    "shadowed by var in a function": _main('import { n } from "./lib.js"; function f() { console.log(n); if (false) { var n = 1; } for (var i = 0; i < 1; i++) {} } f(); console.log(n);'),
    "shadowed by catch": _main('import { n } from "./lib.js"; try { throw 5; } catch (n) { console.log(n); } try { throw { n: 6 }; } catch ({ n }) { console.log(n); } try { throw 1; } catch { console.log(n); }'),
    "shadowed by loops": _main('import { n, list } from "./lib.js"; for (let n = 8; n < 9; n++) console.log(n); for (const n of list) console.log(n); for (const n in { q: 1 }) console.log(n); for (const { n } of [{ n: 4 }]) console.log(n); for (const x of [n]) console.log(x); console.log(n);'),
    "loop head sees the dead zone": _main('import { n } from "./lib.js"; try { for (const n of [n]) {} } catch (e) { console.log(e.name); } try { { n; let x = 1, n; } } catch (e) { console.log(e.name); }'),
    "shadowed by function and class names": _main('import { n, text } from "./lib.js"; const f = function n() { return typeof n; }; const c = class text { static t() { return typeof text; } }; console.log(f(), c.t(), n, text);'),
    "default parameter scope": _main('import { n } from "./lib.js"; function f(a = n) { var n = 9; return a + n; } function g(a = () => n, n = 3) { return a(); } function h(a = n, b = () => n) { let n = 5; return [a, b(), n]; } console.log(f(), g(), h());'),
    "destructuring declarations": _main('import { n, text } from "./lib.js"; const { a: { b = n } = {}, [text]: c, ...rest } = { text: 4, z: 5 }; const [d = text, ...e] = [undefined, n]; console.log(b, c, JSON.stringify(rest), d, e);'),
    "destructuring assignments": _main('import { n, text } from "./lib.js"; let a, b, o = {}; ({ a = n, [text]: b = n, z: o.p = text } = {}); [o[text], o.q = n] = [1]; console.log(a, b, JSON.stringify(o));'),
    "properties are not names": _main('import { n, text } from "./lib.js"; const o = { n: 1, text() { return 2; }, get inc() { return 3; }, async self() {}, *gen() {}, [n]: 4, "text2": text, ...{ n: 7 } }; console.log(o.n, o.text(), o.inc, o[n], o.text2, o?.n);'),
    "labels are not names": _main('import { n } from "./lib.js"; n: for (;;) { for (;;) break n; } n2: for (const x of [1]) continue n2; console.log(n);'),
    "strings comments and regular expressions": _main('import { n } from "./lib.js"; /* n */ const a = "n" + \'n\' + `n${n}n${`${n}`}`; // n\nconst b = /n/.test("n"), c = 4 / n / 1, d = /[/n]/g.source; console.log(a, b, c, d);'),
    "classes": _main('import { n, text, inc } from "./lib.js"; class A { n = n; [text] = n + 1; static text = text; static #p = n; static { inc(); var n2 = n; this.q = n2; } get inc() { return n; } static p() { return A.#p; } #m() { return n; } m() { return this.#m(); } static async *gen() { yield n; } "n2" = 5 } const a = new A(); console.log(a.n, a.text, A.text, A.q, a.inc, A.p(), a.m(), a.n2); for await (const x of A.gen()) console.log(x);'),
    "class heritage and computed keys": _main('import B, { text } from "./lib.js"; class C extends (B, B) { [text + "2"]() { return super.hi(); } } console.log(new C().text2());'),
    "static block scope": _main('import { n } from "./lib.js"; class A { static { var n = 7; console.log(n); } } console.log(n);'),
    "generators": _main('import { gen, list } from "./lib.js"; function* g() { yield* gen(); yield list; } console.log([...g()].join()); async function* a() { for (const x of list) yield x; } for await (const x of a()) console.log(x);'),
    "typeof and void": _main('import { n, inc } from "./lib.js"; console.log(typeof n, typeof inc, void n, !n, -n, n ?? 1, n ? n : n, `${typeof n}`);'),
    "unicode escapes": _main('import { n } from "./lib.js"; console.log(\\u006e, \\u{6e}); { let \\u006e = 5; console.log(n); } const o = { \\u006e }; console.log(o.n);'),
    "unicode names": {"main.js": 'import { größe, 变量 as v } from "./lib.js"; console.log(größe, v, "😀" + größe);', "lib.js": "export const größe = 1, 变量 = 2;"},
    "names that look injected": _main('import { n } from "./lib.js"; const __llmspell_module = 1, __llmspell_0 = 2, __llmspell__0 = 3; export default 5; console.log(__llmspell_module, __llmspell_0, n); \\u005f_llmspell__: ;'),
    "spread and optional": _main('import { list, obj, inc } from "./lib.js"; console.log(Math.max(...list), obj?.a?.b, obj?.["a"].b, [...list, ...list].length); inc?.();'),
    "sequence and grouping": _main('import { inc, n } from "./lib.js"; (inc(), inc()); const x = (inc(), n); console.log(x); [inc].forEach((f) => f()); console.log(n)\n;[1].map(() => inc())\nconsole.log(n)'),
    "import in the middle": _main('console.log(n)\nlet x = 1\nimport { n } from "./lib.js"\n(function () { console.log("apart") })()\nimport "./lib.js"; [1].forEach(() => console.log("too"))'),
    "comments in imports": _main('import /* a */ d /* b */, { /* c */ n /* d */ as /* e */ m, // f\n } from /* g */ "./lib.js" /* h */; console.log(m, d.name);'),
    "without semicolons": _main('import { n, inc } from "./lib.js"\nimport * as ns from "./lib.js"\nexport let y = n\nexport { n }\nexport default n\ninc()\nconsole.log(n, ns.n, y)'),
    "import meta": _main('console.log(typeof import.meta, typeof import.meta.url, Object.getPrototypeOf(import.meta));'),
    "this is undefined": _main('console.log(this, (() => this)()); export {};'),
    "strict": _main('try { undeclared = 1; console.log("no"); } catch (e) { console.log(e.name); } export {};'),
    "arguments inside functions": _main('import { n } from "./lib.js"; (function () { console.log(arguments.length, n); })(1, 2);'),
    "reexports": {"main.js": 'import { a, b, c, d, all, default as e } from "./mid.js"; import * as mid from "./mid.js"; console.log(a, b, c, d, all.x, e, Object.keys(mid).join());', "mid.js": 'export * from "./x.js"; export { x as a, default as d } from "./x.js"; export * as all from "./x.js"; import { y } from "./x.js"; export { y as b }; import * as z from "./x.js"; export const c = z.x; export { d as default } from "./more.js";', "x.js": "export const x = 1, y = 2; export default 3;", "more.js": "export const d = 4;"},
    "star does not pass default": {"main.js": 'import * as m from "./mid.js"; console.log(Object.keys(m).join());', "mid.js": 'export * from "./x.js";', "x.js": "export default 1; export const k = 2;"},
    "own export wins over star": {"main.js": 'import { k, j } from "./mid.js"; console.log(k, j);', "mid.js": 'export * from "./x.js"; export const k = "own";', "x.js": "export const k = 2, j = 3;"},
    "ambiguous star names are left out": {"main.js": 'import * as m from "./mid.js"; console.log(Object.keys(m).join());', "mid.js": 'export * from "./x.js"; export * from "./y.js";', "x.js": "export const k = 2, j = 3;", "y.js": "export const k = 2, i = 3;"},
    "the same binding through two stars": {"main.js": 'import { k } from "./mid.js"; console.log(k);', "mid.js": 'export * from "./x.js"; export * from "./y.js";', "x.js": 'export * from "./z.js";', "y.js": 'export { k } from "./z.js";', "z.js": "export const k = 1;"},
    "an ambiguous import": {"main.js": 'import { k } from "./mid.js"; console.log(k);', "mid.js": 'export * from "./x.js"; export * from "./y.js";', "x.js": "export const k = 2;", "y.js": "export const k = 2;"},
    "a missing export": {"main.js": 'console.log("not reached"); import { nope } from "./x.js";', "x.js": "console.log('nor this'); export const k = 2;"},
    "a missing export through a chain": {"main.js": 'import "./a.js";', "a.js": 'export { q } from "./b.js";', "b.js": 'export * from "./a.js";'},
    "star cycle": {"main.js": 'import { a, b } from "./a.js"; console.log(a, b);', "a.js": 'export * from "./b.js"; export const a = 1;', "b.js": 'export * from "./a.js"; export const b = 2;'},
    "a cycle of functions": {"main.js": 'import { even } from "./a.js"; console.log(even(10), even(7));', "a.js": 'import { odd } from "./b.js"; export function even(n) { return n === 0 || odd(n - 1); }', "b.js": 'import { even } from "./a.js"; export function odd(n) { return n !== 0 && even(n - 1); } console.log(even(2));'},
    "a cycle in the dead zone": {"main.js": 'import "./a.js";', "a.js": 'import "./b.js"; export let x = 1; export const y = 2; export class Z {} export default 4; export var v = 1; export function f() {}', "b.js": 'import d, { x, y, Z, v, f } from "./a.js"; import * as ns from "./a.js"; for (const g of [() => x, () => y, () => Z, () => d, () => ns.x, () => typeof x]) try { g(); console.log("no"); } catch (e) { console.log(e.name); } console.log(v, typeof f, Reflect.ownKeys(ns).length);'},
    "a default function is hoisted": {"main.js": 'import "./a.js";', "a.js": 'import "./b.js"; export default function () { return "hoisted"; }', "b.js": 'import f from "./a.js"; console.log(f(), f.name);'},
    "a module that imports itself": {"main.js": 'import * as me from "./main.js"; import { f as g } from "./main.js"; export function f() { return 1; } export const k = 2; console.log(me.k, g(), me.f === f);'},
    "evaluation order": {"main.js": 'import "./a.js"; import "./b.js"; console.log("main");', "a.js": 'import "./c.js"; console.log("a");', "b.js": 'import "./c.js"; import "./a.js"; console.log("b");', "c.js": 'console.log("c");'},
    "evaluation order in cycles": {"main.js": 'import "./a.js"; console.log("main");', "a.js": 'import "./b.js"; console.log("a");', "b.js": 'import "./c.js"; import "./a.js"; console.log("b");', "c.js": 'import "./a.js"; import "./main.js"; console.log("c");'},
    "microtasks run after synchronous modules": {"main.js": 'import "./a.js"; import "./b.js"; console.log("main");', "a.js": 'Promise.resolve().then(() => console.log("later")); console.log("a");', "b.js": 'console.log("b");'},
    "top level await in a dependency": {"main.js": 'import { x } from "./a.js"; import "./b.js"; console.log("main", x);', "a.js": 'export let x = 1; console.log("a1"); await null; x = 2; console.log("a2");', "b.js": 'import "./a.js"; console.log("b");'},
    "for await at the top": _main('import { gen } from "./lib.js"; for await (const x of gen()) console.log(x);'),
    "an error while evaluating": {"main.js": 'import "./a.js"; import "./b.js"; console.log("main");', "a.js": 'console.log("a"); throw new RangeError("x");', "b.js": 'console.log("b");'},
    "an error is kept": {"main.js": 'const seen = []; for (let i = 0; i < 2; i++) try { await import("./a.js"); } catch (e) { seen.push(e); } console.log(seen.length, seen[0] === seen[1], seen[0].message);', "a.js": 'console.log("once"); throw new Error("kept");'},
    "an error in an awaiting module": {"main.js": 'for (let i = 0; i < 2; i++) try { await import("./b.js"); } catch (e) { console.log(e); }', "b.js": 'import "./a.js"; console.log("no");', "a.js": 'await null; throw "text";'},
    "dynamic import": _main('const a = await import("./lib.js"), b = await import("./" + "lib.js"); import * as ns from "./lib.js"; console.log(a === b, a === ns, a.n, a.default.name); const { n, inc } = await import("./lib.js"); inc(); console.log(n, a.n); import("./lib.js").then((m) => console.log(m.n));'),
    "dynamic import fails": _main('try { await import("./none.js"); } catch (e) { console.log(e instanceof Error); } import({ toString() { throw new RangeError("s"); } }).catch((e) => console.log(e.name)); await null;'),
    "dynamic import in a function": _main('async function f(name) { return (await import(name)).n; } class A { x = import("./lib.js"); } console.log(await f("./lib.js"), (await new A().x).n);'),
    "dynamic import of a cycle": {"main.js": 'export const k = 1; const m = await import("./a.js").catch((e) => e); console.log(m.x);', "a.js": "export const x = 5;"},
    "a module that exports then": {"main.js": 'console.log(await import("./a.js"));', "a.js": 'export function then(done) { done("thenable"); }'},
    "json": {"main.js": 'import data from "./d.json" with { type: "json" }; import same from "./d.json" with { type: "json" }; const ns = await import("./d.json", { with: { type: "json" } }); console.log(data.a[1], data === same, ns.default === data, Object.keys(ns).join());', "d.json": '{"a": [1, 2], "b": "ü"}'},
    "json without the attribute": {"main.js": 'import data from "./d.json"; console.log(data);', "d.json": "{}"},
    "folders": {"main.js": 'import { x } from "./lib/a.js"; console.log(x);', "lib/a.js": 'import { y } from "../b.js"; import { z } from "./c.js"; export const x = y + z;', "b.js": "export const y = 1;", "lib/c.js": "export const z = 2;"},
    "default names": {"main.js": 'import a from "./a.js"; import b from "./b.js"; import c from "./c.js"; import d from "./d.js"; import e from "./e.js"; import f from "./f.js"; import g from "./g.js"; console.log([a, b, c, d, e, f, g].map((x) => x.name).join());', "a.js": "export default () => 1", "b.js": "export default class {}", "c.js": "export default async function* () {}", "d.js": "export default (function () {})", "e.js": "export default class Own {}", "f.js": "export default function own() {}", "g.js": "export default (class { static name = 'static'; })"},
    "default expressions": {"main.js": 'import a from "./a.js"; import b from "./b.js"; import c from "./c.js"; import d from "./d.js"; console.log(a, b.x, c, typeof d);', "a.js": "export default 1 + 2", "b.js": "export default { x: [1] }", "c.js": "let q = 1; export default (q, q + 1); q = 9", "d.js": "export default /* c */ async (x) => x"},
    "default is not live as an expression": {"main.js": 'import d, { x, set, e } from "./a.js"; set(); console.log(d, x, e);', "a.js": "export let x = 1; export default x; export { x as e }; export function set() { x = 2; }"},
    "a default class is bound": {"main.js": 'import C from "./a.js"; console.log(C.n);', "a.js": 'export default class C { static n = 1; }\nC.n = 2'},
    "statements after default functions": {"main.js": 'import a from "./a.js"; import b from "./b.js"; import c from "./c.js"; console.log(typeof a, typeof b, typeof c);', "a.js": 'export default function () {}\n(() => console.log("own statement"))()', "b.js": 'export default class {}\n[1].forEach(() => console.log("own"))', "c.js": 'export default () => {}\n(() => console.log("own too"))()'},
    "exports of every kind": {"main.js": 'import * as m from "./a.js"; console.log(Object.keys(m).join()); console.log(m.a, m.b, m.c, m.d, m.e, m.f(), m.G.name, m.i, [...m.j()].join());', "a.js": "export let a = 1, b = 2; export const { c, x: [d, ...e] } = { c: 3, x: [4, 5, 6] }; export function f() { return 7; } export class G {} const h = 8; export { h as i }; export function* j() { yield 9; } export async function k() {} export var l;"},
    "odd export names": {"main.js": 'import * as m from "./a.js"; import { "😀" as s, "\\u0061b" as ab, __proto__ as p } from "./a.js"; console.log(s, ab, p, Object.keys(m).join());', "a.js": 'const x = 1, y = 2; export { x as "😀", x as "a\\x62", y as __proto__ };'},
    "shorthand of proto": {"main.js": 'import { q as __proto__ } from "./a.js"; const o = { __proto__ }; console.log(Object.keys(o).join(), o.hasOwnProperty("__proto__"));', "a.js": "export const q = { z: 1 };"},
    "keywords as export names": {"main.js": 'import * as m from "./a.js"; import { if as i, "delete" as d, in as n } from "./a.js"\nimport "./a.js"\n(() => console.log("apart"))()\nconsole.log(i, d, n, Object.keys(m).join(), m.if, `{ if }`)\nexport { i as new }\n;[1].map(() => console.log("too"))', "a.js": 'const x = 1, y = 2; export { x as if, y as delete, x as in }; export { if as while } from "./b.js"', "b.js": "const z = 3; export { z as if }"},
    "line separators in comments and strings": _main('import { n } from "./lib.js"; // c\u2028{ let n = 5; console.log(n); }\u2029console.log(n, "\u2028n".length, `\u2029${n}`.length)'),
    "a default does not come through a star": {"main.js": 'import d from "./mid.js"; console.log(d);', "mid.js": 'export * from "./x.js";', "x.js": "export default 1;"},
    "a module that another import has started is waited for": {"main.js": 'const begun = new Promise((done) => { globalThis.begin = done; }); const a = import("./a.js"); await begun; await Promise.all([a, import("./b.js")]);', "a.js": 'import "./b.js"; console.log("a"); export {};', "b.js": 'import "./a.js"; console.log("b1"); begin(); for (let i = 0; i < 99; i++) await null; console.log("b2");'},
    "an export without names": {"main.js": 'import "./a.js"; import {} from "./a.js"; export {}; export {} from "./a.js"; console.log("main");', "a.js": 'console.log("a");'},
    "a getter exported value": {"main.js": 'import { o } from "./a.js"; console.log(o.v, o.v); const { v } = o; console.log(v);', "a.js": "let k = 0; export const o = { get v() { return ++k; } };"},
    "line ends of every kind": _main('import { n } from "./lib.js"\r\nconsole.log(n)\rconsole.log(n)\u2028console.log(n)\u2029console.log(n)'),
    "shebang": _main('#!/usr/bin/env node\nimport { n } from "./lib.js"; console.log(n);'),
    "async as a name": _main('import { inc as async, n } from "./lib.js"\nasync()\nlet of = n, get = 1, set = 2, from = 3, as = 4; console.log(n, of, get, set, from, as)'),
    "names like keywords": {"main.js": 'import { of, get, set, from, as, async as a } from "./a.js"; for (const x of [of]) console.log(x); console.log(get, set, from, as, a, { get, set }.set);', "a.js": "export const of = 1, get = 2, set = 3, from = 4, as = 5, async = 6;"},
    "eval of local code": _main('import { n } from "./lib.js"; let local = 4; console.log(eval("local + 1"), (0, eval)("typeof local"), n);'),
    "assignment operators on properties of imports": _main('import { obj, list } from "./lib.js"; obj.a.b = 5; obj.a.b += 1; list[0]++; [list[1], obj.q] = [7, 8]; delete obj.a.c; obj.z ??= 3; console.log(obj.a.b, list.join(), obj.q, obj.z);'),
    "nested templates": _main('import { n, text, tag } from "./lib.js"; console.log(`a${n}b${`c${text}d${(() => { const n = 5; return n; })()}`}`, tag`${n}` , `\\${n}`);'),
    "a function in a block": _main('import { n } from "./lib.js"; { function f() { return n; } console.log(f()); } console.log(typeof f);'),
    "switch scope": _main('import { n } from "./lib.js"; switch (n) { case 1: let n = 5; console.log(n); } console.log(n);'),
    "switch discriminant": _main('import { n } from "./lib.js"; switch (n) { case n: console.log("same"); break; default: console.log("other"); }'),
    "closures in loops": _main('import { list } from "./lib.js"; const fs = []; for (let i = 0, l = list; i < l.length; i++) fs.push(() => i * list[i]); console.log(fs.map((f) => f()).join());'),
    "exported loop variable": {"main.js": 'import { i, set } from "./a.js"; console.log(i); set(5); console.log(i);', "a.js": "export var i; for (i = 0; i < 3; i++); export const set = (v) => { ({ i } = { i: v }); [i = 9] = [undefined]; i--; };"},
    "concurrent imports": {"main.js": 'const [a, b] = await Promise.all([import("./a.js"), import("./b.js")]); console.log(a.x, b.y, a.c === b.c);', "a.js": 'import { c as k } from "./c.js"; export const x = 1; export { k as c };', "b.js": 'import { c } from "./c.js"; export const y = 2; export { c }; console.log("b");', "c.js": 'console.log("c1"); await null; export const c = {}; console.log("c2");'},
}  # fmt: skip


@pytest.fixture(scope="module")
def expected(node_runs: Callable[[list[Files]], list[list[str]]]) -> dict[str, list[str]]:
    return dict(zip(PROGRAMS, node_runs(list(PROGRAMS.values())), strict=True))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_the_same_as_in_node(name: str, quickjs_run: Run, expected: dict[str, list[str]]) -> None:
    assert quickjs_run(PROGRAMS[name]) == expected[name]


def test_v8_prints_the_same_as_node(v8_run: Run, expected: dict[str, list[str]]) -> None:
    assert {name: v8_run(files) for name, files in PROGRAMS.items()} == expected
