"""What a spell learns from the results that llmspell gives."""

from __future__ import annotations

from llmspell.message import Usage
from llmspell.testing.conformance.case import Case
from llmspell.testing.steps import Calls, Text

CASES = (
    Case(
        "an agent's result has text, a stop reason and the agent's name",
        lua="""
            local reply = Agent.create{ name = "a" }:run("hi")
            return { reply.text, reply.stop_reason, reply.agent }
        """,
        javascript="""
            const agent = await Agent.create({ name: "a" });
            const reply = await agent.run("hi");
            return [reply.text, reply.stopReason, reply.agent];
        """,
        steps=(Text("hello"),),
        value=["hello", "completed", "a"],
    ),
    Case(
        "usage adds up over the turns of an agent",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 1 end }
            local usage = Agent.create{ tools = { t } }:run("hi").usage
            return { usage.input_tokens, usage.output_tokens, usage.total_tokens, usage.cached_tokens }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 1 });
            const agent = await Agent.create({ tools: [t] });
            const { usage } = await agent.run("hi");
            return [usage.inputTokens, usage.outputTokens, usage.totalTokens, usage.cachedTokens];
        """,
        steps=(
            Calls(("t", {}), usage=Usage(10, 5)),
            Text("done", usage=Usage(20, 7, cached_tokens=4)),
        ),
        value=[30, 12, 42, 4],
    ),
    Case(
        "an unknown price is nothing and not zero",
        lua='return Agent.create{}:run("hi").cost == nil',
        javascript='return (await (await Agent.create({})).run("hi")).cost == null;',
        steps=(Text("hello"),),
        value=True,
    ),
    Case(
        "an agent without a schema has no output",
        lua='return Agent.create{}:run("hi").output == nil',
        javascript='return (await (await Agent.create({})).run("hi")).output == null;',
        steps=(Text("hello"),),
        value=True,
    ),
    Case(
        "the messages tell the whole conversation",
        lua="""
            local t = Tool.define{ name = "t", run = function() return "four" end }
            local seen = {}
            for i, message in ipairs(Agent.create{ system = "S", tools = { t } }:run("hi").messages) do
              seen[i] = message.role .. ":" .. message.content
            end
            return seen
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => "four" });
            const agent = await Agent.create({ system: "S", tools: [t] });
            const { messages } = await agent.run("hi");
            return messages.map((message) => `${message.role}:${message.content}`);
        """,
        steps=(Calls(("t", {})), Text("done")),
        value=["system:S", "user:hi", "assistant:", "tool:four", "assistant:done"],
    ),
    Case(
        "the calls tell names, arguments and outputs in order",
        lua="""
            local t = Tool.define{ name = "t", parameters = { n = "integer" }, run = function(a) return a.n * 2 end }
            local seen = {}
            for i, call in ipairs(Agent.create{ tools = { t } }:run("hi").calls) do
              seen[i] = { call.name, call.arguments.n, call.output }
            end
            return seen
        """,
        javascript="""
            const t = await Tool.define({ name: "t", parameters: { n: "integer" }, run: (a) => a.n * 2 });
            const agent = await Agent.create({ tools: [t] });
            const { calls } = await agent.run("hi");
            return calls.map((call) => [call.name, call.arguments.n, call.output]);
        """,
        steps=(Calls(("t", {"n": 2}), ("t", {"n": 1})), Text("done")),
        value=[["t", 2, 4], ["t", 1, 2]],
    ),
    Case(
        "a call that failed carries its error",
        lua="""
            local t = Tool.define{ name = "t", run = function() error("ouch", 0) end }
            local call = Agent.create{ tools = { t } }:run("hi").calls[1]
            return { call.error.kind, call.error.message, call.output == nil }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => { throw new Error("ouch"); } });
            const agent = await Agent.create({ tools: [t] });
            const [call] = (await agent.run("hi")).calls;
            return [call.error.kind, call.error.message, call.output == null];
        """,
        steps=(Calls(("t", {})), Text("done")),
        value=["script_failed", "ouch", True],
    ),
    Case(
        "a tool's result has its output, and the text that a model would read",
        lua="""
            local result = Tool.define{ name = "t", run = function() return { n = 1 } end }:run()
            return { result.output.n, result.text, result.stop_reason }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => ({ n: 1 }) });
            const result = await t.run();
            return [result.output.n, result.text, result.stopReason];
        """,
        value=[1, '{"n": 1}', "completed"],
    ),
    Case(
        "names of the spell's own keep their spelling in what a tool gives",
        lua="""
            local result = Tool.define{ name = "t", run = function() return { max_size = 1, maxSize = 2 } end }:run()
            return { result.output.max_size, result.output.maxSize }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => ({ max_size: 1, maxSize: 2 }) });
            const result = await t.run();
            return [result.output.max_size, result.output.maxSize];
        """,
        value=[1, 2],
    ),
    Case(
        "an answer that reached its token limit says so and keeps its text",
        lua="""
            local reply = Agent.create{}:run("hi")
            return { reply.text, reply.stop_reason }
        """,
        javascript="""
            const reply = await (await Agent.create({})).run("hi");
            return [reply.text, reply.stopReason];
        """,
        steps=(Text("hel", finish_reason="length"),),
        value=["hel", "budget.max_tokens"],
    ),
    Case(
        "an answer that was refused says so",
        lua='return Agent.create{}:run("hi").stop_reason',
        javascript='return (await (await Agent.create({})).run("hi")).stopReason;',
        steps=(Text("", finish_reason="content_filter"),),
        value="refused",
    ),
    Case(
        "an agent that uses up its turns says so",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 1 end }
            return Agent.create{ tools = { t }, max_turns = 1 }:run("hi").stop_reason
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 1 });
            const agent = await Agent.create({ tools: [t], maxTurns: 1 });
            return (await agent.run("hi")).stopReason;
        """,
        steps=(Calls(("t", {})),),
        value="budget.turns",
    ),
)
