"""The global `Hook`: functions of the spell around what it makes happen."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from typing import Any

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Text

_LUA_ADD = (
    'Tool.define{ name = "add", parameters = { a = "integer", b = "integer" }, run = function(x) return x.a + x.b end }'
)
_JAVASCRIPT_ADD = (
    'await Tool.define({ name: "add", parameters: { a: "integer", b: "integer" }, run: (x) => x.a + x.b });'
)


def _around(behaviour: str, lua: str, javascript: str, **outcome: Any) -> Case:
    """The output of `add` over 1 and 2, with these hooks; Any: the fields of a case."""
    return Case(
        behaviour,
        lua=f'{_LUA_ADD}\n{lua}\nreturn Tool.run("add", {{ a = 1, b = 2 }}).output',
        javascript=f'{_JAVASCRIPT_ADD}\n{javascript}\nreturn (await Tool.run("add", {{ a: 1, b: 2 }})).output;',
        **outcome,
    )


def _wrong_verdict(behaviour: str, lua: str, javascript: str, message: str) -> Case:
    return _around(
        behaviour,
        f'Hook.on("pre_tool", function() return {lua} end)',
        f'await Hook.on("pre_tool", () => ({javascript}));',
        value=3,
        events=(Happens("hook.*", ("hook.failed", {"hook": "script.pre_tool", "guard": False, "error": message})),),
    )


_VERDICTS = "a hook returns nothing, or a table with one of modify, replace and veto"

CASES = (
    Case(
        "a hook sees the call",
        lua=f"""
            {_LUA_ADD}
            local seen
            Hook.on("pre_tool", function(call) seen = call end)
            Tool.run("add", {{ a = 1, b = 2 }})
            return seen
        """,
        javascript=f"""
            {_JAVASCRIPT_ADD}
            let seen;
            await Hook.on("pre_tool", (call) => {{ seen = call; }});
            await Tool.run("add", {{ a: 1, b: 2 }});
            return seen;
        """,
        value={"kind": "tool", "name": "add", "path": "run/tool:add", "attempt": 1, "arguments": {"a": 1, "b": 2}},
    ),
    _around(
        "a hook that gives nothing changes nothing",
        'Hook.on("pre_tool", function() end) Hook.on("post_tool", function() end)',
        'await Hook.on("pre_tool", () => {}); await Hook.on("post_tool", () => {});',
        value=3,
    ),
    _around(
        "a hook may modify an argument",
        'Hook.on("pre_tool", function() return { modify = { b = 40 } } end)',
        'await Hook.on("pre_tool", () => ({ modify: { b: 40 } }));',
        value=41,
    ),
    _around(
        "a hook may modify the arguments by that name",
        'Hook.on("pre_tool", function() return { modify = { arguments = { b = 40 } } } end)',
        'await Hook.on("pre_tool", () => ({ modify: { arguments: { b: 40 } } }));',
        value=41,
    ),
    _around(
        "modified arguments are checked again",
        'Hook.on("pre_tool", function() return { modify = { b = "x" } } end)',
        'await Hook.on("pre_tool", () => ({ modify: { b: "x" } }));',
        error=Fails("invalid_arguments", "$.b: expected integer, found 'x'", component="tool:add"),
    ),
    _around(
        "a hook may answer in the tool's place",
        'Hook.on("pre_tool", function() return { replace = { "instead" } } end)',
        'await Hook.on("pre_tool", () => ({ replace: ["instead"] }));',
        value=["instead"],
    ),
    _around(
        "a hook may replace the result",
        'Hook.on("post_tool", function(_, result) return { replace = result * 2 } end)',
        'await Hook.on("post_tool", (call, result) => ({ replace: result * 2 }));',
        value=6,
    ),
    _around(
        "a veto before is an error with its reason",
        'Hook.on("pre_tool", function() return { veto = "not today" } end)',
        'await Hook.on("pre_tool", () => ({ veto: "not today" }));',
        error=Fails("vetoed", "tool 'add' was vetoed: not today", component="tool:add"),
        events=(Happens("tool.*", "tool.started", ("tool.failed", {"error": {"kind": "vetoed"}})),),
        exit_code=4,
    ),
    _around(
        "a veto afterwards is an error with its reason",
        'Hook.on("post_tool", function() return { veto = "not today" } end)',
        'await Hook.on("post_tool", () => ({ veto: "not today" }));',
        error=Fails("vetoed", "the result of tool 'add' was vetoed: not today", component="tool:add"),
    ),
    _around(
        "hooks before run in the order they were added, hooks afterwards in the opposite one",
        """
        local order = {}
        for i = 1, 2 do Hook.on("pre_tool", function() order[#order + 1] = "pre " .. i end) end
        for i = 1, 2 do Hook.on("post_tool", function() order[#order + 1] = "post " .. i end) end
        Tool.run("add", { a = 1, b = 2 })
        local copy = table.move(order, 1, #order, 1, {})
        Hook.on("post_tool", function() return { replace = copy } end)
        """,
        """
        const order = [];
        for (const i of [1, 2]) await Hook.on("pre_tool", () => { order.push(`pre ${i}`); });
        for (const i of [1, 2]) await Hook.on("post_tool", () => { order.push(`post ${i}`); });
        await Tool.run("add", { a: 1, b: 2 });
        const copy = [...order];
        await Hook.on("post_tool", () => ({ replace: copy }));
        """,
        value=["pre 1", "pre 2", "post 2", "post 1"],
    ),
    _around(
        "a hook that vetoes keeps later hooks from running",
        'Hook.on("pre_tool", function() return { veto = "no" } end) Hook.on("pre_tool", function() print("ran") end)',
        'await Hook.on("pre_tool", () => ({ veto: "no" })); await Hook.on("pre_tool", () => { console.log("ran"); });',
        error=Fails("vetoed"),
        output="",
    ),
    _around(
        "an observer that fails changes nothing and is told of",
        'Hook.on("pre_tool", function() error("ouch") end)',
        'await Hook.on("pre_tool", () => { throw new Error("ouch"); });',
        value=3,
        events=(Happens("hook.*", ("hook.failed", {"hook": "script.pre_tool", "error": "ouch", "guard": False})),),
    ),
    _around(
        "an observer that fails afterwards changes nothing and is told of",
        'Hook.on("post_tool", function() error("ouch") end)',
        'await Hook.on("post_tool", () => { throw new Error("ouch"); });',
        value=3,
        events=(Happens("hook.*", ("hook.failed", {"hook": "script.post_tool", "error": "ouch"})),),
    ),
    _around(
        "a guard that fails stops the operation",
        'Hook.on("pre_tool", function() error("ouch") end, { guard = true })',
        'await Hook.on("pre_tool", () => { throw new Error("ouch"); }, { guard: true });',
        error=Fails("vetoed", "was stopped because the guard script.pre_tool failed: ouch"),
    ),
    _around(
        "an observer that is late is passed over",
        'Hook.on("pre_tool", function() Async.sleep(10) end, { timeout = 0.01 })',
        'await Hook.on("pre_tool", () => Async.sleep(10), { timeout: 0.01 });',
        value=3,
        events=(Happens("hook.*", ("hook.failed", {"error": "it took longer than 0.01 seconds"})),),
    ),
    _around(
        "a guard that is late stops the operation",
        'Hook.on("pre_tool", function() Async.sleep(10) end, { guard = true, timeout = 0.01 })',
        'await Hook.on("pre_tool", () => Async.sleep(10), { guard: true, timeout: 0.01 });',
        error=Fails("vetoed", "it took longer than 0.01 seconds"),
    ),
    _around(
        "an observer is switched off after failing again and again",
        """
        local calls = 0
        Hook.on("pre_tool", function() calls = calls + 1 error("ouch") end)
        for _ = 1, 4 do Tool.run("add", { a = 1, b = 2 }) end
        Hook.on("post_tool", function() return { replace = calls } end)
        """,
        """
        let calls = 0;
        await Hook.on("pre_tool", () => { calls += 1; throw new Error("ouch"); });
        for (let i = 0; i < 4; i += 1) await Tool.run("add", { a: 1, b: 2 });
        await Hook.on("post_tool", () => ({ replace: calls }));
        """,
        sets=("hooks.failures=2",),
        value=2,
        events=(Happens("hook.*", "hook.failed", "hook.failed", ("hook.disabled", {"hook": "script.pre_tool"})),),
    ),
    _around(
        "a closed hook is gone, and may be closed twice",
        'local hook = Hook.on("pre_tool", function() return { replace = 0 } end) hook:close() hook:close()',
        'const hook = await Hook.on("pre_tool", () => ({ replace: 0 })); await hook.close(); await hook.close();',
        value=3,
    ),
    _around(
        "a hook may call tools itself",
        """
        Hook.on("pre_tool", function(call)
          if call.arguments.a == 1 then return { replace = Tool.run("add", { a = 10, b = 10 }).output } end
        end)
        """,
        """
        await Hook.on("pre_tool", async (call) => {
          if (call.arguments.a === 1) return { replace: (await Tool.run("add", { a: 10, b: 10 })).output };
        });
        """,
        value=20,
    ),
    _around(
        "a hook may wait",
        'Hook.on("pre_tool", function() Async.sleep(0.001) return { modify = { a = State.get("a", 5) } } end)',
        'await Hook.on("pre_tool", async () => { await Async.sleep(0.001); return { modify: { a: await State.get("a", 5) } }; });',
        value=7,
    ),
    Case(
        "hooks around a model may change the request and the answer",
        lua="""
            local temperature
            Hook.on("pre_llm", function() return { modify = { temperature = 0.5 } } end)
            Hook.on("post_llm", function(call, result)
              temperature = call.request.temperature
              return { replace = result.text:upper() }
            end)
            return { Agent.create{}:run("hi").text, temperature }
        """,
        javascript="""
            let temperature;
            await Hook.on("pre_llm", () => ({ modify: { temperature: 0.5 } }));
            await Hook.on("post_llm", (call, result) => {
              temperature = call.request.temperature;
              return { replace: result.text.toUpperCase() };
            });
            return [(await (await Agent.create({})).run("hi")).text, temperature];
        """,
        steps=(Text("hello"),),
        value=["HELLO", 0.5],
    ),
    Case(
        "a hook may answer in a model's place",
        lua='Hook.on("pre_llm", function() return { replace = "mine" } end) return Provider.complete{ prompt = "hi" }.text',
        javascript='await Hook.on("pre_llm", () => ({ replace: "mine" })); return (await Provider.complete({ prompt: "hi" })).text;',
        value="mine",
    ),
    Case(
        "hooks around an agent may change its input and its result",
        lua="""
            local agent = Agent.create{ name = "echo", run = function(input) return input end }
            Hook.on("pre_agent", function(call) return { modify = { input = call.input .. "!" } } end)
            local first = agent:run("a").text
            Hook.on("post_agent", function(_, result) return { replace = { text = result.text, output = 1 } } end)
            local second = agent:run("b")
            return { first, second.text, second.output }
        """,
        javascript="""
            const agent = await Agent.create({ name: "echo", run: (input) => input });
            await Hook.on("pre_agent", (call) => ({ modify: { input: `${call.input}!` } }));
            const first = (await agent.run("a")).text;
            await Hook.on("post_agent", (call, result) => ({ replace: { text: result.text, output: 1 } }));
            const second = await agent.run("b");
            return [first, second.text, second.output];
        """,
        value=["a!", "b!", 1],
    ),
    _wrong_verdict("a verdict that is no object is the hook's failure", "3", "3", _VERDICTS),
    _wrong_verdict(
        "two verdicts at once are the hook's failure",
        '{ modify = {}, veto = "x" }',
        '{ modify: {}, veto: "x" }',
        _VERDICTS,
    ),
    _wrong_verdict("an unknown verdict is the hook's failure", '{ vetto = "x" }', '{ vetto: "x" }', _VERDICTS),
    _wrong_verdict(
        "a veto without a reason is the hook's failure", "{ veto = 5 }", "{ veto: 5 }", "a hook's veto must be a reason"
    ),
    _wrong_verdict(
        "a change that is no object is the hook's failure",
        '{ modify = "x" }',
        '{ modify: "x" }',
        "a hook's modify must be a table",
    ),
    _around(
        "a hook afterwards cannot modify",
        'Hook.on("post_tool", function() return { modify = { a = 1 } } end)',
        'await Hook.on("post_tool", () => ({ modify: { a: 1 } }));',
        value=3,
        events=(Happens("hook.*", ("hook.failed", {"error": "a hook after the operation cannot modify it"})),),
    ),
    Case(
        "every point that is listed can be hooked",
        lua="for _, point in ipairs(Hook.points()) do Hook.on(point, function() end) end return #Hook.points() >= 12",
        javascript="""
            const points = await Hook.points();
            for (const point of points) await Hook.on(point, () => {});
            return points.length >= 12;
        """,
        value=True,
    ),
    *(
        Case(
            behaviour,
            lua=f"Hook.on({lua})",
            javascript=f"await Hook.on({javascript});",
            error=Fails(kind, message, hint),
        )
        for behaviour, lua, javascript, kind, message, hint in (
            (
                "an unknown point names the nearest",
                '"pre_tol", print',
                '"pre_tol", () => {}',
                "invalid_arguments",
                "point must be one of",
                "did you mean 'pre_tool'?",
            ),
            ("a point is needed", "", "", "invalid_arguments", "Hook.on: point is missing", ""),
            (
                "a function is needed",
                '"pre_tool"',
                '"pre_tool"',
                "invalid_arguments",
                "Hook.on: function is missing",
                "",
            ),
            (
                "a hook is a function",
                '"pre_tool", 5',
                '"pre_tool", 5',
                "invalid_arguments",
                "Hook.on: function must be a function, not 5",
                "",
            ),
            (
                "guard is true or false",
                '"pre_tool", print, { guard = 1 }',
                '"pre_tool", () => {}, { guard: 1 }',
                "invalid_arguments",
                "Hook.on: guard must be true or false, not 1",
                "",
            ),
            (
                "an unknown option of a hook is refused",
                '"pre_tool", print, { gard = true }',
                '"pre_tool", () => {}, { gard: true }',
                "unknown_option",
                "unknown option 'gard'",
                "did you mean 'guard'?",
            ),
        )
    ),
)
