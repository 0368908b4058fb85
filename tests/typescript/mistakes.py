"""Spells with one mistake each, in the line marked `// !`."""

from __future__ import annotations

_AGENT = 'const agent = await Agent.create({ name: "a" });\nconst reply = await agent.run("x");\n'

MISTAKES = {
    "a misspelled function": 'await Agent.creat({ name: "a" }); // !',
    "a function that is not there": 'await Tool.call("calculator"); // !',
    "a misspelled global": 'await Agents.create({ name: "a" }); // !',
    "a misspelled option": 'await Agent.create({\n  name: "a",\n  sytem: "Be brief.", // !\n});',
    "a misspelled option of an agent's run": _AGENT + 'await agent.run("x", { histori: reply.messages }); // !',
    "a misspelled method of a handle": _AGENT + 'await agent.ask("x"); // !',
    "a misspelled field of a reply": _AGENT + "console.log(reply.txt); // !",
    "a field of a reply in snake_case": _AGENT + "console.log(reply.stop_reason); // !",
    "a field in a field in snake_case": _AGENT + "console.log(reply.usage.total_tokens); // !",
    "an option in snake_case": "await Agent.create({\n  max_tokens: 5, // !\n});",
    "a function in snake_case": "Json.is_null(1); // !",
    "a try form in snake_case": 'await Tool.try_run("calculator"); // !',
    "an option of the wrong type": 'await Agent.create({ maxTurns: "3" }); // !',
    "a tool that is neither a name nor a handle": "await Agent.create({\n  tools: [5], // !\n});",
    "text where a list belongs": 'await Agent.create({ tools: "calculator" }); // !',
    "a number where text belongs": "await State.get(5); // !",
    "text where seconds belong": 'await Async.sleep("1"); // !',
    "a missing argument": "await Tool.run(); // !",
    "one argument too many": 'await Agent.get("a", "b"); // !',
    "a missing option": 'await Tool.define({ name: "a" }); // !',
    "a missing await before a field": 'const agent = await Agent.create({});\nconst reply = agent.run("x");\n'
    "console.log(reply.text); // !",
    "a missing await before a method": 'const agent = Agent.create({});\nawait agent.run("x"); // !',
    "a missing await before a loop": 'for (const event of Event.subscribe("a")) console.log(event); // !',
    "an iteration without await": 'const events = await Event.subscribe("a");\nfor (const event of events) {} // !',
    "a field that a stream's text does not have": 'const stream = await Provider.stream({ prompt: "x" });\n'
    "for await (const event of stream) console.log(event.content); // !",
    "a completion's field on a reply": _AGENT + "console.log(reply.finishReason); // !",
    "an agent's field on a model's answer": 'const answer = await (await Provider.stream({ prompt: "x" })).result();\n'
    "console.log(answer.stopReason); // !",
    "an unknown point": 'await Hook.on("before_tool", () => {}); // !',
    "a hook that is no function": 'await Hook.on("pre_tool", { veto: "no" }); // !',
    "a hook's answer that is no verdict": 'await Hook.on("pre_tool", () => ({ vetto: "no" })); // !',
    "a hook that gives true": 'await Hook.on("pre_tool", () => true); // !',
    "a hook that asks for what no call has": 'await Hook.on("pre_tool", (call) => {\n  console.log(call.tool); // !\n});',
    "an event's misspelled field": 'await Event.subscribe("a", (event) => {\n  console.log(event.payload); // !\n});',
    "a function that takes what an agent does not give": "await Agent.create({\n  run: (input) => input.toFixed(2), // !\n});",
    "an overflow that is not known": 'await Event.subscribe("a", undefined, {\n  overflow: "block", // !\n});',
    "a promise in the place of a function": "await Async.all([Async.sleep(1)]); // !",
    "a misspelled option of map": "await Async.map([1], async (n) => n, { limits: 2 }); // !",
    "an item used as what it is not": "await Async.map([1], (n) => n.trim()); // !",
    "a result of map used as what it is not": "const [n] = await Async.map([1], async (n) => n);\nn.trim(); // !",
    "a role that is not known": 'await Provider.complete({\n  messages: [{ role: "bot", content: "x" }], // !\n});',
    "a constant that is not there": "console.log(Spell.version); // !",
    "a constant that is changed": 'Spell.name = "other"; // !',
    "a global that is changed": 'Spell = { name: "other" }; // !',
    "a browser's function": 'await fetch("x"); // !',
    "a module of Node": 'const fs = require("fs"); // !',
    "what consoles have elsewhere": "console.table([]); // !",
    "an AbortSignal that is made": "new AbortSignal(); // !",
}
