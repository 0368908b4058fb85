"""Budgets and limits: reaching one is never a success, and says which it was."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Text

_LUA_TOOL = 'local t = Tool.define{ name = "t", run = function() return 1 end }'
_JAVASCRIPT_TOOL = 'const t = await Tool.define({ name: "t", run: () => 1 });'

CASES = (
    Case(
        "tool calls are counted",
        lua=f"{_LUA_TOOL} t:run() t:run() t:run()",
        javascript=f"{_JAVASCRIPT_TOOL} await t.run(); await t.run(); await t.run();",
        sets=("budget.tool_calls=2",),
        error=Fails("budget", "the budget tool_calls of 2 is used up", hint="--set budget.tool_calls=N"),
        stop_reason="budget.tool_calls",
        exit_code=6,
        events=(Happens("tool.finished", "tool.finished", "tool.finished"),),
    ),
    Case(
        "model calls are counted",
        lua='Provider.complete{ prompt = "a" } Provider.complete{ prompt = "b" }',
        javascript='await Provider.complete({ prompt: "a" }); await Provider.complete({ prompt: "b" });',
        steps=(Text("1"),),
        sets=("budget.model_calls=1",),
        error=Fails("budget", "the budget model_calls of 1 is used up"),
        stop_reason="budget.model_calls",
    ),
    Case(
        "tokens are counted",
        lua='Provider.complete{ prompt = "a" } Provider.complete{ prompt = "b" }',
        javascript='await Provider.complete({ prompt: "a" }); await Provider.complete({ prompt: "b" });',
        steps=(Text("1"),),
        sets=("budget.tokens=15",),
        error=Fails("budget", "the budget tokens of 15 is used up"),
        stop_reason="budget.tokens",
    ),
    Case(
        "a model of unknown price is refused when the cost is limited",
        lua='Provider.complete{ prompt = "a" }',
        javascript='await Provider.complete({ prompt: "a" });',
        sets=("budget.cost=1",),
        error=Fails("budget", "the price of 'scripted/model' is not known"),
        stop_reason="budget.cost",
    ),
    Case(
        "a budget that is used up can be caught and stays used up",
        lua=f"""
            {_LUA_TOOL}
            t:run()
            local kinds = {{}}
            for i = 1, 2 do
              local _, problem = pcall(t.run, t)
              kinds[i] = {{ problem.kind, problem.details.budget, problem.details.limit }}
            end
            return kinds
        """,
        javascript=f"""
            {_JAVASCRIPT_TOOL}
            await t.run();
            const kinds = [];
            for (let i = 0; i < 2; i += 1) {{
              try {{
                await t.run();
              }} catch (problem) {{
                kinds.push([problem.kind, problem.details.budget, problem.details.limit]);
              }}
            }}
            return kinds;
        """,
        sets=("budget.tool_calls=1",),
        value=[["budget", "tool_calls", 1], ["budget", "tool_calls", 1]],
    ),
    Case(
        "an agent that uses up a budget stops with its reason and keeps what it has",
        lua=f"""
            {_LUA_TOOL}
            local reply = Agent.create{{ tools = {{ t }} }}:run("go")
            return {{ reply.stop_reason, #reply.calls, #reply.messages > 1 }}
        """,
        javascript=f"""
            {_JAVASCRIPT_TOOL}
            const reply = await (await Agent.create({{ tools: [t] }})).run("go");
            return [reply.stopReason, reply.calls.length, reply.messages.length > 1];
        """,
        steps=(Calls(("t", {})),),
        sets=("budget.model_calls=1",),
        value=["budget.model_calls", 1, True],
    ),
    Case(
        "tools that call each other without end reach the depth",
        lua='Tool.define{ name = "r", run = function() return Tool.run("r").output end } Tool.run("r")',
        javascript='await Tool.define({ name: "r", run: async () => (await Tool.run("r")).output }); await Tool.run("r");',
        error=Fails("budget", "the budget depth of 16 nested operations is used up"),
        stop_reason="budget.depth",
    ),
    Case(
        "a wait that is too long uses up the wall time",
        lua='Async.sleep(20) return "never"',
        javascript='await Async.sleep(20); return "never";',
        sets=("budget.wall_time=0.03",),
        error=Fails("budget", "the budget wall_time of 0.03 seconds is used up"),
        stop_reason="budget.wall_time",
        exit_code=6,
    ),
    Case(
        "computing without a pause is stopped",
        lua="while true do end",
        javascript="while (true) {}",
        sets=("limits.slice=0.05",),
        error=Fails("budget"),
        stop_reason="budget.cpu",
        exit_code=6,
    ),
    Case(
        "computing in a loop that catches everything is stopped",
        lua="while true do pcall(function() while true do end end) end",
        javascript="while (true) { try { while (true) {} } catch {} }",
        sets=("limits.slice=0.05",),
        error=Fails("budget"),
        stop_reason="budget.cpu",
    ),
    Case(
        "computing after a wait is stopped",
        lua="Async.sleep(0.001) while true do end",
        javascript="await Async.sleep(0.001); while (true) {}",
        sets=("limits.slice=0.05",),
        error=Fails("budget"),
        stop_reason="budget.cpu",
    ),
    Case(
        "computing in a tool is stopped",
        lua='Tool.define{ name = "t", run = function() while true do end end }:run()',
        javascript='await (await Tool.define({ name: "t", run: () => { while (true) {} } })).run();',
        sets=("limits.slice=0.05",),
        error=Fails("budget"),
        stop_reason="budget.cpu",
    ),
    Case(
        "a spell that hoards is stopped",
        lua='local hoard = {} while true do hoard[#hoard + 1] = ("x"):rep(10000) .. #hoard end',
        javascript='const hoard = []; while (true) hoard.push("x".repeat(10000) + hoard.length + Math.random());',
        sets=("limits.memory=16777216", "limits.slice=3"),
        error=Fails("budget"),
        stop_reason="budget.memory",
    ),
    Case(
        "a recursion without end is an error that can be caught",
        lua='local function f() return 1 + f() end return { pcall(f) == false, State.get("x", "goes on") }',
        javascript="""
            const f = () => 1 + f();
            try { f(); } catch { return [true, await State.get("x", "goes on")]; }
        """,
        value=[True, "goes on"],
    ),
    Case(
        "a spell that makes too many events in a second is refused more",
        lua='for i = 1, 20 do Event.publish("a.b") Log.debug("x") end',
        javascript='for (let i = 0; i < 20; i++) { await Event.publish("a.b"); await Log.debug("x"); }',
        sets=("limits.event_rate=4",),
        error=Fails("budget", "the budget event_rate of 4 events in a second is used up", hint="limits.event_rate=N"),
        stop_reason="budget.event_rate",
        exit_code=6,
    ),
)
