"""What `rewrite` refuses, what it leaves alone, and where columns go."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ScriptFailed
from llmspell_language_javascript.modules import original_column, rewrite

Files = Mapping[str, str]
Run = Callable[[Files], list[str]]


def _refusal(text: str, name: str = "a.js") -> ScriptFailed:
    with pytest.raises(ScriptFailed) as caught:
        rewrite(text, name)
    return caught.value


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ('import { a } from "x"\na = 1', "'a' is an import and cannot be assigned to", 2, 1),
        ('import { a } from "x"\n(a) += 1', "'a' is an import", 2, 2),
        ('import { a } from "x"\n  a++', "'a' is an import", 2, 3),
        ('import { a } from "x"\n-- /* c */ a', "'a' is an import", 2, 12),
        ('import { a } from "x";\n[a] = [1]', "'a' is an import", 2, 2),
        ('import { a } from "x";\n({ a } = {})', "'a' is an import", 2, 4),
        ('import { a } from "x";\n({ b: [...a] } = {})', "'a' is an import", 2, 11),
        ('import { a } from "x"\nfor (a of []);', "'a' is an import", 2, 6),
        ('import { a } from "x"\nfor (a in {});', "'a' is an import", 2, 6),
        ('import * as a from "x"\nfunction f() { a = 1 }', "'a' is an import", 2, 16),
        ('import a from "x"\ndelete a', "the import 'a' cannot be deleted", 2, 8),
        ('import a from "x"\ndelete (a)', "the import 'a' cannot be deleted", 2, 9),
        ('import a from "x"\nimport { a } from "y"', "'a' has already been declared", 2, 10),
        ('import a from "x"\nlet a', "'a' is imported and declared", 1, 8),
        ('import a from "x"\n{ var a }', "'a' is imported and declared", 1, 8),
        ('import a from "x"\nfunction a() {}', "'a' is imported and declared", 1, 8),
        ("export let a\nexport { a }", "this module exports 'a' twice", 2, 10),
        ('export default 1\nexport { x as default } from "y"', "this module exports 'default' twice", 2, 15),
        ('export { a } from "x"\nexport * as a from "y"', "this module exports 'a' twice", 2, 13),
        ("export { nope }", "the export 'nope' is not declared in this module", 1, 10),
        ("{ let x }\nexport { x }", "the export 'x' is not declared", 2, 10),
        ('export { "x" as y }', "a string can name an export of another file only", 1, 10),
        ('import { "x" } from "y"', "unexpected '\"x\"'", 1, 10),
        ('import eval from "y"', "'eval' cannot be the name of an import", 1, 8),
        ('import { a as arguments } from "y"', "'arguments' cannot be the name of an import", 1, 15),
        ('import { if } from "y"', "'if' cannot be the name of an import", 1, 10),
        ('export { x as if, x as if }; let x', "this module exports 'if' twice", 1, 24),
        ('if (1) { import "x" }', "'import' may only stand at the top level", 1, 10),
        ("function f() { export let x }", "'export' may only stand at the top level", 1, 16),
        ("export {}\nwith (x) y", "a module has no 'with' statement", 2, 1),
        ("export {}\nx\n--> y", "a module has no HTML comments", 3, 1),
        ("export {}\narguments", "a module has no 'arguments'", 2, 1),
        ("export {}\n(() => arguments)()", "a module has no 'arguments'", 2, 8),
        ("export {}\n() => new.target", "new.target outside of a function", 2, 7),
        ("export {}\nyield 5", "'yield' outside of a generator", 2, 1),
        ('import x from "x" with { type: "css" }', "the import attribute type: \"css\" is not known", 1, 26),
        ('import x from "x" with { kind: "json" }', "the import attribute kind: \"json\" is not known", 1, 26),
        ("export let x = <p>hi</p>", "JSX is not JavaScript", 1, 16),
        ("export {}\n@d class A {}", "decorators are not supported", 2, 1),
        ("await 1\nlet x = = 2", "unexpected '='", 2, 7),
        ("await 1\nf(", "the code from here to line 2 does not parse", 2, 1),
        ("export {}\n}", "unexpected '}'", 2, 1),
        ('import { a from "x"', "the code from here to line 1 does not parse", 1, 1),
        ("export const x = 'é😀' + ) 5", "unexpected ')'", 1, 26),
        ("export let a = '\ud83d'", "half of a surrogate pair", 1, 17),
        ('import { "\\uD83D" as x } from "y"', "the name holds half of a surrogate pair", 1, 10),
    ],
)  # fmt: skip
def test_a_wrong_module_is_refused_with_its_place(text: str, message: str, line: int, column: int) -> None:
    error = _refusal(text, "lib/a.js")
    assert message in error.message
    assert (error.file, error.line, error.details["column"]) == ("lib/a.js", line, column)
    shown = re.split("\r\n|[\r\n]", text)[line - 1].encode(errors="replace").decode()
    assert error.details["source"] == shown
    assert error.traceback.startswith(f"lib/a.js:{line}:{column}\n    {shown}\n")


def test_a_long_line_is_shown_around_the_fault() -> None:
    error = _refusal("export let x = [" + "1, " * 1000 + "= 2]")
    assert len(error.details["source"]) <= 160
    assert "= 2]" in error.details["source"]


@pytest.mark.parametrize(
    "text",
    ["", "1 + 1", "return 5", "with (o) { x }", "var a = 010; delete a", "let s = 'import'", "// export default 1\nx", "x.import = y.export", "this.await", "function f() { return arguments }", "async () => { await 1 }", "async function f() { for await (const x of y); }", "{ return 1 }"],
)  # fmt: skip
def test_a_script_passes_unchanged(text: str) -> None:
    rewritten = rewrite(text, "a.js")
    assert not rewritten.is_module
    assert rewritten.code == f"(async(__llmspell_module)=>{{{text}\n}})"
    assert (rewritten.requests, rewritten.exported) == ((), ())


def test_a_script_without_module_words_is_not_parsed() -> None:
    rewritten = rewrite("this is no JavaScript (", "a.js")
    assert "this is no JavaScript (" in rewritten.code


@pytest.mark.parametrize(
    ("text", "name", "is_module", "waits"),
    [
        ("await 1", "a.js", True, True),
        ("for await (const x of y);", "a.js", True, True),
        ("for (const x of [await 1]);", "a.js", True, True),
        ("await using x = y", "a.js", True, True),
        ("class A { [await 1] = 2 }", "a.js", True, True),
        ("class A { x = async () => await 1 }", "a.js", False, True),
        ("class A { x = await 1 }", "a.js", False, True),
        ("export {}", "a.js", True, False),
        ("import 'x'", "a.js", True, False),
        ("import('x')", "a.js", False, True),
        ("import.meta", "a.js", True, False),
        ("1", "a.mjs", True, False),
        ("1", "a.mts", True, False),
    ],
)
def test_what_makes_a_text_a_module(text: str, name: str, is_module: bool, waits: bool) -> None:
    rewritten = rewrite(text, name)
    assert (rewritten.is_module, rewritten.waits) == (is_module, waits)


def test_an_imported_text_is_a_module_whatever_it_holds() -> None:
    assert rewrite("1", "a.js", module=True).is_module


def test_a_rewritten_module_says_what_it_asks_for_and_gives() -> None:
    rewritten = rewrite(
        'import a, { b as c } from "./x"\nimport * as d from "./x"\nimport e from "./y" with { type: "json" }\n'
        'export { c as f, d }\nexport * from "lib/z"\nexport * as g from "h.i"\nexport default a\nexport let j, { k } = e',
        "m.js",
    )
    assert rewritten.specifiers == ("./x", "./y", "lib/z", "h.i")
    assert [(request.type, request.line, request.column) for request in rewritten.requests] == [
        ("", 1, 27),
        ("json", 3, 15),
        ("", 5, 15),
        ("", 6, 20),
    ]
    assert [binding[:2] for binding in rewritten.bindings] == [(0, "default"), (0, "b"), (1, "default")]
    assert rewritten.exports == ("default", "j", "k")
    assert [item[:3] for item in rewritten.indirect] == [("f", 0, "b"), ("d", 0, None), ("g", 3, None)]
    assert rewritten.exported == ("default", "j", "k", "f", "d", "g")
    assert rewritten.stars == (2,)


def test_names_that_are_put_in_are_not_in_the_text() -> None:
    rewritten = rewrite('import { a } from "x"; let __llmspell = 1, \\u005f_llmspell_ = a', "a.js")
    assert "___llmspell" not in rewritten.code
    assert "__llmspell___module" in rewritten.code


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    deep = "(" * 3000 + "a" + ")" * 3000
    assert "__llmspell_0.a" in rewrite(f'import {{ a }} from "x"; f({deep})', "a.js").code
    chain = " + ".join(["a"] * 5000)
    assert rewrite(f'import {{ a }} from "x"; f({chain})', "a.js").code.count("__llmspell_0.a") == 5000


def test_scopes_nested_without_end_are_refused() -> None:
    error = _refusal('import { a } from "x"\n' + "{" * 1200 + "a" + "}" * 1200)
    assert error.message == "SyntaxError: functions and blocks nest more than 1000 deep"


def test_code_that_the_grammar_alone_refuses_is_rewritten() -> None:
    text = 'import { a } from "x"\nclass A { x\ny\n[z]\n}\n(a)'
    assert "(__llmspell_0.a)" in rewrite(text, "a.js").code


_TOKENS = st.sampled_from(
    [
        "Q", "a", "c()", "\nc()", "\n", ";", "{ a, Q }", "`Q${a}Q`", "/* Q */", "'Q\U0001f600'", "\r\n", "\u2028",
        "\nexport default Q;", "\nexport { a as z };\n", "\nimport 'y';\n", "\nexport let w = Q;", "await Q", "(await import(Q))",
        "import.meta.Q", "[a, Q]", "if (Q) c();", "x.Q", "\t",
    ]
)  # fmt: skip


@given(st.lists(_TOKENS, max_size=14))
def test_lines_stay_and_columns_are_found_again(tokens: list[str]) -> None:
    text = 'import { a, b as c } from "x";' + " ".join(tokens)
    try:
        rewritten = rewrite(text, "a.js")
    except ScriptFailed:
        return
    before, after = re.split("\r\n|[\n\r\u2028\u2029]", text), re.split("\r\n|[\n\r\u2028\u2029]", rewritten.code)
    assert after[-1] == "})"
    assert len(after) == len(before) + 1
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        expected = [_column(old, match.start()) for match in re.finditer("Q", old)]
        found = [
            original_column(rewritten.shifts, number, _column(new, match.start())) for match in re.finditer("Q", new)
        ]
        # `{ Q }` is written once, blanked statements hold no Q.
        assert found == expected
        if number not in rewritten.shifts:
            assert len(new) == len(old)


def _column(line: str, index: int) -> int:
    return len(line[:index].encode("utf-16-le")) // 2 + 1


def test_a_column_inside_of_what_was_put_in_is_where_it_was_put() -> None:
    rewritten = rewrite('import { a } from "x"\nf(a, b)', "a.js")
    line = rewritten.code.split("\n")[1]
    assert [
        original_column(rewritten.shifts, 2, line.index(part) + 1) for part in ("f", "__ll", "_0", ".a", ", b", "b")
    ] == [1, 3, 3, 3, 4, 6]


def test_blanked_imports_move_nothing() -> None:
    rewritten = rewrite('import "a"; import { b } from "c"; Q\nexport const Q = 1; export class R {}', "a.js")
    assert set(rewritten.shifts) == {1}
    assert len(rewritten.shifts[1]) == 1
    assert rewritten.code.split("\n")[1] == ";      const Q = 1; ;      class R {}"


def test_a_module_may_return_at_its_top_level(quickjs_run: Run) -> None:
    assert quickjs_run({"main.js": 'import { x } from "./a.js"; return x + 1;', "a.js": "export const x = 1;"}) == [
        "returns 2"
    ]


def test_a_missing_export_names_both_files_and_the_place(failure: Callable[[Files], dict[str, Any]]) -> None:
    error = failure({"main.js": '\nimport { nope } from "./lib/a.js"', "lib/a.js": "export const b = 1, c = 2"})
    assert error["message"] == "\"./lib/a.js\" (lib/a.js) does not export 'nope'; it exports: b, c"
    assert (error["name"], error["file"], error["line"], error["column"]) == ("SyntaxError", "main.js", 2, 10)


def test_a_missing_type_export_says_how_types_are_imported(failure: Callable[[Files], dict[str, Any]]) -> None:
    error = failure({"main.ts": 'import { T } from "./a.ts"; let x: T', "a.ts": "export type T = 1"})
    assert error["message"].endswith("it exports: nothing; if it is a type, write: import type")


def test_an_ambiguous_export_is_named_as_such(failure: Callable[[Files], dict[str, Any]]) -> None:
    files = {
        "main.js": 'import { k } from "./a.js"',
        "a.js": 'export * from "./b.js"',
        "b.js": 'export * from "./c.js"; export * from "./d.js"',
        "c.js": "export const k = 1",
        "d.js": "export const k = 2",
    }
    error = failure(files)
    assert error["message"] == "\"./a.js\" (a.js) exports 'k' through two 'export *' that mean different things"


def test_json_that_is_none_names_its_file(failure: Callable[[Files], dict[str, Any]]) -> None:
    error = failure({"main.js": 'import x from "./d.json" with { type: "json" }', "d.json": "{"})
    assert error["message"].startswith("d.json is not JSON: ")


def test_json_and_code_are_not_mixed_up(failure: Callable[[Files], dict[str, Any]]) -> None:
    error = failure({"main.js": 'import x from "./d.json"', "d.json": "{}"})
    assert error["message"] == 'd.json is JSON; write: with { type: "json" }'
    error = failure({"main.js": 'import x from "./d.js" with { type: "json" }', "d.js": ""})
    assert error["message"] == 'd.js is not JSON; write the import without: with { type: "json" }'


def test_an_error_of_v8_names_the_authors_line_and_column(v8_run: Run) -> None:
    shown = "e.stack.match(/[\\w/]+\\.js:\\d+:\\d+/g).slice(0, 2).join()"
    files = {
        "main.js": f'import {{ f }} from "./lib/a.js"\n\ntry {{ f() }} catch (e) {{ console.log({shown}) }}',
        "lib/a.js": "// one\nexport function f() {\n    null.x\n}",
    }
    (line,) = v8_run(files)
    inner, outer = line.split(",")
    assert inner == "lib/a.js:3:10"
    name, number, column = outer.split(":")
    assert (name, number) == ("main.js", "3")
    assert (
        original_column(rewrite(files["main.js"], "main.js").shifts, 3, int(column)) == 8
    )  # V8 places a call through `(0,f)` at its arguments


def test_the_same_file_under_two_names_is_one_module(quickjs_run: Run) -> None:
    files = {
        "main.js": 'import * as a from "./x.js"; import * as b from "./././x.js"; console.log(a === b)',
        "x.js": "console.log('once')",
    }
    assert quickjs_run(files) == ["once", "true"]


def test_a_failed_load_can_be_tried_again(quickjs_run: Run) -> None:
    files = {
        "main.js": 'for (const n of ["./b.js", "./b.js"]) await import(n).catch((e) => console.log(e.message))',
        "b.js": 'import "./none.js"',
    }
    assert quickjs_run(files) == ["there is no module ./none.js"] * 2
