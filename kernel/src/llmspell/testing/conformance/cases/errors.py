"""How calls fail, what a spell can catch, and how its own errors end it."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails
from llmspell.testing.steps import Fail

CASES = (
    Case(
        "an error of the spell's own ends it with its message and line",
        lua="""
            local x = 1
            error("ouch")
        """,
        javascript="""
            const x = 1;
            throw new Error("ouch");
        """,
        error=Fails("script_failed", "ouch", line=2),
        exit_code=1,
    ),
    Case(
        "an error inside a function names the function's line",
        lua="""
            local function fails()
              error("ouch")
            end
            fails() return 1
        """,
        javascript="""
            function fails() {
              throw new Error("ouch");
            }
            fails();
        """,
        error=Fails("script_failed", "ouch", line=2),
    ),
    Case(
        "an error after a call names its line",
        lua="""
            Async.sleep(0)
            State.set("x", 1)
            error("ouch")
        """,
        javascript="""
            await Async.sleep(0);
            await State.set("x", 1);
            throw new Error("ouch");
        """,
        error=Fails("script_failed", "ouch", line=3),
    ),
    Case(
        "a mistake of the language ends the spell at its line",
        lua="""
            local nothing
            local x = nothing.field
        """,
        javascript="""
            let nothing;
            const x = nothing.field;
        """,
        error=Fails("script_failed", line=2),
        exit_code=1,
    ),
    Case(
        "a name that was never defined is a mistake",
        lua="missing_function()",
        javascript="missing_function();",
        error=Fails("script_failed", "missing_function", line=1),
    ),
    Case(
        "a spell that cannot be parsed names the line and runs nothing",
        lua="""
            print("before")
            local = 5
        """,
        javascript="""
            console.log("before");
            const = 5;
        """,
        error=Fails("script_failed", line=2),
        output="",
        exit_code=1,
    ),
    Case(
        "an error with a kind keeps it",
        lua='error{ kind = "not_found", message = "gone" }',
        javascript='throw { kind: "not_found", message: "gone" };',
        error=Fails("not_found", "gone"),
    ),
    Case(
        "an error with an unknown kind is the script's failure",
        lua='error{ kind = "made_up", message = "gone" }',
        javascript='throw { kind: "made_up", message: "gone" };',
        error=Fails("script_failed", "gone"),
    ),
    Case(
        "an error's details arrive in the tool's caller",
        lua="""
            Tool.define{ name = "t", run = function() error{ kind = "conflict", message = "m", details = { n = 3 } } end }
            local _, problem = pcall(Tool.run, "t")
            return { problem.kind, problem.message, problem.details.n }
        """,
        javascript="""
            const run = () => { throw { kind: "conflict", message: "m", details: { n: 3 } }; };
            await Tool.define({ name: "t", run });
            try {
              await Tool.run("t");
            } catch (problem) {
              return [problem.kind, problem.message, problem.details.n];
            }
        """,
        value=["conflict", "m", 3],
    ),
    Case(
        "an error of the host can be caught and has its fields",
        lua="""
            local ok, problem = pcall(Tool.run, "no_such_tool")
            return { ok, problem.kind, problem.component, problem.retryable, type(problem.message) }
        """,
        javascript="""
            try {
              await Tool.run("no_such_tool");
            } catch (problem) {
              const text = typeof problem.message;
              return [false, problem.kind, problem.component, problem.retryable, text];
            }
        """,
        value=[False, "unknown_tool", "tool:no_such_tool", False, "string"],
    ),
    Case(
        "an error of the host reads well as text",
        lua="""
            local _, problem = pcall(State.get, 5)
            return tostring(problem):find("State.get: key must be a string, not 5", 1, true) ~= nil
        """,
        javascript="""
            try {
              await State.get(5);
            } catch (problem) {
              return String(problem).includes("State.get: key must be a string, not 5");
            }
        """,
        value=True,
    ),
    Case(
        "an error that is caught and raised again stays the same",
        lua="""
            local _, problem = pcall(Tool.run, "no_such_tool")
            error(problem)
        """,
        javascript="""
            try {
              await Tool.run("no_such_tool");
            } catch (problem) {
              throw problem;
            }
        """,
        error=Fails("unknown_tool", "no tool named 'no_such_tool' is installed", component="tool:no_such_tool"),
    ),
    Case(
        "an error of the host that nobody catches ends the spell at its line",
        lua="""
            local x = 1
            State.get(5)
        """,
        javascript="""
            const x = 1;
            await State.get(5);
        """,
        error=Fails("invalid_arguments", "State.get: key must be a string, not 5", line=2),
    ),
    Case(
        "after a caught error the spell goes on",
        lua='pcall(Tool.run, "no_such_tool") State.set("x", 1) return State.get("x")',
        javascript="""
            try { await Tool.run("no_such_tool"); } catch {}
            await State.set("x", 1);
            return await State.get("x");
        """,
        value=1,
    ),
    Case(
        "a try form gives the value and no error",
        lua="""
            State.set("x", 1)
            local value, problem = State.try_get("x")
            return { value, problem == nil }
        """,
        javascript="""
            await State.set("x", 1);
            const [value, problem] = await State.tryGet("x");
            return [value, problem == null];
        """,
        value=[1, True],
    ),
    Case(
        "a try form gives no value and the error",
        lua='local value, problem = Tool.try_run("no_such_tool") return { value == nil, problem.kind }',
        javascript="""
            const [value, problem] = await Tool.tryRun("no_such_tool");
            return [value == null, problem.kind];
        """,
        value=[True, "unknown_tool"],
    ),
    Case(
        "a method of a handle has a try form too",
        lua="""
            local t = Tool.define{ name = "t", run = function() error("ouch", 0) end }
            local value, problem = t:try_run()
            return { value == nil, problem.message }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => { throw new Error("ouch"); } });
            const [value, problem] = await t.tryRun();
            return [value == null, problem.message];
        """,
        value=[True, "ouch"],
    ),
    Case(
        "a function that a global lacks is an error that names the nearest",
        lua='State.gett("x")',
        javascript='await State.gett("x");',
        error=Fails("invalid_arguments", "State has no function 'gett'", hint="did you mean 'get'?"),
    ),
    Case(
        "a method that a handle lacks is an error that names the nearest",
        lua='Event.subscribe("a"):nextt()',
        javascript='await (await Event.subscribe("a")).nextt();',
        error=Fails("invalid_arguments", "Subscription has no method 'nextt'", hint="did you mean 'next'?"),
    ),
    Case(
        "an error from a model can be caught",
        lua="""
            local _, problem = pcall(Provider.complete, { prompt = "hi" })
            return { problem.kind, problem.component, problem.retryable }
        """,
        javascript="""
            try {
              await Provider.complete({ prompt: "hi" });
            } catch (problem) {
              return [problem.kind, problem.component, problem.retryable];
            }
        """,
        steps=(Fail(429),),
        value=["rate_limited", "provider:scripted", True],
    ),
    Case(
        "an error from a model that nobody catches ends the spell",
        lua='Provider.complete{ prompt = "hi" }',
        javascript='await Provider.complete({ prompt: "hi" });',
        steps=(Fail(401),),
        error=Fails("authentication", "fails with status 401", component="provider:scripted"),
        exit_code=5,
    ),
    Case(
        "an error passes through a tool that calls a tool",
        lua="""
            Tool.define{ name = "inner", run = function() error{ kind = "not_found", message = "gone" } end }
            Tool.define{ name = "outer", run = function() return Tool.run("inner").output end }
            local _, problem = pcall(Tool.run, "outer")
            return { problem.kind, problem.message, problem.component }
        """,
        javascript="""
            await Tool.define({ name: "inner", run: () => { throw { kind: "not_found", message: "gone" }; } });
            await Tool.define({ name: "outer", run: async () => (await Tool.run("inner")).output });
            try {
              await Tool.run("outer");
            } catch (problem) {
              return [problem.kind, problem.message, problem.component];
            }
        """,
        value=["not_found", "gone", "tool:inner"],
    ),
)
