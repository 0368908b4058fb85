"""Modules and TypeScript in spells, as both engines load them from real files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source

Cast = Callable[..., Awaitable[Ended]]


@pytest.fixture(params=["javascript", "quickjs"])
def cast(request: pytest.FixtureRequest, tmp_path: Path) -> Cast:
    """Runs the first of some files: `cast(files)`."""

    async def run(files: Mapping[str, str], profile: str = "low", *sets: str) -> Ended:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        main = next(iter(files))
        async with Kernel(load(tmp_path, {}, sets), environ={}) as kernel:
            source = Source(files[main], main, (tmp_path / main).resolve())
            return await kernel.cast(source, RunOptions(engine=request.param, profile=profile))

    return run


async def value(cast: Cast, files: Mapping[str, str], *more: str) -> Any:
    ended = await cast(files, *more)
    assert ended.error is None, ended.error
    return ended.value


COUNTER = "export let n = 0; export const add = () => { n += 1; };"
RIGHT: dict[str, tuple[dict[str, str], Any]] = {
    "bindings are live": (
        {"main.js": 'import { n, add } from "./counter.js"; add(); add(); return n;', "counter.js": COUNTER},
        2,
    ),
    "a namespace has all exports": (
        {"main.js": 'import * as all from "./counter.js"; return Object.keys(all);', "counter.js": COUNTER},
        ["add", "n"],
    ),
    "a cycle sees what is there by then": (
        {
            "main.js": 'import { even } from "./even.js"; return even(5);',
            "even.js": 'import { odd } from "./odd.js"; export function even(n) { return n === 0 || odd(n - 1); }',
            "odd.js": 'import { even } from "./even.js"; export function odd(n) { return n !== 0 && even(n - 1); }',
        },
        False,
    ),
    "a module may import the spell": (
        {
            "main.js": 'import { again } from "./lib.js"; export const n = 4; return again();',
            "lib.js": 'import { n } from "./main.js"; export const again = () => n;',
        },
        4,
    ),
    "exports are passed on": (
        {"main.js": 'import { n } from "./all.js"; return n;', "all.js": 'export * from "./counter.js";', "counter.js": COUNTER},
        0,
    ),
    "JSON is imported": (
        {"main.js": 'import data from "./d.json" with { type: "json" }; return data.a;', "d.json": '{"a": [1, null]}'},
        [1, None],
    ),
    "JSON is imported in the middle": (
        {"main.mjs": 'return (await import("./d.json", { with: { type: "json" } })).default;', "d.json": "7"},
        7,
    ),
    "the default export is the value of a spell that returns nothing": (
        {"main.js": 'import { n } from "./counter.js"; export default [n];', "counter.js": COUNTER},
        [0],
    ),
    "a path without a dot starts from the spell's folder": (
        {"a/main.js": 'import { n } from "lib/counter.js"; return n;', "a/lib/counter.js": COUNTER},
        0,
    ),
    "a folder above the module is inside the spell's": (
        {"main.js": 'import n from "./a/b.js"; return n;', "a/b.js": 'export { n as default } from "../counter.js";', "counter.js": COUNTER},
        0,
    ),
    "TypeScript loses its types": (
        {"main.ts": "interface A { n: number }\nconst a: A = { n: 1 };\nreturn (a as A).n satisfies number;"},
        1,
    ),
    "TypeScript imports TypeScript": (
        {"main.ts": 'import { type T, f } from "./lib.mts";\nconst t: T = 2;\nexport default f(t);', "lib.mts": "export type T = number;\nexport const f = (n: T): T => n * 2;"},
        4,
    ),
    "the word import in a text is no import": ({"main.js": 'const s = "import x from y"; return s.length;'}, 15),
    "a first line for the shell": ({"main.js": '#!/usr/bin/env llmspell\nimport { n } from "./counter.js"; return n;', "counter.js": COUNTER}, 0),
    "a module knows its own name": ({"main.js": "return import.meta.main;"}, True),
    "letters beyond ASCII": (
        {"main.js": 'import { größe } from "./größe.js"; return größe;', "größe.js": 'export const größe = "😀";'},
        "😀",
    ),
    "an empty module": ({"main.js": 'import * as all from "./empty.js"; return Object.keys(all);', "empty.js": ""}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
async def test_what_modules_can_do(name: str, cast: Cast) -> None:
    files, expected = RIGHT[name]
    assert await value(cast, files) == expected


async def test_modules_work_in_a_worker(cast: Cast) -> None:
    files = {"main.ts": 'import { n } from "./counter.js";\nexport default n as number;', "counter.js": COUNTER}
    assert await value(cast, files, "medium") == 0


BAD_LINE_2 = "const a = 1;\nconst = 2;"
WRONG: dict[str, tuple[dict[str, str], str, str, int]] = {
    "a syntax error": ({"main.js": 'import "./lib.js"', "lib.js": BAD_LINE_2}, "SyntaxError: ", "lib.js", 2),
    "an error that only the engine sees": (
        {"main.js": 'import "./lib.js"', "lib.js": "let a = 1;\nlet a = 2;"}, "SyntaxError: ", "lib.js", 2),
    "an error in the spell that only the engine sees": (
        {"main.js": 'export const b = 1;\nlet a = 1;\nlet a = 2;'}, "SyntaxError: ", "main.js", 3),
    "an error of a module": ({"main.js": 'import "./lib.js"', "lib.js": "\n\nnull.x;"}, "TypeError: ", "lib.js", 3),
    "an error of an imported function": (
        {"main.js": '\nimport { f } from "./lib.js";\nf();', "lib.js": "export function f() {\n  null.x;\n}"},
        "TypeError: ", "lib.js", 2),
    "a name that is not exported": (
        {"main.js": '\nimport { m } from "./lib.js";', "lib.js": COUNTER},
        "does not export 'm'; it exports: add, n", "main.js", 2),
    "a module that is not there": ({"main.js": '\n\nimport "./lib.js"'}, "there is no module './lib.js'", "main.js", 3),
    "a module of a module that is not there": (
        {"main.js": 'import "./lib.js"', "lib.js": '\nimport "./gone.js"'}, "there is no module './gone.js'", "lib.js", 2),
    "a module in the middle that is not there": (
        {"main.js": '\nawait import("./lib.js");'}, "there is no module './lib.js'", "main.js", 2),
    "JSON without saying so": (
        {"main.js": '\nimport d from "./d.json";', "d.json": "1"},
        'd.json is JSON; write: with { type: "json" }', "main.js", 2),
    "JSON in the middle without saying so": (
        {"main.js": '\nawait import("./d.json");', "d.json": "1"},
        'd.json is JSON; write: with { type: "json" }', "main.js", 2),
    "a frozen error": (
        {"main.js": '\nawait import("./lib.js");', "lib.js": '\nthrow Object.freeze(new Error("cold"));'}, "cold", "lib.js", 2),
    "a broken JSON": ({"main.js": 'import d from "./d.json" with { type: "json" };', "d.json": "{"}, "d.json is not JSON", "d.json", 1),
    "an enum": ({"main.ts": "\nenum A { B }"}, "an enum cannot be erased", "main.ts", 2),
    "an enum in a module": ({"main.ts": 'import "./lib.ts"', "lib.ts": "\n\nenum A { B }"}, "an enum cannot be erased", "lib.ts", 3),
    "an import in code that a function makes": (
        {"main.js": 'await Function("return import(\\"./lib.js\\")")();', "lib.js": ""}, "", "main.js", 0),
    "an assignment to an import": (
        {"main.js": '\nimport { n } from "./lib.js";\nn = 1;', "lib.js": COUNTER}, "cannot be assigned to", "main.js", 3),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
async def test_an_error_names_its_file_and_line(name: str, cast: Cast) -> None:
    files, message, file, line = WRONG[name]
    error: Any = (await cast(files)).error
    assert message in error.message
    assert (error.file, error.line if line else 0) == (file, line)


ESCAPES = {
    "above": "../outside.js",
    "above by way of a folder": "./lib/../../outside.js",
    "by a path from the root": "/etc/hostname.json",
    "by a link to a file": "./link.js",
    "by a link to a folder": "./linked/outside.js",
    "by a bare path": "lib/../../outside.js",
}


@pytest.mark.parametrize("path", ESCAPES.values(), ids=ESCAPES)
async def test_a_path_that_leads_out_is_denied(path: str, cast: Cast, tmp_path: Path) -> None:
    outside = tmp_path / "outside.js"
    outside.write_text("export default 'secret';")
    (tmp_path / "spells" / "lib").mkdir(parents=True)
    (tmp_path / "spells" / "link.js").symlink_to(outside)
    (tmp_path / "spells" / "linked").symlink_to(tmp_path)
    ended = await cast({"spells/main.js": f"return await import({path!r});"})
    assert ended.error is not None
    assert ended.error.kind == "permission"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("node:fs", "'node:fs' cannot be imported"),
        ("https://example.com/x.js", "cannot be imported: modules are files"),
        ("data:text/javascript,1", "cannot be imported"),
        ("file:///etc/x.js", "cannot be imported"),
        ("lodash", "module 'lodash' has none of the endings"),
        ("./lib", "module './lib' has none of the endings"),
        ("./lib.txt", "module './lib.txt' has none of the endings"),
        ("", "'' is not the path of a module"),
        ("./a\\\\b.js", "is not the path of a module"),
        ("./a\\0.js", "is not the path of a module"),
    ],
)
async def test_what_is_no_path_of_a_module_is_refused(path: str, message: str, cast: Cast) -> None:
    ended = await cast({"main.js": f'return await import("{path}");'})
    assert message in str(ended.error)


async def test_the_hint_names_the_file_that_was_meant(cast: Cast) -> None:
    ended = await cast({"main.js": 'import { n } from "./countr.js";', "counter.js": COUNTER})
    assert ended.error is not None
    assert ended.error.hint == "did you mean 'counter.js'?"


async def test_a_profile_without_modules_denies_them(cast: Cast) -> None:
    ended = await cast({"main.js": 'import "./lib.js"', "lib.js": ""}, "high")
    assert "modules are not allowed in profile 'high'" in str(ended.error)


async def test_a_failed_import_can_be_tried_again(cast: Cast) -> None:
    spell = """
    const kinds = [];
    for (let i = 0; i < 2; i++) try { await import("./gone.js"); } catch (problem) { kinds.push(problem.kind); }
    return kinds;
    """
    assert await value(cast, {"main.js": spell}) == ["not_found", "not_found"]


async def test_a_stack_has_the_columns_that_the_author_wrote(cast: Cast) -> None:
    rest = "\nconst f = (x) => { throw new Error(x); }; f(n + n + n);"
    plain: Any = (await cast({"main.js": f"const n = 1;{rest}"})).error
    module: Any = (await cast({"main.js": f'import {{ n }} from "./counter.js";{rest}', "counter.js": COUNTER})).error
    assert module.traceback == plain.traceback
    assert module.traceback.count("main.js:2:") == 2


async def test_who_waits_for_a_module_goes_on_for_its_own_task(cast: Cast) -> None:
    spell = """
    const first = Async.spawn(async () => { await import("./slow.js"); await Async.sleep(60); });
    const second = Async.spawn(async () => { await import("./slow.js"); await Async.sleep(0.05); return "mine"; });
    while (!(await State.get("loaded"))) await Async.sleep(0.001);
    await Async.sleep(0.005);
    first.cancel();
    return await second.wait();
    """
    files = {"main.js": spell, "slow.js": 'await Async.sleep(0.005); await State.set("loaded", true);'}
    assert await value(cast, files) == "mine"


async def test_a_spell_that_is_no_file_says_why_it_has_no_relative_paths(tmp_path: Path) -> None:
    async with Kernel(load(tmp_path, {}), environ={}) as kernel:
        ended = await kernel.cast(Source('await import("./lib.js")', "(exec)"), RunOptions(engine="quickjs"))
    assert "a spell that is no file has no folder from which a relative path starts" in str(ended.error)


def test_a_callback_with_the_number_of_an_import_is_no_module(run: Callable[..., Any]) -> None:
    driver = run('const late = import("./lib.js"); await Host.hook(() => 7); await late;')
    [[_, _, _, [function]]] = [call for call in driver.calls if call[2] == "hook"]
    assert driver.calls[0][:3] == (1, "@modules", "import")
    assert driver.answers[driver.callback(function)] == 7
    driver.answer(1, {"source": "", "name": "lib.js", "key": "/lib.js"})
    assert driver.value is None


async def test_a_poisoned_language_breaks_only_the_spells_own_imports(cast: Cast) -> None:
    spell = "Array.prototype.map = Set.prototype.add = () => { throw new Error('poison') }; return await import('./lib.js');"
    ended = await cast({"main.js": spell, "lib.js": ""})
    assert ended.error is not None
    assert ended.error.kind == "script_failed"
