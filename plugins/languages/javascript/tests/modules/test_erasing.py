"""Types become spaces, and what is left runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ScriptFailed
from llmspell_language_javascript.modules import erase_types

Files = Mapping[str, str]
Run = Callable[[Files], list[str]]

# `~` stands for a blank that replaces a type, so that the expected text can be read.
ERASED = [
    ("let x: number = 1", "let x~~~~~~~~ = 1"),
    ("let v!: T; x!.y!(z!)", "let v~~~~; x~.y~(z~)"),
    ("const f = (a?: number, ...b: string[]): void => {}", "const f = (a~~~~~~~~~, ...b~~~~~~~~~~)~~~~~~ => {}"),
    ("function f<T>(this: Foo, a: T): asserts a is B {}", "function f~~~(~~~~~~~~~~ a~~~)~~~~~~~~~~~~~~~~ {}"),
    ("function f(this: Foo) {}", "function f(~~~~~~~~~) {}"),
    ("function f(a: number): void; function f(a: any) {}", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~ function f(a~~~~~) {}"),
    ("export function g(): void; export function g() {}", "~~~~~~~~~~~~~~~~~~~~~~~~~~ export function g() {}"),
    ("let x = y as T, z = w satisfies U", "let x = y~~~~~, z = w~~~~~~~~~~~~"),
    ("f(x as any as T, y as const)", "f(x~~~~~~~~~~~~, y~~~~~~~~~)"),
    ("f<T>(x); new Map<K, V>(); g = f<A>; a?.<T>(x)", "f~~~(x); new Map~~~~~~(); g = f~~~; a?.~~~(x)"),
    ("a < b > (c); a < b, c > d", "a ~~~~~ (c); a < b, c > d"),
    ("type A = { x: 1 }; interface I<T> extends J { y: T } z", "~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ z"),
    ("import type A from 'a'; import { type B, c, type D as E } from 'f'", "~~~~~~~~~~~~~~~~~~~~~~~ import { ~~~~~~~ c, ~~~~~~~~~~~ } from 'f'"),
    ("import type from 'a'; import { type } from 'b'", "import type from 'a'; import { type } from 'b'"),
    ("export type { A } from 'a'; export { type B, c }", "~~~~~~~~~~~~~~~~~~~~~~~~~~~ export { ~~~~~~~ c }"),
    ("export type * from 'a'; export type * as n from 'a'; x", "~~~~~~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ x"),
    ("export interface M {} export type N = 1; export default interface X {}", "~~~~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~"),
    ("declare const x: number; export declare function f(): void; y", "~~~~~~~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ y"),
    ("declare enum E { A } declare module 'm' {} declare global {} y", "~~~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~~~~~ ~~~~~~~~~~~~~~~~~ y"),
    ("namespace N { type T = 1; export interface I {} } y", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ y"),
    ("namespace N.M { namespace O { type T = 1 } } y", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ y"),
    ("class A<in T, out U> extends B<T> implements C, D { }", "class A~~~~~~~~~~~~~ extends B~~~ ~~~~~~~~~~~~~~~ { }"),
    ("export abstract class A { abstract m(): void; abstract x: T; n() {} }", "export ~~~~~~~~ class A { ~~~~~~~~~~~~~~~~~~; ~~~~~~~~~~~~~; n() {} }"),
    ("class A { private static readonly x?: T = 1; override y!: U }", "class A { ~~~~~~~ static ~~~~~~~~ x~~~~ = 1; ~~~~~~~~ y~~~~ }"),
    ("class A { declare x: T; [k: string]: any; m(): void; m() {} }", "class A { ~~~~~~~~~~~~; ~~~~~~~~~~~~~~~~; ~~~~~~~~~; m() {} }"),
    ("class A { public async *g<T>(this: A): X {} get v(): T { return 1 } }", "class A { ~~~~~~ async *g~~~(~~~~~~~)~~~ {} get v()~~~ { return 1 } }"),
    ("class A { constructor(); constructor(x?: number) {} }", "class A { ~~~~~~~~~~~~~; constructor(x~~~~~~~~~) {} }"),
    ("let o = { m<T>(a?: T): T { }, get x(): T { } }", "let o = { m~~~(a~~~~)~~~ { }, get x()~~~ { } }"),
    ("try {} catch (e: unknown) {}", "try {} catch (e~~~~~~~~~) {}"),
    ("for (const x of y as T[]) {} (x as T) = 1", "for (const x of y~~~~~~~) {} (x~~~~~) = 1"),
    ("const { a, b = 1 }: { a: T } = o", "const { a, b = 1 }~~~~~~~~~~ = o"),
    ("const x = <const T,>(a: T) => a", "const x = ~~~~~~~~~~(a~~~) => a"),
    ("let q: 'é😀' = é // as T", "let q~~~~~~~ = é // as T"),
    ("x = `${y as T} as T` + 'as T' + /as T/.source", "x = `${y~~~~~} as T` + 'as T' + /as T/.source"),
    ("let a: (b: T) => c\nlet d: typeof import('e')", "let a~~~~~~~~~~~~~\nlet d~~~~~~~~~~~~~~~~~~~~"),
    # A semicolon where blanks would join two statements.
    ("let a = 1\ntype A = 1\n(b)", "let a = 1\n;~~~~~~~~~\n(b)"),
    ("let a = 1\ninterface B {} /* c */ // d\n[b]", "let a = 1\n;~~~~~~~~~~~~~ /* c */ // d\n[b]"),
    ("let a = 1\nimport type B from 'b'\n`c`", "let a = 1\n;~~~~~~~~~~~~~~~~~~~~~\n`c`"),
    ("let a = 1\ntype A = 1\nb", "let a = 1\n~~~~~~~~~~\nb"),
    ("let x = y as T\n(z)", "let x = y ;~~~\n(z)"),
    ("class A { x = 1\npublic [k] = 2 }", "class A { x = 1\n;~~~~~ [k] = 2 }"),
    ("class A { x = 1\nprivate *g() {} }", "class A { x = 1\n;~~~~~~ *g() {} }"),
    ("class A { x = 1\ndeclare y: T\n['z'] = 1 }", "class A { x = 1\n;~~~~~~~~~~~\n['z'] = 1 }"),
    ("class A { get: T\nfoo() {} }", "class A { get;~~\nfoo() {} }"),
    # A parenthesis moves where a line end would end an arrow function.
    ("f = (a)\n: T => a", "f = (a~\n~~) => a"),
    ("f = (a): {\n b: T\n} => a", "f = (a~~~~\n~~~~~\n) => a"),
    ("f = async <\nT>(a: T) => a", "f = async (\n~~~a~~~) => a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ERASED, ids=[text for text, _ in ERASED])
def test_types_become_blanks(text: str, expected: str) -> None:
    assert erase_types(text, "a.ts") == expected.replace("~", " ")


@pytest.mark.parametrize(
    ("text", "message", "hint", "line", "column"),
    [
        ("\nenum A { B }", "an enum cannot be erased", "as const", 2, 1),
        ("export const enum A {}", "an enum cannot be erased", "as const", 1, 8),
        ("namespace A { export const x = 1 }", "a namespace with values", "a module of its own", 1, 1),
        ("export namespace A.B { f() }", "a namespace with values", "a module of its own", 1, 8),
        ("namespace A { namespace B { let x } }", "a namespace with values", "a module of its own", 1, 1),
        ("module A { let x }", "a namespace with values", "a module of its own", 1, 1),
        ("class A { constructor(private x: T) {} }", "a parameter property", "this.x = x", 1, 23),
        ("class A { constructor(a, readonly x = 1) {} }", "a parameter property", "this.x = x", 1, 26),
        ("class A { constructor(override x?: T) {} }", "a parameter property", "this.x = x", 1, 23),
        ("import x = require('y')", "'import x = require()'", "import x from", 1, 1),
        ("import x = A.B", "'import x = y'", "const x = y", 1, 1),
        ("export import x = A.B", "'import x = y'", "const x = y", 1, 8),
        ("x\nexport = y", "'export =' cannot be erased", "export default", 2, 1),
        ("let x = <T>y", "'<T>x' is not supported", "x as T", 1, 9),
        ("@d class A {}", "decorators are not supported", "after it", 1, 1),
        ("class A { @d() m() {} }", "decorators are not supported", "after it", 1, 11),
        ("let x = f<T>`y`", "a tag with type arguments is not supported", "leave them out", 1, 9),
        ("let x = f<T>\ny", "is this a type argument or two comparisons?", "';'", 1, 9),
        ("let x = y satisfies T\n[1].map(z)", "a type ends before this '['", "';'", 2, 1),
        ("let x: = 1", "unexpected", "", 1, 8),
    ],
)  # fmt: skip
def test_what_does_not_erase_is_refused(text: str, message: str, hint: str, line: int, column: int) -> None:
    with pytest.raises(ScriptFailed) as caught:
        erase_types(text, "lib/a.ts")
    error = caught.value
    assert message in error.message
    assert hint in error.hint
    assert (error.file, error.line, error.details["column"]) == ("lib/a.ts", line, column)


def test_tsx_is_refused() -> None:
    with pytest.raises(ScriptFailed, match="JSX is not supported"):
        erase_types("let x = <p/>", "a.tsx")


def test_erased_modules_run(quickjs_run: Run) -> None:
    files = {
        "main.ts": """
import { type Item, make, Store } from "./lib.ts"
import type { Other } from "./none.ts"
interface Shown { text: string }
type Pair<A, B = A> = [A, B]
const shown: Shown = { text: "a" } satisfies Shown
abstract class Base<T> { protected abstract name(): string; hello(this: Base<T>, times?: number): string { return this.name().repeat(times ?? 1) } }
class Child extends Base<number> implements Shown { declare text: string; readonly x!: number; protected override name() { return "child" } }
function pick(key: string): string
function pick(key: number): number
function pick(key: any): any { return key }
const pair = <T,>(a: T): Pair<T> => [a, a]
const item: Item = make<Item>({ id: 1 } as Item)!
console.log(shown.text, new Child().hello(2), pick(3), pair(4).join(), item.id, new Store<Item>().add(item).size)
console.log(Object.keys(new Child()).join())
for (const [key, value] of Object.entries({ a: 1 } as Record<string, number>)) console.log(key, value as unknown as string)
export type { Item }
""",
        "lib.ts": """
export interface Item { id: number }
export const make = <T extends object>(value: T): T | undefined => value
export class Store<T> { private readonly items: Set<T> = new Set<T>(); add(item: T): Set<T> { return this.items.add(item) } }
""",
    }
    assert quickjs_run(files) == ["a childchild 3 4,4 1 1", "x", "a 1"]


_PIECES = st.sampled_from(
    ["let a: T = 1", "type A = 1", "(b)", "[c]", "x as T", "f<T>(y)", "class A { private x: T; [k]: U }", "\n", "\r\n", ";", "'😀'", "interface I { é: T }", "(a: T): U => b", "// c\n", "/* d */", "`e${f as T}`", "+ g", "import type A from 'b'"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=8))
def test_erasing_keeps_every_other_character_in_its_place(pieces: list[str]) -> None:
    text = " ".join(pieces)
    try:
        erased = erase_types(text, "a.ts")
    except ScriptFailed:
        return
    before, after = text.encode("utf-16-le").decode("utf-16-le"), erased
    wide, thin = before.encode("utf-16-le"), after.encode("utf-16-le")
    assert len(wide) == len(thin)
    pairs = zip(
        (wide[i : i + 2] for i in range(0, len(wide), 2)),
        (thin[i : i + 2] for i in range(0, len(thin), 2)),
        strict=True,
    )
    assert all(old == new or new in {b" \0", b";\0", b")\0", b"(\0"} for old, new in pairs)
    assert erase_types(erased, "a.ts") == erased


def test_javascript_passes_unchanged() -> None:
    text = (
        "export class A { #x = 1; static async *g() { yield* [1, ...b] } get y() { return a < b } }\nfor (;;) { break }"
    )
    assert erase_types(text, "a.ts") == text
