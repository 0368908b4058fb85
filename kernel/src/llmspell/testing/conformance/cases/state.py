"""The global `State`."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails


def _refused(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return Case(behaviour, lua=lua, javascript=f"await {javascript};", error=Fails(kind, message))


CASES = (
    Case(
        "a key that is not set is nothing",
        lua='return State.get("x") == nil',
        javascript='return (await State.get("x")) == null;',
        value=True,
    ),
    Case(
        "a key that is not set gives the default",
        lua='return State.get("x", { 1 })',
        javascript='return await State.get("x", [1]);',
        value=[1],
    ),
    Case(
        "a key that is set does not give the default",
        lua='State.set("x", false) return State.get("x", true)',
        javascript='await State.set("x", false); return await State.get("x", true);',
        value=False,
    ),
    Case(
        "a key set twice has the later value",
        lua='State.set("x", 1) State.set("x", "two") return State.get("x")',
        javascript='await State.set("x", 1); await State.set("x", "two"); return await State.get("x");',
        value="two",
    ),
    Case(
        "delete tells whether the key was set",
        lua='State.set("x", 1) return { State.delete("x"), State.delete("x"), State.get("x", "gone") }',
        javascript="""
            await State.set("x", 1);
            return [await State.delete("x"), await State.delete("x"), await State.get("x", "gone")];
        """,
        value=[True, False, "gone"],
    ),
    Case(
        "list gives all keys, sorted",
        lua='State.set("b", 1) State.set("a", 1) State.set("ä", 1) return State.list()',
        javascript='await State.set("b", 1); await State.set("a", 1); await State.set("ä", 1); return await State.list();',
        value=["a", "b", "ä"],
    ),
    Case(
        "list of nothing is an empty list", lua="return State.list()", javascript="return await State.list();", value=[]
    ),
    Case(
        "list with a prefix gives the keys that start with it",
        lua='State.set("a.x", 1) State.set("ab", 1) State.set("a.b", 1) return State.list("a.")',
        javascript="""
            for (const key of ["a.x", "ab", "a.b"]) await State.set(key, 1);
            return await State.list("a.");
        """,
        value=["a.b", "a.x"],
    ),
    Case(
        "any text is a key",
        lua='State.set("", 1) State.set("a b/ä", 2) return { State.get(""), State.get("a b/ä") }',
        javascript="""
            await State.set("", 1);
            await State.set("a b/ä", 2);
            return [await State.get(""), await State.get("a b/ä")];
        """,
        value=[1, 2],
    ),
    Case(
        "update sets the key to what its function makes of the value",
        lua="""
            State.set("n", 1)
            local new = State.update("n", function(n) return n + 1 end)
            return { new, State.get("n") }
        """,
        javascript="""
            await State.set("n", 1);
            const updated = await State.update("n", (n) => n + 1);
            return [updated, await State.get("n")];
        """,
        value=[2, 2],
    ),
    Case(
        "update of a key that is not set begins with nothing",
        lua='return State.update("n", function(n) return n == nil end)',
        javascript='return await State.update("n", (n) => n == null);',
        value=True,
    ),
    Case(
        "updates of one key do not come between each other",
        lua="""
            State.set("n", 0)
            local function add()
              State.update("n", function(n) Async.sleep(0.001) return n + 1 end)
            end
            Async.all{ add, add, add, add, add }
            return State.get("n")
        """,
        javascript="""
            await State.set("n", 0);
            const add = () => State.update("n", async (n) => { await Async.sleep(0.001); return n + 1; });
            await Async.all([add, add, add, add, add]);
            return await State.get("n");
        """,
        value=5,
    ),
    Case(
        "an update that fails leaves the value and lets the next one in",
        lua="""
            State.set("n", 1)
            local _, problem = pcall(State.update, "n", function() error("ouch", 0) end)
            return { problem.message, State.update("n", function(n) return n + 1 end) }
        """,
        javascript="""
            await State.set("n", 1);
            try {
              await State.update("n", () => { throw new Error("ouch"); });
            } catch (problem) {
              return [problem.message, await State.update("n", (n) => n + 1)];
            }
        """,
        value=["ouch", 2],
    ),
    Case(
        "an update may use the state itself",
        lua="""
            State.set("step", 10)
            return State.update("n", function(n) return (n or 0) + State.get("step") end)
        """,
        javascript="""
            await State.set("step", 10);
            return await State.update("n", async (n) => (n ?? 0) + (await State.get("step")));
        """,
        value=10,
    ),
    Case(
        "a tool and the spell share the state",
        lua="""
            Tool.define{ name = "t", run = function() State.set("x", State.get("x") + 1) end }
            State.set("x", 1)
            Tool.run("t")
            return State.get("x")
        """,
        javascript="""
            await Tool.define({ name: "t", run: async () => { await State.set("x", (await State.get("x")) + 1); } });
            await State.set("x", 1);
            await Tool.run("t");
            return await State.get("x");
        """,
        value=2,
    ),
    _refused("get needs a key", "State.get()", "State.get()", "State.get: key is missing"),
    _refused("a key is a string", "State.get(5)", "State.get(5)", "State.get: key must be a string, not 5"),
    _refused(
        "set needs a key", "State.set({}, 1)", "State.set({}, 1)", "State.set: key must be a string, not an object"
    ),
    _refused("set needs a value", 'State.set("x")', 'State.set("x")', "State.set: value is missing"),
    _refused(
        "delete needs a key", "State.delete(true)", "State.delete(true)", "State.delete: key must be a string, not true"
    ),
    _refused("a prefix is a string", "State.list(1)", "State.list(1)", "State.list: prefix must be a string, not 1"),
    _refused("update needs a function", 'State.update("n")', 'State.update("n")', "State.update: function is missing"),
    _refused(
        "update takes nothing but a function",
        'State.update("n", 5)',
        'State.update("n", 5)',
        "State.update: function must be a function, not 5",
    ),
    _refused(
        "more arguments than there are parameters are refused",
        'State.delete("x", "y")',
        'State.delete("x", "y")',
        "State.delete takes at most 1 arguments, not 2",
    ),
)
