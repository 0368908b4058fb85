"""The behaviours of `llmspell.testing.contracts.engine.EngineContract` in JavaScript, for the tests of its engines."""

from __future__ import annotations

SPELLS = {
    "prints": 'console.log("a"); console.log("b");',
    "returns": "return { n: 1, list: [1, 2], empty: [] };",
    "raises": 'const x = 1;\nthrow new Error("ouch");',
    "kind": 'throw { kind: "not_found", message: "gone" };',
    "calls": 'await State.set("x", 41); return (await State.get("x")) + 1;',
    "catches": 'try { await Tool.run("no_such_tool"); } catch (problem) { return problem.kind; }',
    "defines": """
        await Tool.define({ name: "twice", parameters: { n: "integer" }, run: ({ n }) => n * 2 });
        return (await Tool.run("twice", { n: 21 })).output;
    """,
    "calls_back": """
        await State.set("x", 5);
        const read = await Tool.define({ name: "read", run: () => State.get("x") });
        return (await read.run()).output;
    """,
    "at_once": """
        const sleeps = [];
        for (let i = 0; i < 10; i++) sleeps.push(async () => { await Async.sleep(0.2); return i; });
        return (await Async.all(sleeps)).length;
    """,
    "times_out": """
        try { await Async.timeout(0.05, () => Async.sleep(60)); } catch (problem) { return problem.kind; }
    """,
    "arguments": "return Args[0];",
    "spins": "while (true) {}",
    "hoards": 'const list = []; while (true) list.push("x".repeat(1000) + list.length);',
    "waits": "await Async.sleep(60);",
}
