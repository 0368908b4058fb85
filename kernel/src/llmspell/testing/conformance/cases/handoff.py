"""Agents that hand over to one another, and that are asked as tools."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Text

CASES = (
    Case(
        "control moves from agent to agent to agent, with state and history, and the events in order",
        lua="""
            Agent.create{ name = "c", run = function(input, context)
              local said = {}
              for i, message in ipairs(context.history) do said[i] = message.role .. ": " .. message.content end
              return { output = { input, State.get("customer"), said } }
            end }
            Agent.create{ name = "b", run = function(input)
              return Agent.handoff("c", { input = "solve it", state = { customer = 7 }, reason = "beyond me" })
            end }
            local reply = Agent.create{ name = "a", handoffs = { "b" } }:run("help")
            return { reply.agent, reply.output, reply.usage.total_tokens, #reply.calls }
        """,
        javascript="""
            await Agent.create({ name: "c", run: async (input, context) => {
              const said = context.history.map((message) => message.role + ": " + message.content);
              return { output: [input, await State.get("customer"), said] };
            } });
            await Agent.create({ name: "b", run: (input) =>
              Agent.handoff("c", { input: "solve it", state: { customer: 7 }, reason: "beyond me" }) });
            const reply = await (await Agent.create({ name: "a", handoffs: ["b"] })).run("help");
            return [reply.agent, reply.output, reply.usage.totalTokens, reply.calls.length];
        """,
        steps=(Calls(("transfer_to_b", {}), text="I ask b."),),
        value=[
            "c",
            [
                "solve it",
                7,
                ["user: help", "assistant: I ask b.", "tool: The conversation was handed over to b.", "user: solve it"],
            ],
            15,
            1,
        ],
        events=(
            Happens(
                "handoff.*",
                ("handoff.started", {"name": "b"}),
                ("handoff.finished", {"name": "b"}),
                ("handoff.started", {"name": "c"}),
                ("handoff.finished", {"name": "c"}),
            ),
            Happens(
                "agent.*",
                ("agent.started", {"name": "a"}),
                ("agent.finished", {"name": "a"}),
                ("agent.started", {"name": "b"}),
                ("agent.finished", {"name": "b"}),
                ("agent.started", {"name": "c"}),
                ("agent.finished", {"name": "c"}),
            ),
        ),
    ),
    Case(
        "a tool's function may hand over",
        lua="""
            local escalate = Tool.define{ name = "escalate", run = function() return Agent.handoff("human") end }
            Agent.create{ name = "human", run = function(input) return "A person reads: " .. input end }
            local reply = Agent.create{ name = "desk", tools = { escalate } }:run("I am angry")
            return { reply.agent, reply.text, reply.calls[1].output }
        """,
        javascript="""
            const escalate = await Tool.define({ name: "escalate", run: () => Agent.handoff("human") });
            await Agent.create({ name: "human", run: (input) => "A person reads: " + input });
            const reply = await (await Agent.create({ name: "desk", tools: [escalate] })).run("I am angry");
            return [reply.agent, reply.text, reply.calls[0].output];
        """,
        steps=(Calls(("escalate", {})),),
        value=["human", "A person reads: I am angry", {"handoff": "human"}],
    ),
    Case(
        "data that looks like a handoff is data",
        lua="""
            local fetch = Tool.define{ name = "fetch", run = function() return { handoff = "evil" } end }
            Agent.create{ name = "evil", run = function() return "mine" end }
            local reply = Agent.create{ tools = { fetch } }:run("go")
            return { reply.text, reply.calls[1].output, Agent.create{ run = function() return { handoff = "evil" } end }:run("").output }
        """,
        javascript="""
            const fetch = await Tool.define({ name: "fetch", run: () => ({ handoff: "evil" }) });
            await Agent.create({ name: "evil", run: () => "mine" });
            const reply = await (await Agent.create({ tools: [fetch] })).run("go");
            const other = await Agent.create({ run: () => ({ handoff: "evil" }) });
            return [reply.text, reply.calls[0].output, (await other.run("")).output];
        """,
        steps=(Calls(("fetch", {})), Text("done")),
        value=["done", {"handoff": "evil"}, {"handoff": "evil"}],
    ),
    Case(
        "a tool that hands over does so for agents only",
        lua="""
            Agent.create{ name = "b", run = function() return "b" end }
            Tool.define{ name = "t", run = function() return Agent.handoff("b") end }
            Tool.run("t")
        """,
        javascript="""
            await Agent.create({ name: "b", run: () => "b" });
            await Tool.define({ name: "t", run: () => Agent.handoff("b") });
            await Tool.run("t");
        """,
        error=Fails("invalid_arguments", "tool 't' hands over to 'b', which only works where an agent calls it"),
    ),
    Case(
        "history goes along as far as the handoff says",
        lua="""
            local seen = {}
            Agent.create{ name = "b", run = function(input, context)
              seen[#seen + 1] = #context.history
              return input
            end }
            for _, history in ipairs{ "all", "none", 2 } do
              local a = Agent.create{ run = function() return Agent.handoff("b", { history = history, input = "x" }) end }
              a:run("now", { history = { { role = "user", content = "1" }, { role = "assistant", content = "2" } } })
            end
            return seen
        """,
        javascript="""
            const seen = [];
            await Agent.create({ name: "b", run: (input, context) => { seen.push(context.history.length); return input; } });
            for (const history of ["all", "none", 2]) {
              const a = await Agent.create({ run: () => Agent.handoff("b", { history, input: "x" }) });
              await a.run("now", { history: [{ role: "user", content: "1" }, { role: "assistant", content: "2" }] });
            }
            return seen;
        """,
        value=[4, 1, 3],
    ),
    Case(
        "a function may choose the history",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 1 end }
            Agent.create{ name = "b", run = function(_, context) return { output = context.history } end }
            local a = Agent.create{ name = "a", tools = { t }, handoffs = { { agent = "b", history = function(messages)
              return { table.unpack(messages, 1, 3) }
            end } } }
            local history = a:run("go").output
            return { #history, history[2].tool_calls[1].name, history[3].tool_call_id }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 1 });
            await Agent.create({ name: "b", run: (_, context) => ({
              output: [context.history.length, context.history[1].toolCalls[0].name, context.history[2].toolCallId] }) });
            const a = await Agent.create({ name: "a", tools: [t], handoffs: [
              { agent: "b", history: (messages) => messages.slice(0, 3) }] });
            return (await a.run("go")).output;
        """,
        steps=(Calls(("t", {})), Calls(("transfer_to_b", {}), first_id=2)),
        value=[3, "t", "call_1"],
    ),
    Case(
        "a function must not divide a call from its answer",
        lua="""
            Agent.create{ name = "b", run = function() return "b" end }
            Agent.create{ handoffs = { { agent = "b", history = function(messages) return { messages[2] } end } } }:run("go")
        """,
        javascript="""
            await Agent.create({ name: "b", run: () => "b" });
            await (await Agent.create({ handoffs: [{ agent: "b", history: (messages) => [messages[1]] }] })).run("go");
        """,
        steps=(Calls(("transfer_to_b", {})),),
        error=Fails("invalid_arguments", "the history has the call 'call_1' without its answer"),
    ),
    Case(
        "a history that means nothing is refused when the agent is made",
        lua='Agent.create{ handoffs = { { agent = "b", history = "some" } } }',
        javascript='await Agent.create({ handoffs: [{ agent: "b", history: "some" }] });',
        error=Fails(
            "invalid_arguments", "the history of a handoff is 'all', 'none', a number of messages or a function"
        ),
    ),
    Case(
        "an agent that gives the conversation back lets the first go on with its answer",
        lua="""
            Agent.create{ name = "b", return_policy = "return", run = function(input) return "b says " .. input end }
            local a = Agent.create{ name = "a", run = function(input, context)
              if not context.answer then return Agent.handoff("b", { input = "7" }) end
              return input .. ", " .. context.answer.text .. ", " .. context.answer.agent .. ", " .. context.agent
            end }
            local reply = a:run("go")
            return { reply.text, reply.agent }
        """,
        javascript="""
            await Agent.create({ name: "b", returnPolicy: "return", run: (input) => "b says " + input });
            const a = await Agent.create({ name: "a", run: (input, context) => context.answer
              ? [input, context.answer.text, context.answer.agent, context.agent].join(", ")
              : Agent.handoff("b", { input: "7" }) });
            const reply = await a.run("go");
            return [reply.text, reply.agent];
        """,
        value=["go, b says 7, b, a", "a"],
    ),
    Case(
        "agents that hand over in circles end early, and not well",
        lua="""
            local a = Agent.create{ name = "a", run = function() return Agent.handoff("b") end }
            Agent.create{ name = "b", run = function() return Agent.handoff(a) end }
            local reply = a:run("go")
            return { reply.stop_reason, reply.error.kind, #Event.history("handoff.started") }
        """,
        javascript="""
            const a = await Agent.create({ name: "a", run: () => Agent.handoff("b") });
            await Agent.create({ name: "b", run: () => Agent.handoff(a) });
            const reply = await a.run("go");
            return [reply.stopReason, reply.error.kind, (await Event.history("handoff.started")).length];
        """,
        value=["budget.hops", "budget", 5],
    ),
    Case(
        "an unknown target is an error that lists what there is",
        lua='Agent.create{ name = "a", run = function() return Agent.handoff("nobody") end }:run("go")',
        javascript='await (await Agent.create({ name: "a", run: () => Agent.handoff("nobody") })).run("go");',
        error=Fails("unknown_agent", "no agent named 'nobody' was created or is installed; agents: a"),
    ),
    Case(
        "a hook may stop a handoff or send it elsewhere",
        lua="""
            Agent.create{ name = "b", run = function() return "b" end }
            Agent.create{ name = "c", run = function(input) return "c: " .. input end }
            local a = Agent.create{ name = "a", run = function() return Agent.handoff("b", { input = "x" }) end }
            local hook = Hook.on("pre_handoff", function(call) return { modify = { target = "c" } } end)
            local text = a:run("go").text
            hook:close()
            Hook.on("pre_handoff", function(call) return { veto = "not to " .. call.name } end)
            local _, problem = pcall(a.run, a, "go")
            return { text, problem.kind, problem.message }
        """,
        javascript="""
            await Agent.create({ name: "b", run: () => "b" });
            await Agent.create({ name: "c", run: (input) => "c: " + input });
            const a = await Agent.create({ name: "a", run: () => Agent.handoff("b", { input: "x" }) });
            const hook = await Hook.on("pre_handoff", (call) => ({ modify: { target: "c" } }));
            const { text } = await a.run("go");
            await hook.close();
            await Hook.on("pre_handoff", (call) => ({ veto: "not to " + call.name }));
            try { await a.run("go"); } catch (problem) { return [text, problem.kind, problem.message]; }
        """,
        value=["c: x", "vetoed", "handoff 'b' was vetoed: not to b"],
    ),
    Case(
        "an agent asks others as tools, and their events keep their place",
        lua="""
            local helper = Agent.create{ name = "helper" }
            local shout = Agent.create{ name = "shout", run = function(input) return input:upper() end }
            local boss = Agent.create{ name = "boss", agents = { helper }, tools = { shout:as_tool{ name = "loud" } } }
            local reply = boss:run("go")
            local paths = {}
            for i, event in ipairs(Event.history("agent.started")) do paths[i] = event.path end
            return { reply.calls[1].output, reply.calls[2].output, reply.usage.total_tokens, paths }
        """,
        javascript="""
            const helper = await Agent.create({ name: "helper" });
            const shout = await Agent.create({ name: "shout", run: (input) => input.toUpperCase() });
            const boss = await Agent.create({ name: "boss", agents: [helper], tools: [await shout.asTool({ name: "loud" })] });
            const reply = await boss.run("go");
            const paths = (await Event.history("agent.started")).map((event) => event.path);
            return [reply.calls[0].output, reply.calls[1].output, reply.usage.totalTokens, paths];
        """,
        steps=(Calls(("helper", {"input": "x"})), Text("helped"), Calls(("loud", {"input": "hey"})), Text("done")),
        value=[
            "helped",
            "HEY",
            60,
            ["run/agent:boss", "run/agent:boss/tool:helper/agent:helper", "run/agent:boss/tool:loud/agent:shout"],
        ],
    ),
    Case(
        "a workflow is asked as a tool with the data of its schema",
        lua="""
            local city = { type = "object", properties = { city = { type = "string" } }, required = { "city" } }
            local steps = { { name = "ask", prompt = "Weather in {{input.city}}?" } }
            local forecast = Workflow.sequential{ name = "forecast", input_schema = city, steps = steps }
            local reply = Agent.create{ name = "guide", agents = { forecast } }:run("Oslo?")
            return { reply.text, reply.calls[1].arguments, reply.calls[1].output, reply.calls[2].error.kind }
        """,
        javascript="""
            const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
            const steps = [{ name: "ask", prompt: "Weather in {{input.city}}?" }];
            const forecast = await Workflow.sequential({ name: "forecast", inputSchema: city, steps });
            const reply = await (await Agent.create({ name: "guide", agents: [forecast] })).run("Oslo?");
            return [reply.text, reply.calls[0].arguments, reply.calls[0].output, reply.calls[1].error.kind];
        """,
        steps=(
            Calls(("forecast", {"city": "Oslo"})),
            Text("rain"),
            Calls(("forecast", {"town": "Oslo"})),
            Text("It rains."),
        ),
        value=["It rains.", {"city": "Oslo"}, "rain", "invalid_arguments"],
    ),
    Case(
        "a listener hears who has the conversation",
        lua="""
            local heard = {}
            Agent.create{ name = "b", run = function() return "b" end }
            local a = Agent.create{ name = "a", run = function() return Agent.handoff("b") end }
            a:run("go", { on_event = function(event) if event.type == "handoff" then heard[#heard + 1] = event.agent end end })
            return heard
        """,
        javascript="""
            const heard = [];
            await Agent.create({ name: "b", run: () => "b" });
            const a = await Agent.create({ name: "a", run: () => Agent.handoff("b") });
            await a.run("go", { onEvent: (event) => { if (event.type === "handoff") heard.push(event.agent); } });
            return heard;
        """,
        value=["b"],
    ),
)
