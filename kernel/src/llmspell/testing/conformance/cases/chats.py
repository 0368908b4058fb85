"""Conversations with agents, and what is told to their models."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Text

CASES = (
    Case(
        "a chat remembers what was said",
        lua="""
            local chat = Agent.create{ system = "S" }:chat()
            local first, second = chat:send("one"), chat:send("two")
            local said = {}
            for i, message in ipairs(chat:history()) do said[i] = message.role .. ": " .. message.content end
            return { second.text, #first.messages, #second.messages, said }
        """,
        javascript="""
            const chat = await (await Agent.create({ system: "S" })).chat();
            const first = await chat.send("one"), second = await chat.send("two");
            const said = (await chat.history()).map((message) => message.role + ": " + message.content);
            return [second.text, first.messages.length, second.messages.length, said];
        """,
        steps=(Text("1"), Text("2")),
        value=["2", 2, 2, ["user: one", "assistant: 1", "user: two", "assistant: 2"]],
    ),
    Case(
        "a chat begins with a history, is forked and reset",
        lua="""
            local agent = Agent.create{ run = function(_, context) return tostring(#context.history) end }
            local chat = agent:chat{ history = { { role = "user", content = "a" }, { role = "assistant", content = "b" } } }
            local fork = chat:fork()
            local texts = { chat:send("x").text, chat:send("x").text, fork:send("x").text }
            chat:reset()
            texts[4] = chat:send("x").text
            fork:close()
            return texts
        """,
        javascript="""
            const agent = await Agent.create({ run: (_, context) => String(context.history.length) });
            const chat = await agent.chat({ history: [{ role: "user", content: "a" }, { role: "assistant", content: "b" }] });
            const fork = await chat.fork();
            const texts = [(await chat.send("x")).text, (await chat.send("x")).text, (await fork.send("x")).text];
            await chat.reset();
            texts.push((await chat.send("x")).text);
            await fork.close();
            return texts;
        """,
        value=["3", "5", "3", "1"],
    ),
    Case(
        "a chat stays with the agent that it was handed over to",
        lua="""
            Agent.create{ name = "b", run = function(input, context) return #context.history .. " " .. input end }
            local chat = Agent.create{ name = "a", run = function() return Agent.handoff("b") end }:chat()
            local first, second = chat:send("x"), chat:send("y")
            return { first.text, second.text, chat:agent(), #Event.history("handoff.started") }
        """,
        javascript="""
            await Agent.create({ name: "b", run: (input, context) => context.history.length + " " + input });
            const chat = await (await Agent.create({ name: "a", run: () => Agent.handoff("b") })).chat();
            const first = await chat.send("x"), second = await chat.send("y");
            return [first.text, second.text, await chat.agent(), (await Event.history("handoff.started")).length];
        """,
        value=["1 x", "3 y", "b", 1],
    ),
    Case(
        "a chat's answers can be heard as they come",
        lua="""
            local heard = {}
            local chat = Agent.create{}:chat()
            chat:send("x", { on_event = function(event) heard[#heard + 1] = event.text end })
            for event in chat:stream("y") do heard[#heard + 1] = event.text end
            return { heard, #chat:history() }
        """,
        javascript="""
            const heard = [];
            const chat = await (await Agent.create({})).chat();
            await chat.send("x", { onEvent: (event) => { if (event.type === "text") heard.push(event.text); } });
            for await (const event of await chat.stream("y")) if (event.type === "text") heard.push(event.text);
            return [heard, (await chat.history()).length];
        """,
        steps=(Text("ab", chunks=2), Text("cd", chunks=2)),
        value=[["a", "b", "c", "d"], 4],
    ),
    Case(
        "one turn at a time",
        lua="""
            local chat = Agent.create{ name = "slow", run = function() Async.sleep(0.05) return "done" end }:chat()
            local task = Async.spawn(function() return chat:send("1").text end)
            Async.sleep(0.01)
            local _, problem = pcall(chat.send, chat, "2")
            return { problem.kind, task:wait() }
        """,
        javascript="""
            const slow = await Agent.create({ name: "slow", run: async () => { await Async.sleep(0.05); return "done"; } });
            const chat = await slow.chat();
            const answer = chat.send("1");
            await Async.sleep(0.01);
            try { await chat.send("2"); } catch (problem) { return [problem.kind, (await answer).text]; }
        """,
        value=["conflict", "done"],
    ),
    Case(
        "a conversation that is too long is made shorter, and an event tells",
        lua="""
            local chat = Agent.create{ system = "S", compaction = { messages = 4, keep = 0.5 } }:chat()
            for i = 1, 3 do chat:send("question " .. i) end
            return { #chat:history(), Event.history("agent.compacted")[1].data.dropped }
        """,
        javascript="""
            const chat = await (await Agent.create({ system: "S", compaction: { messages: 4, keep: 0.5 } })).chat();
            for (const i of [1, 2, 3]) await chat.send("question " + i);
            return [(await chat.history()).length, (await Event.history("agent.compacted"))[0].data.dropped];
        """,
        steps=(Text("1"), Text("2"), Text("3")),
        value=[3, 3],
    ),
    Case(
        "a summary takes the place of what is dropped",
        lua="""
            local agent = Agent.create{ compaction = { messages = 2, summary = true } }
            local before = { { role = "user", content = "a" }, { role = "assistant", content = "b" } }
            return agent:run("next", { history = before }).messages[1].content
        """,
        javascript="""
            const agent = await Agent.create({ compaction: { messages: 2, summary: true } });
            const before = [{ role: "user", content: "a" }, { role: "assistant", content: "b" }];
            return (await agent.run("next", { history: before })).messages[0].content;
        """,
        steps=(Text("they said a and b"), Text("ok")),
        value="Summary of the conversation so far:\nthey said a and b",
    ),
    Case(
        "a compaction without a limit is refused",
        lua="Agent.create{ compaction = { summary = true } }",
        javascript="await Agent.create({ compaction: { summary: true } });",
        error=Fails("invalid_arguments", "compaction: give messages, tokens or both"),
    ),
    Case(
        "a tool that must be called is demanded once",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 1 end }
            Agent.create{ tools = { t }, tool_choice = "t" }:run("go")
            local choices = {}
            for i, event in ipairs(Event.history("llm.started")) do choices[i] = event.data.request.tool_choice end
            return choices
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 1 });
            await (await Agent.create({ tools: [t], toolChoice: "t" })).run("go");
            return (await Event.history("llm.started")).map((event) => event.data.request.tool_choice);
        """,
        steps=(Calls(("t", {})), Text("done")),
        value=["t", "auto"],
    ),
    Case(
        "a literal brace in a prompt is literal",
        lua="""
            Agent.create{ system = "You live in {city}. {{city}}" }:run("{city}")
            local messages = Event.history("llm.started")[1].data.request.messages
            return { messages[1].content, messages[2].content }
        """,
        javascript="""
            await (await Agent.create({ system: "You live in {city}. {{city}}" })).run("{city}");
            const { messages } = (await Event.history("llm.started"))[0].data.request;
            return [messages[0].content, messages[1].content];
        """,
        steps=(Text("ok"),),
        value=["You live in {city}. {{city}}", "{city}"],
    ),
    Case(
        "guardrails change what is asked, and replace what is answered",
        lua="""
            Hook.on("pre_agent", function(call) return { modify = { input = call.input:gsub("4111", "****") } } end, { guard = true })
            Hook.on("post_agent", function(call, result)
              if result.text:find("secret") then return { replace = "I cannot say." } end
            end, { guard = true })
            local chat = Agent.create{}:chat()
            local reply = chat:send("card 4111")
            return { reply.text, reply.usage.total_tokens, chat:history()[1].content, chat:history()[2].content }
        """,
        javascript="""
            await Hook.on("pre_agent", (call) => ({ modify: { input: call.input.replace("4111", "****") } }), { guard: true });
            await Hook.on("post_agent", (call, result) => {
              if (result.text.includes("secret")) return { replace: "I cannot say." };
            }, { guard: true });
            const chat = await (await Agent.create({})).chat();
            const reply = await chat.send("card 4111");
            const history = await chat.history();
            return [reply.text, reply.usage.totalTokens, history[0].content, history[1].content];
        """,
        steps=(Text("the secret is 7"),),
        value=["I cannot say.", 15, "card ****", "I cannot say."],
        events=(Happens("agent.finished", ("agent.finished", {"text": "I cannot say."})),),
    ),
)
