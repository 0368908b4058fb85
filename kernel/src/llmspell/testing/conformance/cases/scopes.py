"""The scopes of the global `State`, transactions, and what holds for single keys."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails
from llmspell.testing.steps import Calls, Text

_MEMORY = ("run.store=memory",)


CASES = (
    Case(
        "each scope has values of its own",
        lua="""
            local found = {}
            for i, name in ipairs{ "app", "user", "run", "temp" } do State.scope(name):set("x", i) end
            for i, name in ipairs{ "app", "user", "run", "temp" } do found[i] = State.scope(name):get("x") end
            found[5] = State.get("x")
            return found
        """,
        javascript="""
            const [app, user] = [await State.scope("app"), await State.scope("user")];
            const scopes = [app, user, await State.scope("run"), await State.scope("temp")];
            for (const [i, scope] of scopes.entries()) await scope.set("x", i + 1);
            return [...await Promise.all(scopes.map((scope) => scope.get("x"))), await State.get("x")];
        """,
        value=[1, 2, 3, 4, 3],
        sets=_MEMORY,
    ),
    Case(
        "a kept scope can do what the run's can",
        lua="""
            local user = State.scope("user")
            user:set("a.x", { 1, "two" })
            user:set("b", 1)
            local new = user:update("n", function(n) return (n or 0) + 1 end)
            return { user:get("a.x"), user:get("no", "default"), user:list(), user:list("a."), user:delete("b"), user:delete("b"), new }
        """,
        javascript="""
            const user = await State.scope("user");
            await user.set("a.x", [1, "two"]);
            await user.set("b", 1);
            const updated = await user.update("n", (n) => (n ?? 0) + 1);
            return [await user.get("a.x"), await user.get("no", "default"), await user.list(), await user.list("a."),
                    await user.delete("b"), await user.delete("b"), updated];
        """,
        value=[[1, "two"], "default", ["a.x", "b", "n"], ["a.x"], True, False, 1],
        sets=_MEMORY,
    ),
    Case(
        "updates of a kept key at once lose nothing",
        lua="""
            local app = State.scope("app")
            local function add() app:update("n", function(n) Async.sleep(0.001) return (n or 0) + 1 end) end
            Async.all{ add, add, add, add, add }
            return app:get("n")
        """,
        javascript="""
            const app = await State.scope("app");
            const add = () => app.update("n", async (n) => { await Async.sleep(0.001); return (n ?? 0) + 1; });
            await Async.all([add, add, add, add, add]);
            return await app.get("n");
        """,
        value=5,
        sets=_MEMORY,
    ),
    Case(
        "temp is one agent call's and its tools'",
        lua="""
            Tool.define{ name = "note", run = function()
              local temp = State.scope("temp")
              return temp:update("notes", function(n) return (n or 0) + 1 end)
            end }
            local agent = Agent.create{ tools = { "note" } }
            State.scope("temp"):set("notes", 10)
            agent:run("once")
            agent:run("twice")
            return { State.scope("temp"):get("notes"), Tool.run("note").output }
        """,
        javascript="""
            await Tool.define({ name: "note", run: async () => {
              const temp = await State.scope("temp");
              return await temp.update("notes", (n) => (n ?? 0) + 1);
            } });
            const agent = await Agent.create({ tools: ["note"] });
            await (await State.scope("temp")).set("notes", 10);
            await agent.run("once");
            await agent.run("twice");
            return [await (await State.scope("temp")).get("notes"), (await Tool.run("note")).output];
        """,
        value=[10, 11],
        steps=(
            Calls(("note", {})),
            Calls(("note", {})),
            Text("two notes"),
            Calls(("note", {})),
            Text("one note"),
        ),
    ),
    Case(
        "calls at once belong each to the agent that made it",
        lua="""
            local function who(name)
              local agent = Agent.create{ name = name, run = function()
                local temp = State.scope("temp")
                temp:set("who", name)
                Async.sleep(0.005)
                return temp:get("who", "nobody")
              end }
              return function() return agent:run("").text end
            end
            return Async.all{ who("a"), who("b"), who("c") }
        """,
        javascript="""
            const who = async (name) => {
              const agent = await Agent.create({ name, run: async () => {
                const temp = await State.scope("temp");
                await temp.set("who", name);
                await Async.sleep(0.005);
                return await temp.get("who", "nobody");
              } });
              return async () => (await agent.run("")).text;
            };
            return await Async.all(await Promise.all(["a", "b", "c"].map(who)));
        """,
        value=["a", "b", "c"],
    ),
    Case(
        "a value is gone when its time is over",
        lua="""
            State.set("a", 1, { ttl = 0.05 })
            State.set("b", 1, { ttl = 60 })
            local before = State.list()
            Async.sleep(0.1)
            return { before, State.list(), State.get("a", "gone") }
        """,
        javascript="""
            await State.set("a", 1, { ttl: 0.05 });
            await State.set("b", 1, { ttl: 60 });
            const before = await State.list();
            await Async.sleep(0.1);
            return [before, await State.list(), await State.get("a", "gone")];
        """,
        value=[["a", "b"], ["b"], "gone"],
    ),
    Case(
        "a transaction writes all that it wrote",
        lua="""
            State.set("from", 10)
            local given = State.transaction(function(tx)
              tx:set("from", tx:get("from") - 3)
              tx:set("to", tx:get("to", 0) + 3)
              return { tx:get("from"), tx:list(), State.get("to") == nil }
            end)
            return { given, State.get("from"), State.get("to") }
        """,
        javascript="""
            await State.set("from", 10);
            const given = await State.transaction(async (tx) => {
              await tx.set("from", (await tx.get("from")) - 3);
              await tx.set("to", (await tx.get("to", 0)) + 3);
              return [await tx.get("from"), await tx.list(), (await State.get("to")) == null];
            });
            return [given, await State.get("from"), await State.get("to")];
        """,
        value=[[7, ["from", "to"], True], 7, 3],
    ),
    Case(
        "a transaction that fails writes nothing",
        lua="""
            local app = State.scope("app")
            app:set("x", 1)
            local _, problem = pcall(app.transaction, app, function(tx)
              tx:delete("x")
              tx:set("y", 2)
              error("ouch", 0)
            end)
            return { problem.message, app:get("x"), app:list() }
        """,
        javascript="""
            const app = await State.scope("app");
            await app.set("x", 1);
            try {
              await app.transaction(async (tx) => {
                await tx.delete("x");
                await tx.set("y", 2);
                throw new Error("ouch");
              });
            } catch (problem) {
              return [problem.message, await app.get("x"), await app.list()];
            }
        """,
        value=["ouch", 1, ["x"]],
        sets=_MEMORY,
    ),
    Case(
        "transactions at once do not come between each other",
        lua="""
            local function move()
              State.transaction(function(tx)
                local a, b = tx:get("a", 0), tx:get("b", 0)
                Async.sleep(0.001)
                tx:set("a", a + 1)
                tx:set("b", b - 1)
              end)
            end
            Async.all{ move, move, move, move }
            return { State.get("a"), State.get("b") }
        """,
        javascript="""
            const move = () => State.transaction(async (tx) => {
              const [a, b] = [await tx.get("a", 0), await tx.get("b", 0)];
              await Async.sleep(0.001);
              await tx.set("a", a + 1);
              await tx.set("b", b - 1);
            });
            await Async.all([move, move, move, move]);
            return [await State.get("a"), await State.get("b")];
        """,
        value=[4, -4],
    ),
    Case(
        "a transaction is of no use when it is over",
        lua='local kept State.transaction(function(tx) kept = tx end) kept:get("x")',
        javascript='let kept; await State.transaction((tx) => { kept = tx; }); await kept.get("x");',
        error=Fails("not_found", "closed"),
    ),
    Case(
        "a value that does not fit the key's schema is refused",
        lua="""
            State.define("n", { schema = { type = "integer", minimum = 0 } })
            State.set("n", 3)
            local _, problem = pcall(State.update, "n", function(n) return n - 5 end)
            return { State.get("n"), problem.kind, problem.message }
        """,
        javascript="""
            await State.define("n", { schema: { type: "integer", minimum: 0 } });
            await State.set("n", 3);
            const [, problem] = await State.tryUpdate("n", (n) => n - 5);
            return [await State.get("n"), problem.kind, problem.message];
        """,
        value=[
            3,
            "invalid_arguments",
            "the state key 'n' (run) cannot have this value: $: the value is less than the minimum of 0, found -2",
        ],
    ),
    Case(
        "a value that was got is a copy",
        lua="""
            State.set("list", { 1 })
            local list = State.get("list")
            list[2] = 2
            return State.get("list")
        """,
        javascript="""
            await State.set("list", [1]);
            (await State.get("list")).push(2);
            return await State.get("list");
        """,
        value=[1],
    ),
    Case(
        "the state of a run has a limit",
        lua='State.set("x", string.rep("x", 2000))',
        javascript='await State.set("x", "x".repeat(2000));',
        sets=("limits.state_bytes=1000",),
        error=Fails("budget", "the budget state_bytes of 1000 bytes is used up", "limits.state_bytes"),
        stop_reason="budget.state_bytes",
    ),
    Case(
        "an unknown scope is refused",
        lua='State.scope("sesion")',
        javascript='await State.scope("sesion");',
        error=Fails("invalid_arguments", "State.scope: name must be one of", "did you mean 'session'?"),
    ),
    Case(
        "without a session there is no state of one",
        lua='State.scope("session"):get("x")',
        javascript='await (await State.scope("session")).get("x");',
        error=Fails("not_found", "this run belongs to none", "llmspell run --session"),
    ),
    Case(
        "an unknown reducer is refused",
        lua='State.define("x", { reducer = "ad" })',
        javascript='await State.define("x", { reducer: "ad" });',
        error=Fails("invalid_arguments", "State.define: reducer", ""),
    ),
    Case(
        "an unknown option of set is refused",
        lua='State.set("x", 1, { tll = 5 })',
        javascript='await State.set("x", 1, { tll: 5 });',
        error=Fails("unknown_option", "unknown option 'tll'", "did you mean 'ttl'?"),
    ),
    Case(
        "a time that makes no sense is refused",
        lua='State.set("x", 1, { ttl = 0 })',
        javascript='await State.set("x", 1, { ttl: 0 });',
        error=Fails("invalid_arguments", "ttl must be more than 0"),
    ),
)
