"""The global `Tool`, and tools that a spell defines."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens


def _refused(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return Case(behaviour, lua=lua, javascript=f"await {javascript};", error=Fails(kind, message))


def _definition(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return _refused(behaviour, f"Tool.define{{ {lua} }}", f"Tool.define({{ {javascript} }})", message, kind=kind)


def _wrong_arguments(behaviour: str, lua: str, javascript: str, message: str) -> Case:
    """A tool over a whole number `n` and an optional text `s` is run with these arguments."""
    return Case(
        behaviour,
        lua=f"""
            Tool.define{{ name = "t", parameters = {{ n = "integer", s = {{ type = "string", optional = true }} }},
              run = function() print("ran") end }}
            Tool.run("t", {lua})
        """,
        javascript=f"""
            await Tool.define({{ name: "t", parameters: {{ n: "integer", s: {{ type: "string", optional: true }} }},
              run: () => {{ console.log("ran"); }} }});
            await Tool.run("t", {javascript});
        """,
        error=Fails("invalid_arguments", message, component="tool:t"),
        output="",
    )


CASES = (
    Case(
        "a tool runs by name, by handle and by a handle had by name",
        lua="""
            local half = Tool.define{ name = "half", parameters = { n = "number" }, run = function(a) return a.n / 2 end }
            return { Tool.run("half", { n = 3 }).output, half:run{ n = 5 }.output, Tool.get("half"):run{ n = 1 }.output }
        """,
        javascript="""
            const half = await Tool.define({ name: "half", parameters: { n: "number" }, run: (a) => a.n / 2 });
            const named = await Tool.get("half");
            return [(await Tool.run("half", { n: 3 })).output, (await half.run({ n: 5 })).output, (await named.run({ n: 1 })).output];
        """,
        value=[1.5, 2.5, 0.5],
    ),
    Case(
        "tools are found by words",
        lua='Tool.define{ name = "stock", description = "How much is left.", run = print } return Tool.search("left", { limit = 1 })[1].name',
        javascript='await Tool.define({ name: "stock", description: "How much is left.", run() {} }); return (await Tool.search("left", { limit: 1 }))[0].name;',
        value="stock",
    ),
    _refused(
        "a search for no tool is refused",
        'Tool.search("x", { limit = 0 })',
        'Tool.search("x", { limit: 0 })',
        "Tool.search: limit must be from 1 to 100, not 0",
    ),
    Case(
        "a tool may answer nothing",
        lua='return Tool.define{ name = "t", run = function() end }:run().output == nil',
        javascript='return (await (await Tool.define({ name: "t", run: () => {} })).run()).output == null;',
        value=True,
    ),
    Case(
        "a tool without arguments gets an empty object",
        lua='return Tool.define{ name = "t", run = function(a) return { type(a), next(a) == nil } end }:run().output',
        javascript="""
            const t = await Tool.define({ name: "t", run: (a) => [typeof a === "object" && "table", Object.keys(a).length === 0] });
            return (await t.run()).output;
        """,
        value=["table", True],
    ),
    Case(
        "arguments of every kind reach a tool",
        lua="""
            local echo = Tool.define{ name = "echo", parameters = { v = {} }, run = function(a) return a.v end }
            return echo:run{ v = { 1, "ä", { a = true }, Json.null, Json.array() } }.output
        """,
        javascript="""
            const echo = await Tool.define({ name: "echo", parameters: { v: {} }, run: (a) => a.v });
            return (await echo.run({ v: [1, "ä", { a: true }, null, []] })).output;
        """,
        value=[1, "ä", {"a": True}, None, []],
    ),
    Case(
        "parameters may be a JSON Schema",
        lua="""
            Tool.define{ name = "t", run = function(a) return a.n end, parameters = {
              type = "object", properties = { n = { type = "integer", minimum = 3 } }, required = { "n" } } }
            local _, problem = pcall(Tool.run, "t", { n = 2 })
            return { Tool.run("t", { n = 3 }).output, problem.kind }
        """,
        javascript="""
            await Tool.define({ name: "t", run: (a) => a.n, parameters: {
              type: "object", properties: { n: { type: "integer", minimum: 3 } }, required: ["n"] } });
            const { output } = await Tool.run("t", { n: 3 });
            try { await Tool.run("t", { n: 2 }); } catch (problem) { return [output, problem.kind]; }
        """,
        value=[3, "invalid_arguments"],
    ),
    Case(
        "a tool may wait and use the whole script API",
        lua="""
            Tool.define{ name = "t", run = function() Async.sleep(0.001) return State.get("x") + 1 end }
            State.set("x", 41)
            return Tool.run("t").output
        """,
        javascript="""
            await Tool.define({ name: "t", run: async () => { await Async.sleep(0.001); return (await State.get("x")) + 1; } });
            await State.set("x", 41);
            return (await Tool.run("t")).output;
        """,
        value=42,
    ),
    Case(
        "a tool that calls a tool stands above it",
        lua="""
            Tool.define{ name = "inner", run = function() return 1 end }
            Tool.define{ name = "outer", run = function() return Tool.run("inner").output + 1 end }
            local result = Tool.run("outer").output
            local paths = {}
            for i, event in ipairs(Event.history("tool.started")) do paths[i] = event.path end
            return { result, paths }
        """,
        javascript="""
            await Tool.define({ name: "inner", run: () => 1 });
            await Tool.define({ name: "outer", run: async () => (await Tool.run("inner")).output + 1 });
            const { output } = await Tool.run("outer");
            return [output, (await Event.history("tool.started")).map((event) => event.path)];
        """,
        value=[2, ["run/tool:outer", "run/tool:outer/tool:inner"]],
    ),
    Case(
        "a tool may call itself",
        lua="""
            Tool.define{ name = "down", parameters = { n = "integer" }, run = function(a)
              return a.n == 0 and 0 or 1 + Tool.run("down", { n = a.n - 1 }).output
            end }
            return Tool.run("down", { n = 3 }).output
        """,
        javascript="""
            await Tool.define({ name: "down", parameters: { n: "integer" },
              run: async (a) => (a.n === 0 ? 0 : 1 + (await Tool.run("down", { n: a.n - 1 })).output) });
            return (await Tool.run("down", { n: 3 })).output;
        """,
        value=3,
    ),
    Case(
        "a tool runs several times at once",
        lua="""
            local t = Tool.define{ name = "t", parameters = { n = "integer" },
              run = function(a) Async.sleep(0.01 - a.n / 1000) return a.n end }
            local seen = {}
            for i, result in ipairs(Async.map({ 1, 2, 3 }, function(n) return t:run{ n = n } end)) do
              seen[i] = result.output
            end
            return seen
        """,
        javascript="""
            const t = await Tool.define({ name: "t", parameters: { n: "integer" },
              run: async (a) => { await Async.sleep(0.01 - a.n / 1000); return a.n; } });
            const results = await Async.map([1, 2, 3], (n) => t.run({ n }));
            return results.map((result) => result.output);
        """,
        value=[1, 2, 3],
    ),
    Case(
        "a tool may define another",
        lua="""
            Tool.define{ name = "maker", run = function()
              Tool.define{ name = "made", run = function() return "new" end }
            end }
            Tool.run("maker")
            return Tool.run("made").output
        """,
        javascript="""
            await Tool.define({ name: "maker", run: async () => {
              await Tool.define({ name: "made", run: () => "new" });
            } });
            await Tool.run("maker");
            return (await Tool.run("made")).output;
        """,
        value="new",
    ),
    Case(
        "an error in a tool keeps its message and names the tool",
        lua='Tool.define{ name = "t", run = function() error("ouch") end }:run()',
        javascript='await (await Tool.define({ name: "t", run: () => { throw new Error("ouch"); } })).run();',
        error=Fails("script_failed", "ouch", component="tool:t"),
        events=(Happens("tool.*", "tool.started", ("tool.failed", {"name": "t", "error": {"kind": "script_failed"}})),),
    ),
    Case(
        "a result that is no value is the tool's failure",
        lua='Tool.define{ name = "t", run = function() return { f = print } end }:run()',
        javascript='await (await Tool.define({ name: "t", run: () => ({ f: () => 1 }) })).run();',
        error=Fails(
            "invalid_arguments", "the function's result.f must be plain data, not a function", component="tool:t"
        ),
    ),
    Case(
        "a late tool is a timeout",
        lua='Tool.define{ name = "t", timeout = 0.01, run = function() Async.sleep(10) end }:run()',
        javascript='await (await Tool.define({ name: "t", timeout: 0.01, run: () => Async.sleep(10) })).run();',
        error=Fails("timeout", "tool 't' took longer than 0.01 seconds", component="tool:t"),
    ),
    Case(
        "a timeout can be caught and tried again",
        lua="""
            local tries = 0
            local t = Tool.define{ name = "t", timeout = 0.1, run = function()
              tries = tries + 1
              if tries == 1 then Async.sleep(10) end
              return tries
            end }
            local _, problem = pcall(t.run, t)
            return { problem.retryable, t:run().output }
        """,
        javascript="""
            let tries = 0;
            const t = await Tool.define({ name: "t", timeout: 0.1, run: async () => {
              tries += 1;
              if (tries === 1) await Async.sleep(10);
              return tries;
            } });
            try { await t.run(); } catch (problem) { return [problem.retryable, (await t.run()).output]; }
        """,
        value=[True, 2],
    ),
    Case(
        "a closed tool frees its name",
        lua="""
            local first = Tool.define{ name = "t", run = function() return 1 end }
            first:close()
            local _, gone = pcall(Tool.run, "t")
            Tool.define{ name = "t", run = function() return 2 end }
            return { gone.kind, Tool.run("t").output }
        """,
        javascript="""
            const first = await Tool.define({ name: "t", run: () => 1 });
            await first.close();
            try {
              await Tool.run("t");
            } catch (gone) {
              await Tool.define({ name: "t", run: () => 2 });
              return [gone.kind, (await Tool.run("t")).output];
            }
        """,
        value=["unknown_tool", 2],
    ),
    Case(
        "a closed handle no longer works",
        lua='local t = Tool.define{ name = "t", run = function() end } t:close() t:run()',
        javascript='const t = await Tool.define({ name: "t", run: () => {} }); await t.close(); await t.run();',
        error=Fails("not_found", "is closed"),
    ),
    Case(
        "a defined tool is listed and described",
        lua="""
            local before = #Tool.list()
            Tool.define{ name = "mine", description = "D", parameters = { a = "string" }, run = print }
            local described = Tool.describe("mine")
            return { #Tool.list() - before, described.name, described.description, described.parameters }
        """,
        javascript="""
            const before = (await Tool.list()).length;
            await Tool.define({ name: "mine", description: "D", parameters: { a: "string" }, run: () => {} });
            const described = await Tool.describe("mine");
            return [(await Tool.list()).length - before, described.name, described.description, described.parameters];
        """,
        value=[
            1,
            "mine",
            "D",
            {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "required": ["a"],
                "additionalProperties": False,
            },
        ],
    ),
    _definition("a definition needs a name", "run = print", "run() {}", "Tool.define: name is missing"),
    _definition("a definition needs a function", 'name = "t"', 'name: "t"', "Tool.define: run is missing"),
    _definition(
        "a tool's function is a function",
        'name = "t", run = 3',
        'name: "t", run: 3',
        "Tool.define: run must be a function, not 3",
    ),
    _definition(
        "a tool's name is one word",
        'name = "a b", run = print',
        'name: "a b", run() {}',
        "Tool.define: 'a b' is not a tool name",
    ),
    _definition(
        "a tool's timeout is above zero",
        'name = "t", run = print, timeout = 0',
        'name: "t", run() {}, timeout: 0',
        "timeout must be above 0",
    ),
    _definition(
        "a tool's description is text",
        'name = "t", run = print, description = 1',
        'name: "t", run() {}, description: 1',
        "Tool.define: description must be a string, not 1",
    ),
    _definition(
        "a type of a parameter is known",
        'name = "t", run = print, parameters = { n = "integr" }',
        'name: "t", run() {}, parameters: { n: "integr" }',
        "'integr'",
    ),
    _definition(
        "an unknown key of a definition is refused",
        'name = "t", run = print, params = {}',
        'name: "t", run() {}, params: {}',
        "Tool.define: unknown option 'params'",
        kind="unknown_option",
    ),
    _refused("a definition is an object", "Tool.define(5)", "Tool.define(5)", "Tool.define: must be an object, not 5"),
    _refused("define needs a definition", "Tool.define()", "Tool.define()", "Tool.define: definition is missing"),
    Case(
        "a name that is taken is a conflict",
        lua='Tool.define{ name = "t", run = print } Tool.define{ name = "t", run = print }',
        javascript='await Tool.define({ name: "t", run() {} }); await Tool.define({ name: "t", run() {} });',
        error=Fails("conflict", "a tool named 't' exists already", component="tool:t"),
    ),
    _wrong_arguments(
        "arguments of a wrong type never reach a tool",
        '{ n = "three" }',
        '{ n: "three" }',
        "$.n: expected integer, found 'three'",
    ),
    _wrong_arguments("arguments that are missing never reach a tool", "{}", "{}", "'n' is missing"),
    _wrong_arguments(
        "arguments that are unknown never reach a tool", "{ n = 1, m = 2 }", "{ n: 1, m: 2 }", "'m' is not known"
    ),
    _wrong_arguments(
        "optional arguments are checked too", "{ n = 1, s = 2 }", "{ n: 1, s: 2 }", "$.s: expected string, found 2"
    ),
    Case(
        "optional arguments may be left out",
        lua="""
            Tool.define{ name = "t", parameters = { s = { type = "string", optional = true } },
              run = function(a) return a.s == nil end }
            return Tool.run("t").output
        """,
        javascript="""
            await Tool.define({ name: "t", parameters: { s: { type: "string", optional: true } }, run: (a) => a.s == null });
            return (await Tool.run("t")).output;
        """,
        value=True,
    ),
    _refused(
        "an unknown tool cannot run",
        'Tool.run("no_such_tool")',
        'Tool.run("no_such_tool")',
        "no tool named 'no_such_tool' is installed",
        kind="unknown_tool",
    ),
    _refused(
        "an unknown tool cannot be had",
        'Tool.get("no_such_tool")',
        'Tool.get("no_such_tool")',
        "no tool named",
        kind="unknown_tool",
    ),
    _refused(
        "an unknown tool cannot be described",
        'Tool.describe("no_such_tool")',
        'Tool.describe("no_such_tool")',
        "no tool named",
        kind="unknown_tool",
    ),
    _refused("run needs a name", "Tool.run()", "Tool.run()", "Tool.run: name is missing"),
    _refused(
        "arguments are an object",
        'Tool.run("t", 5)',
        'Tool.run("t", 5)',
        "Tool.run: arguments must be an object, not 5",
    ),
    _refused("list takes no arguments", "Tool.list(1)", "Tool.list(1)", "Tool.list takes at most 0 arguments, not 1"),
    Case(
        "a near name is offered for an unknown tool",
        lua='Tool.define{ name = "measure", run = print } Tool.run("mesure")',
        javascript='await Tool.define({ name: "measure", run() {} }); await Tool.run("mesure");',
        error=Fails("unknown_tool", hint="did you mean 'measure'?"),
    ),
)
