"""The engine `lua` keeps the contract of engines, inline and in a worker."""

from __future__ import annotations

from llmspell.testing.contracts.engine import EngineContract


class TestLua(EngineContract):
    """The behaviours, in Lua."""

    engine = "lua"
    spells = {
        "prints": 'print("a") print("b")',
        "returns": "return { n = 1, list = { 1, 2 }, empty = Json.array() }",
        "raises": 'local x = 1\nerror("ouch")',
        "kind": 'error{ kind = "not_found", message = "gone" }',
        "calls": 'State.set("x", 41) return State.get("x") + 1',
        "catches": 'local _, problem = pcall(Tool.run, "no_such_tool") return problem.kind',
        "defines": """
            Tool.define{ name = "twice", parameters = { n = "integer" }, run = function(a) return a.n * 2 end }
            return Tool.run("twice", { n = 21 }).output
        """,
        "calls_back": """
            State.set("x", 5)
            return Tool.define{ name = "read", run = function() return State.get("x") end }:run().output
        """,
        "at_once": """
            local sleeps = {}
            for i = 1, 10 do sleeps[i] = function() Async.sleep(0.2) return i end end
            return #Async.all(sleeps)
        """,
        "times_out": """
            local _, problem = pcall(Async.timeout, 0.05, function() Async.sleep(60) end)
            return problem.kind
        """,
        "arguments": "return Args[1]",
        "spins": "while true do end",
        "hoards": 'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end',
        "waits": "Async.sleep(60)",
    }
