"""Modules: what `require` and `import` load, from where, and how often."""

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails

CASES = (
    Case(
        "a module beside the spell is loaded",
        lua='return require("lib").twice(21)',
        javascript='import { twice } from "./lib.js"; return twice(21);',
        files={
            "lib.lua": "return { twice = function(n) return n * 2 end }",
            "lib.js": "export function twice(n) { return n * 2; }",
        },
        value=42,
    ),
    Case(
        "a module may lie in a folder",
        lua='return require("lib.text").name',
        javascript='import { name } from "./lib/text.js"; return name;',
        files={"lib/text.lua": 'return { name = "text" }', "lib/text.js": 'export const name = "text";'},
        value="text",
    ),
    Case(
        "a module can be loaded in the middle of a spell",
        lua='if true then return require("lib") end',
        javascript='if (true) { return (await import("./lib.js")).default; }',
        files={"lib.lua": 'return "late"', "lib.js": 'export default "late";'},
        value="late",
    ),
    Case(
        "a module runs once and is shared",
        lua='local a, b = require("lib"), require("lib") a.n = 5 return { b.n, a == b }',
        javascript="""
            const a = (await import("./lib.js")).default;
            const b = (await import("./lib.js")).default;
            a.n = 5;
            return [b.n, a === b];
        """,
        files={
            "lib.lua": 'print("runs") return { n = 1 }',
            "lib.js": 'console.log("runs"); export default { n: 1 };',
        },
        value=[5, True],
        output="runs\n",
    ),
    Case(
        "two tasks that load one module run it once",
        lua="""
            local function load() return require("lib") end
            local both = Async.all{ load, load }
            return both[1] == both[2]
        """,
        javascript="""
            const load = async () => (await import("./lib.js")).default;
            const both = await Async.all([load, load]);
            return both[0] === both[1];
        """,
        files={
            "lib.lua": 'print("runs") Async.sleep(0.002) return {}',
            "lib.js": 'console.log("runs"); await Async.sleep(0.002); export default {};',
        },
        value=True,
        output="runs\n",
    ),
    Case(
        "a module may load a module",
        lua='return require("a")',
        javascript='import a from "./a.js"; return a;',
        files={
            "a.lua": 'return "a" .. require("b")',
            "b.lua": 'return "b"',
            "a.js": 'import b from "./b.js"; export default "a" + b;',
            "b.js": 'export default "b";',
        },
        value="ab",
    ),
    Case(
        "a module may use the script API while it loads",
        lua='State.set("x", 41) return require("lib")',
        javascript='await State.set("x", 41); return (await import("./lib.js")).default;',
        files={
            "lib.lua": 'return State.get("x") + 1',
            "lib.js": 'export default (await State.get("x")) + 1;',
        },
        value=42,
    ),
    Case(
        "a module may define a tool",
        lua='require("lib") return Tool.run("t").output',
        javascript='import "./lib.js"; return (await Tool.run("t")).output;',
        files={
            "lib.lua": 'Tool.define{ name = "t", run = function() return "from the module" end }',
            "lib.js": 'await Tool.define({ name: "t", run: () => "from the module" });',
        },
        value="from the module",
    ),
    Case(
        "a module that fails names its own file and line",
        lua='local _, problem = pcall(require, "lib") return tostring(problem):match("lib%.lua:2") ~= nil',
        javascript='try { await import("./lib.js"); } catch (problem) { return /lib\\.js:2/.test(problem.stack); }',
        files={"lib.lua": 'local x = 1\nerror("ouch")', "lib.js": 'const x = 1;\nthrow new Error("ouch");'},
        value=True,
    ),
    Case(
        "an error that leaves a module ends the spell at the module's line",
        lua='require("lib")',
        javascript='import "./lib.js";',
        files={"lib.lua": 'local x = 1\n\nerror("ouch")', "lib.js": 'const x = 1;\n\nthrow new Error("ouch");'},
        error=Fails("script_failed", "ouch", line=3),
    ),
    Case(
        "a module that cannot be parsed names its line",
        lua='local x = require("lib")',
        javascript='import "./lib.js";',
        files={"lib.lua": "local x = 1\nlocal = 5", "lib.js": "const x = 1;\nconst = 5;"},
        error=Fails("script_failed", line=2),
    ),
    Case(
        "a module that does not exist is not found",
        lua='require("no_such_module")',
        javascript='await import("./no_such_module.js");',
        error=Fails("not_found", "there is no module"),
    ),
    Case(
        "a module that does not exist can be coped with",
        lua='local ok, problem = pcall(require, "no_such_module") return { ok, problem.kind }',
        javascript='try { await import("./no_such_module.js"); } catch (problem) { return [false, problem.kind]; }',
        value=[False, "not_found"],
    ),
    Case(
        "a module outside the allowed folders cannot be named",
        lua='local ok = pcall(require, "../outside") return ok',
        javascript='try { await import("../outside.js"); } catch { return false; }',
        value=False,
    ),
    Case(
        "a configured folder has modules too",
        lua='return require("shared")',
        javascript='import shared from "shared.js"; return shared;',
        files={"more/shared.lua": 'return "shared"', "more/shared.js": 'export default "shared";'},
        sets=('modules.paths=["more"]',),
        value="shared",
    ),
    Case(
        "the spell's own folder comes before a configured one",
        lua='return require("lib")',
        javascript='import lib from "lib.js"; return lib;',
        files={
            "lib.lua": 'return "own"',
            "more/lib.lua": 'return "other"',
            "lib.js": 'export default "own";',
            "more/lib.js": 'export default "other";',
        },
        sets=('modules.paths=["more"]',),
        value="own",
    ),
    Case(
        "a module in a folder finds another beside it",
        lua='return require("lib.outer")',
        javascript='import value from "./lib/outer.js"; return value;',
        files={
            "lib/outer.lua": 'return require("lib.inner") + 1',
            "lib/inner.lua": "return 1",
            "lib/outer.js": 'import inner from "./inner.js"; export default inner + 1;',
            "lib/inner.js": "export default 1;",
        },
        value=2,
    ),
    Case(
        "what a module throws can be caught with its kind",
        lua="""
            local ok, problem = pcall(require, "lib")
            return { ok, problem.kind, problem.message }
        """,
        javascript="""
            try { await import("./lib.js"); } catch (problem) { return [false, problem.kind, problem.message]; }
        """,
        files={
            "lib.lua": 'error({ kind = "not_found", message = "gone" })',
            "lib.js": 'throw { kind: "not_found", message: "gone" };',
        },
        value=[False, "not_found", "gone"],
    ),
    Case(
        "a module's own variables are nobody else's",
        lua='local secret = 1 require("lib") return { secret, type(hidden) }',
        javascript="""
            const secret = 1;
            await import("./lib.js");
            return [secret, typeof hidden === "undefined" ? "nil" : "there"];
        """,
        files={
            "lib.lua": "local secret, hidden = 2, 3 return {}",
            "lib.js": "const secret = 2, hidden = 3; export default {};",
        },
        value=[1, "nil"],
    ),
    Case(
        "a function of a module may wait",
        lua='return require("lib").later()',
        javascript='import { later } from "./lib.js"; return await later();',
        files={
            "lib.lua": 'return { later = function() Async.sleep(0.001) return "late" end }',
            "lib.js": 'export async function later() { await Async.sleep(0.001); return "late"; }',
        },
        value="late",
    ),
    Case(
        "a callback may load a module",
        lua="""
            Tool.define{ name = "t", run = function() return require("lib") end }
            return Tool.run("t").output
        """,
        javascript="""
            await Tool.define({ name: "t", run: async () => (await import("./lib.js")).default });
            return (await Tool.run("t")).output;
        """,
        files={"lib.lua": 'return "loaded"', "lib.js": 'export default "loaded";'},
        value="loaded",
    ),
)
