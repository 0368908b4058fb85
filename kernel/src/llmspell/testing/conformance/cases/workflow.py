"""The global `Workflow`: steps, data between them, rounds, branches, and workflows as agents and as text."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Text

CASES = (
    Case(
        "data flows from step to step through every kind",
        lua="""
            Tool.define{ name = "count", parameters = { n = "integer" }, run = function(a) return { n = a.n + 1 } end }
            local shout = Agent.create{ name = "shout", run = function(input) return input .. "!" end }
            local inner = Workflow.sequential{ name = "inner", steps = { { run = function(c) return c.input.text .. "?" end } } }
            local flow = Workflow.sequential{ name = "all", steps = {
              { name = "tool", tool = "count", arguments = { n = "{{input.n}}" } },
              { name = "agent", agent = shout, input = "counted {{steps.tool.output.n}}" },
              { name = "ask", prompt = "Say: {{steps.agent.text}}" },
              { name = "fn", run = function(c) return { said = c.steps.ask.text, n = c.steps.tool.output.n, keys = c.index } end },
              { name = "flow", workflow = inner, input = { text = "{{steps.fn.output.said}}" } },
            } }
            local r = flow:run{ n = 1 }
            local kinds = {}
            for i, step in ipairs(r.steps) do kinds[i] = step.kind .. " " .. step.status end
            return { r.text, r.output, r.stop_reason, r.agent, kinds, r.steps[4].output, r.steps[5].steps[1].name }
        """,
        javascript="""
            await Tool.define({ name: "count", parameters: { n: "integer" }, run: (a) => ({ n: a.n + 1 }) });
            const shout = await Agent.create({ name: "shout", run: (input) => input + "!" });
            const inner = await Workflow.sequential({ name: "inner", steps: [{ run: (c) => c.input.text + "?" }] });
            const flow = await Workflow.sequential({ name: "all", steps: [
              { name: "tool", tool: "count", arguments: { n: "{{input.n}}" } },
              { name: "agent", agent: shout, input: "counted {{steps.tool.output.n}}" },
              { name: "ask", prompt: "Say: {{steps.agent.text}}" },
              { name: "fn", run: async (c) => ({ said: c.steps.ask.text, n: c.steps.tool.output.n, keys: c.index }) },
              { name: "flow", workflow: inner, input: { text: "{{steps.fn.output.said}}" } },
            ] });
            const r = await flow.run({ n: 1 });
            const kinds = r.steps.map((step) => `${step.kind} ${step.status}`);
            return [r.text, r.output, r.stopReason, r.agent, kinds, r.steps[3].output, r.steps[4].steps[0].name];
        """,
        steps=(Text("a poem"),),
        value=[
            "a poem?",
            "a poem?",
            "completed",
            "all",
            ["tool completed", "agent completed", "prompt completed", "function completed", "workflow completed"],
            {"said": "a poem", "n": 2, "keys": 0},
            "step-1",
        ],
        events=(
            Happens("workflow.*", *["workflow.defined"] * 2, *["workflow.started"] * 2, *["workflow.finished"] * 2),
        ),
    ),
    Case(
        "braces that mean nothing stay, and what is put in is never looked at again",
        lua="""
            local flow = Workflow.sequential{ steps = { { name = "a", agent = Agent.create{ run = function(i) return i end },
              input = "{city} {{city}} {{input.x}}" } } }
            return flow:run{ x = "{{input.secret}}", secret = 1 }.text
        """,
        javascript="""
            const flow = await Workflow.sequential({ steps: [{ name: "a", agent: await Agent.create({ run: (i) => i }),
              input: "{city} {{city}} {{input.x}}" }] });
            return (await flow.run({ x: "{{input.secret}}", secret: 1 })).text;
        """,
        value="{city} {{city}} {{input.secret}}",
    ),
    Case(
        "a place alone gives the value itself",
        lua="""
            local flow = Workflow.sequential{ output = { "{{steps.a.output.1}}", "{{input}}" },
              steps = { { name = "a", run = function() return { { 1, 2 } } end } } }
            return flow:run({ x = false }).output
        """,
        javascript="""
            const flow = await Workflow.sequential({ output: ["{{steps.a.output.1}}", "{{input}}"],
              steps: [{ name: "a", run: () => [[1, 2]] }] });
            return (await flow.run({ x: false })).output;
        """,
        value=[[1, 2], {"x": False}],
    ),
    Case(
        "steps run at once and give an object",
        lua="""
            local function nap(value) return function() Async.sleep(0.05) Event.publish("my.awake") return value end end
            local flow = Workflow.parallel{ steps = { { name = "a", run = nap(1) }, { name = "b", run = nap(2) },
              { name = "c", run = function() Event.publish("my.first") return 3 end } } }
            return flow:run().output
        """,
        javascript="""
            const nap = (value) => async () => { await Async.sleep(0.05); await Event.publish("my.awake"); return value; };
            const flow = await Workflow.parallel({ steps: [{ name: "a", run: nap(1) }, { name: "b", run: nap(2) },
              { name: "c", run: async () => { await Event.publish("my.first"); return 3; } }] });
            return (await flow.run()).output;
        """,
        value={"a": 1, "b": 2, "c": 3},
        events=(Happens("my.*", "my.first", "my.awake", "my.awake"),),
    ),
    Case(
        "branches that write one key of the state are a conflict",
        lua="""
            local function write(value) return function() State.set("key", value) end end
            Workflow.parallel{ name = "w", steps = { { name = "a", run = write(1) }, { name = "b", run = write(2) } } }:run()
        """,
        javascript="""
            const write = (value) => () => State.set("key", value);
            const steps = [{ name: "a", run: write(1) }, { name: "b", run: write(2) }];
            await (await Workflow.parallel({ name: "w", steps })).run();
        """,
        error=Fails("conflict", "the state key 'key' was written by step 'a' and step 'b' at once"),
    ),
    Case(
        "a declared reducer merges what branches write, and each sees the state as it was",
        lua="""
            State.define("key", { reducer = "append" })
            State.set("key", { 0 })
            local function add(value) return function(c)
              State.update("key", function(list) list[#list + 1] = value return list end)
              return #c.state.key
            end end
            local r = Workflow.parallel{ steps = { { name = "a", run = add(1) }, { name = "b", run = add(2) } } }:run()
            return { State.get("key"), r.output }
        """,
        javascript="""
            await State.define("key", { reducer: "append" });
            await State.set("key", [0]);
            const add = (value) => async (c) => {
              await State.update("key", (list) => [...list, value]);
              return c.state.key.length;
            };
            const flow = await Workflow.parallel({ steps: [{ name: "a", run: add(1) }, { name: "b", run: add(2) }] });
            const r = await flow.run();
            return [await State.get("key"), r.output];
        """,
        value=[[0, 1, 2], {"a": 1, "b": 1}],
    ),
    Case(
        "the first branch that holds is taken",
        lua="""
            local function say(word) return { { name = word, run = function() return word end } } end
            local flow = Workflow.conditional{ branches = {
              { condition = { value = "{{input}}", op = ">", to = 10 }, steps = say("big") },
              { condition = function(c) return c.input > 5 end, steps = say("middle") },
            }, otherwise = say("small") }
            return { flow:run(11).text, flow:run(6).text, flow:run(1).text, flow:run(1).steps[1].status }
        """,
        javascript="""
            const say = (word) => [{ name: word, run: () => word }];
            const flow = await Workflow.conditional({ branches: [
              { condition: { value: "{{input}}", op: ">", to: 10 }, steps: say("big") },
              { condition: (c) => c.input > 5, steps: say("middle") },
            ], otherwise: say("small") });
            const text = async (n) => (await flow.run(n)).text;
            return [await text(11), await text(6), await text(1), (await flow.run(1)).steps[0].status];
        """,
        value=["big", "middle", "small", "skipped"],
    ),
    Case(
        "a loop goes round until its critic is content",
        lua="""
            local flow = Workflow.loop{ max_iterations = 5, output = "{{steps.draft.text}}",
              repeat_until = { value = "{{steps.review.output.ok}}", to = true },
              steps = {
                { name = "draft", run = function(c) return "v" .. c.index .. (c.previous.review and c.previous.review.output.hint or "") end },
                { name = "review", run = function(c) return { ok = c.index == 3, hint = "+" } end } } }
            local r = flow:run()
            return { r.output, #r.steps, r.steps[6].round, r.stop_reason }
        """,
        javascript="""
            const flow = await Workflow.loop({ maxIterations: 5, output: "{{steps.draft.text}}",
              repeatUntil: { value: "{{steps.review.output.ok}}", to: true },
              steps: [
                { name: "draft", run: (c) => "v" + c.index + (c.previous.review?.output.hint ?? "") },
                { name: "review", run: (c) => ({ ok: c.index === 3, hint: "+" }) }] });
            const r = await flow.run();
            return [r.output, r.steps.length, r.steps[5].round, r.stopReason];
        """,
        value=["v3+", 6, 3, "completed"],
    ),
    Case(
        "loops count, go over lists, and run while a condition holds",
        lua="""
            local n = 0
            local steps = { { name = "a", run = function(c) n = n + 1 return (c.item or "") .. c.index end } }
            local function last(o) o.steps = steps return Workflow.loop(o):run({ "x", "y" }).output end
            return { last{ times = 3 }, last{ over = "{{input}}" }, last{ repeat_while = function(c) return c.index < 3 end }, n }
        """,
        javascript="""
            let n = 0;
            const steps = [{ name: "a", run: (c) => { n += 1; return (c.item ?? "") + String(c.index); } }];
            const last = async (o) => (await (await Workflow.loop({ ...o, steps })).run(["x", "y"])).output;
            return [await last({ times: 3 }), await last({ over: "{{input}}" }), await last({ repeatWhile: (c) => c.index < 3 }), n];
        """,
        value=["3", "y2", "2", 7],
    ),
    Case(
        "a loop that never ends reaches its limit, which is no success",
        lua="""
            local flow = Workflow.loop{ name = "w", repeat_until = "", max_iterations = 3,
              steps = { { name = "a", run = function(c) return c.index end } } }
            local r = flow:run()
            return { r.stop_reason, r.output, #r.steps, r.error.kind }
        """,
        javascript="""
            const flow = await Workflow.loop({ name: "w", repeatUntil: "", maxIterations: 3,
              steps: [{ name: "a", run: (c) => c.index }] });
            const r = await flow.run();
            return [r.stopReason, r.output, r.steps.length, r.error.kind];
        """,
        value=["budget.iterations", 3, 3, "budget"],
    ),
    Case(
        "a map works on each item and keeps their order",
        lua="""
            local flow = Workflow.map{ over = "{{input.docs}}", max_concurrency = 2, steps = {
              { name = "a", run = function(c) Async.sleep(0.02 / c.index) return c.item .. c.index end },
              { name = "b", run = function(c) return "<" .. c.steps.a.text .. ">" end } } }
            return flow:run{ docs = { "x", "y", "z" } }.output
        """,
        javascript="""
            const flow = await Workflow.map({ over: "{{input.docs}}", maxConcurrency: 2, steps: [
              { name: "a", run: async (c) => { await Async.sleep(0.02 / c.index); return c.item + c.index; } },
              { name: "b", run: (c) => `<${c.steps.a.text}>` }] });
            return (await flow.run({ docs: ["x", "y", "z"] })).output;
        """,
        value=["<x1>", "<y2>", "<z3>"],
    ),
    Case(
        "a workflow is an agent, a tool of an agent and a step by name",
        lua="""
            Workflow.sequential{ name = "double", description = "Says it twice.", steps = {
              { name = "a", run = function(c) return c.input .. c.input end } } }
            local boss = Agent.create{ name = "boss", agents = { "double" } }
            local outer = Workflow.sequential{ steps = { { name = "x", workflow = "double" }, { name = "y", agent = "double", input = "{{steps.x.text}}" } } }
            return { Agent.get("double"):run("ho").text, boss:run("go").text, outer:run("a").text }
        """,
        javascript="""
            await Workflow.sequential({ name: "double", description: "Says it twice.", steps: [
              { name: "a", run: (c) => c.input + c.input }] });
            const boss = await Agent.create({ name: "boss", agents: ["double"] });
            const outer = await Workflow.sequential({ steps: [{ name: "x", workflow: "double" }, { name: "y", agent: "double", input: "{{steps.x.text}}" }] });
            const text = async (agent, input) => (await agent.run(input)).text;
            return [await text(await Agent.get("double"), "ho"), await text(boss, "go"), await text(outer, "a")];
        """,
        steps=(Calls(("double", {"input": "ab"})), Text("done")),
        value=["hoho", "done", "aaaa"],
    ),
    Case(
        "a workflow is written, read and drawn",
        lua="""
            local flow = Workflow.parallel{ name = "w", steps = { { name = "a", prompt = "Say {{input.x}}" } }, max_concurrency = 2 }
            local text, drawing = flow:dump(), flow:graph()
            flow:close()
            local again = Workflow.load(text)
            return { again:dump() == text, again:graph() == drawing, again:run{ x = 1 }.output, text, Workflow.list() }
        """,
        javascript="""
            const flow = await Workflow.parallel({ name: "w", steps: [{ name: "a", prompt: "Say {{input.x}}" }], maxConcurrency: 2 });
            const text = await flow.dump();
            const drawing = await flow.graph();
            await flow.close();
            const again = await Workflow.load(text);
            return [(await again.dump()) === text, (await again.graph()) === drawing, (await again.run({ x: 1 })).output, text, await Workflow.list()];
        """,
        steps=(Text("yes"),),
        value=[
            True,
            True,
            {"a": "yes"},
            'type: parallel\nname: w\nsteps:\n  - prompt: "Say {{input.x}}"\n    name: a\nmax_concurrency: 2\n',
            ["w"],
        ],
    ),
    Case(
        "what agents and models say is told as it comes",
        lua="""
            local flow, heard = Workflow.sequential{ steps = { { prompt = "x" } } }, ""
            for event in flow:stream("go") do heard = heard .. event.text end
            return { heard, flow:run("go", { on_event = function(event) heard = heard .. event.text end }).text, heard }
        """,
        javascript="""
            const flow = await Workflow.sequential({ steps: [{ prompt: "x" }] });
            let heard = "";
            for await (const event of await flow.stream("go")) if (event.type === "text") heard += event.text;
            const first = heard;
            const again = await flow.run("go", { onEvent: (event) => { if (event.type === "text") heard += event.text; } });
            return [first, again.text, heard];
        """,
        steps=(Text("hello"), Text("you")),
        value=["hello", "you", "helloyou"],
    ),
    Case(
        "a function cannot be written as data",
        lua='Workflow.sequential{ name = "w", steps = { { name = "a", run = print } } }:dump()',
        javascript='await (await Workflow.sequential({ name: "w", steps: [{ name: "a", run() {} }] })).dump();',
        error=Fails("invalid_arguments", "step 'a' cannot be written as data: its run is a function"),
    ),
    Case(
        "a name that is taken is a conflict until the workflow is closed",
        lua="""
            local steps = { { run = print } }
            local flow = Workflow.sequential{ name = "w", steps = steps }
            local _, taken = pcall(Workflow.sequential, { name = "w", steps = steps })
            flow:close()
            Workflow.sequential{ name = "w", steps = steps }
            return { taken.kind, taken.component, Workflow.get("w") ~= nil }
        """,
        javascript="""
            const steps = [{ run() {} }];
            const flow = await Workflow.sequential({ name: "w", steps });
            const [, taken] = await Workflow.trySequential({ name: "w", steps });
            await flow.close();
            await Workflow.sequential({ name: "w", steps });
            return [taken.kind, taken.component, (await Workflow.get("w")) != null];
        """,
        value=["conflict", "workflow:w", True],
    ),
)
