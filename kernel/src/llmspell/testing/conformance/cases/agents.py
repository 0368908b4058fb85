"""The global `Agent`: how agents are made, asked and closed."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Delay, Fail, Text


def _options(behaviour: str, lua: str, javascript: str, message: str, *, kind: str = "invalid_arguments") -> Case:
    return Case(
        behaviour,
        lua=f"Agent.create{{ {lua} }}",
        javascript=f"await Agent.create({{ {javascript} }});",
        error=Fails(kind, message),
    )


CASES = (
    Case(
        "a model answers an agent",
        lua='return Agent.create{ system = "Be brief." }:run("hi").text',
        javascript='return (await (await Agent.create({ system: "Be brief." })).run("hi")).text;',
        steps=(Text("hello"),),
        value="hello",
        events=(
            Happens("agent.*", "agent.started", ("agent.finished", {"stop_reason": "completed", "text": "hello"})),
        ),
    ),
    Case(
        "a model that wants a tool gets its answer",
        lua="""
            local twice = Tool.define{ name = "twice", parameters = { n = "integer" }, run = function(a) return a.n * 2 end }
            return Agent.create{ tools = { twice } }:run("go").text
        """,
        javascript="""
            const twice = await Tool.define({ name: "twice", parameters: { n: "integer" }, run: (a) => a.n * 2 });
            return (await (await Agent.create({ tools: [twice] })).run("go")).text;
        """,
        steps=(Calls(("twice", {"n": 21})), Text("done")),
        value="done",
        events=(Happens("tool.finished", ("tool.finished", {"name": "twice", "output": 42})),),
    ),
    Case(
        "a tool may be given by name",
        lua="""
            Tool.define{ name = "t", run = function() return 7 end }
            return Agent.create{ tools = { "t" } }:run("go").calls[1].output
        """,
        javascript="""
            await Tool.define({ name: "t", run: () => 7 });
            return (await (await Agent.create({ tools: ["t"] })).run("go")).calls[0].output;
        """,
        steps=(Calls(("t", {})), Text("done")),
        value=7,
    ),
    Case(
        "an error in a tool goes back to the model",
        lua="""
            local t = Tool.define{ name = "t", run = function() error("ouch", 0) end }
            local reply = Agent.create{ tools = { t } }:run("go")
            return { reply.text, reply.messages[3].content:find("ouch") ~= nil }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => { throw new Error("ouch"); } });
            const reply = await (await Agent.create({ tools: [t] })).run("go");
            return [reply.text, reply.messages[2].content.includes("ouch")];
        """,
        steps=(Calls(("t", {})), Text("sorry")),
        value=["sorry", True],
    ),
    Case(
        "arguments that do not fit go back to the model and never reach the tool",
        lua="""
            local t = Tool.define{ name = "t", parameters = { n = "integer" }, run = function() print("ran") end }
            return Agent.create{ tools = { t } }:run("go").calls[1].error.kind
        """,
        javascript="""
            const t = await Tool.define({ name: "t", parameters: { n: "integer" }, run: () => { console.log("ran"); } });
            return (await (await Agent.create({ tools: [t] })).run("go")).calls[0].error.kind;
        """,
        steps=(Calls(("t", {"n": "x"})), Text("sorry")),
        value="invalid_arguments",
        output="",
    ),
    Case(
        "an agent's tool may ask another agent",
        lua="""
            local helper = Agent.create{ name = "helper" }
            local ask = Tool.define{ name = "ask", run = function() return helper:run("help").text end }
            local text = Agent.create{ name = "boss", tools = { ask } }:run("go").text
            return { text, Event.history("agent.started")[2].path }
        """,
        javascript="""
            const helper = await Agent.create({ name: "helper" });
            const ask = await Tool.define({ name: "ask", run: async () => (await helper.run("help")).text });
            const { text } = await (await Agent.create({ name: "boss", tools: [ask] })).run("go");
            return [text, (await Event.history("agent.started"))[1].path];
        """,
        steps=(Calls(("ask", {})), Text("helped"), Text("done")),
        value=["done", "run/agent:boss/tool:ask/agent:helper"],
    ),
    Case(
        "history carries a conversation on",
        lua="""
            local agent = Agent.create{ system = "S" }
            local first = agent:run("one")
            local roles = {}
            for i, message in ipairs(agent:run("two", { history = first.messages }).messages) do
              roles[i] = message.role
            end
            return roles
        """,
        javascript="""
            const agent = await Agent.create({ system: "S" });
            const first = await agent.run("one");
            const second = await agent.run("two", { history: first.messages });
            return second.messages.map((message) => message.role);
        """,
        steps=(Text("1"), Text("2")),
        value=["system", "user", "assistant", "user", "assistant"],
    ),
    Case(
        "history with tool calls can be given back",
        lua="""
            local agent = Agent.create{ tools = { Tool.define{ name = "t", run = function() return 1 end } } }
            local first = agent:run("one")
            return #agent:run("two", { history = first.messages }).messages
        """,
        javascript="""
            const agent = await Agent.create({ tools: [await Tool.define({ name: "t", run: () => 1 })] });
            const first = await agent.run("one");
            return (await agent.run("two", { history: first.messages })).messages.length;
        """,
        steps=(Calls(("t", {})), Text("1"), Text("2")),
        value=6,
    ),
    Case(
        "structured output arrives as data",
        lua="""
            local schema = { type = "object", properties = { n = { type = "integer" } }, required = { "n" } }
            return Agent.create{ output_schema = schema }:run("go").output
        """,
        javascript="""
            const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
            return (await (await Agent.create({ outputSchema: schema })).run("go")).output;
        """,
        steps=(Text('{"n": 3}'),),
        value={"n": 3},
    ),
    Case(
        "an agent may be a function that gives text",
        lua='return Agent.create{ name = "up", run = function(input) return input:upper() end }:run("abc").text',
        javascript='return (await (await Agent.create({ name: "up", run: (input) => input.toUpperCase() })).run("abc")).text;',
        value="ABC",
    ),
    Case(
        "an agent may be a function that gives output",
        lua="""
            local data = Agent.create{ run = function(input) return { output = { length = #input } } end }
            local plain = Agent.create{ run = function() return 7 end }
            return { data:run("abc").output.length, plain:run("").output }
        """,
        javascript="""
            const data = await Agent.create({ run: (input) => ({ output: { length: input.length } }) });
            const plain = await Agent.create({ run: () => 7 });
            return [(await data.run("abc")).output.length, (await plain.run("")).output];
        """,
        value=[3, 7],
    ),
    Case(
        "an agent that is a function may wait, call and fail",
        lua="""
            local agent = Agent.create{ name = "a", run = function(input)
              Async.sleep(0.001)
              if input == "bad" then error("ouch", 0) end
              return State.get("x")
            end }
            State.set("x", "from the state")
            local _, problem = pcall(agent.run, agent, "bad")
            return { agent:run("good").text, problem.kind, problem.message }
        """,
        javascript="""
            const agent = await Agent.create({ name: "a", run: async (input) => {
              await Async.sleep(0.001);
              if (input === "bad") throw new Error("ouch");
              return await State.get("x");
            } });
            await State.set("x", "from the state");
            const { text } = await agent.run("good");
            try { await agent.run("bad"); } catch (problem) { return [text, problem.kind, problem.message]; }
        """,
        value=["from the state", "script_failed", "ouch"],
    ),
    Case(
        "on_event hears everything before run returns",
        lua="""
            local heard = {}
            local text = Agent.create{}:run("go", { on_event = function(event) heard[#heard + 1] = event.text end }).text
            return { heard, text }
        """,
        javascript="""
            const heard = [];
            const agent = await Agent.create({});
            const { text } = await agent.run("go", { onEvent: (event) => { heard.push(event.text); } });
            return [heard, text];
        """,
        steps=(Text("abcd", chunks=4),),
        value=[["a", "b", "c", "d"], "abcd"],
    ),
    Case(
        "an error in on_event is the caller's",
        lua='Agent.create{}:run("go", { on_event = function() error("ouch") end })',
        javascript='await (await Agent.create({})).run("go", { onEvent: () => { throw new Error("ouch"); } });',
        steps=(Text("a"),),
        error=Fails("script_failed", "ouch"),
    ),
    Case(
        "an error from the model is the caller's",
        lua='local _, problem = pcall(function() Agent.create{}:run("hi") end) return { problem.kind, problem.retryable }',
        javascript="""
            try {
              await (await Agent.create({})).run("hi");
            } catch (problem) {
              return [problem.kind, problem.retryable];
            }
        """,
        steps=(Fail(500),),
        value=["provider", True],
    ),
    Case(
        "an agent's timeout ends its run",
        lua='return Agent.create{ timeout = 0.02 }:run("hi").stop_reason',
        javascript='return (await (await Agent.create({ timeout: 0.02 })).run("hi")).stopReason;',
        steps=(Delay(20, Text("late")),),
        value="budget.wall_time",
    ),
    Case(
        "agents get names, are listed and can be had by name",
        lua="""
            Agent.create{ name = "x", run = function(input) return input end }
            Agent.create{}
            return { Agent.list(), Agent.get("x"):run("same").text }
        """,
        javascript="""
            await Agent.create({ name: "x", run: (input) => input });
            await Agent.create({});
            return [await Agent.list(), (await (await Agent.get("x")).run("same")).text];
        """,
        value=[["agent-1", "x"], "same"],
    ),
    Case(
        "a name that is taken is a conflict until the agent is closed",
        lua="""
            local first = Agent.create{ name = "a" }
            local _, taken = pcall(Agent.create, { name = "a" })
            first:close()
            Agent.create{ name = "a" }
            return { taken.kind, taken.component, Agent.list() }
        """,
        javascript="""
            const first = await Agent.create({ name: "a" });
            try {
              await Agent.create({ name: "a" });
            } catch (taken) {
              await first.close();
              await Agent.create({ name: "a" });
              return [taken.kind, taken.component, await Agent.list()];
            }
        """,
        value=["conflict", "agent:a", ["a"]],
    ),
    Case(
        "agents without names never take a name that is in use",
        lua="""
            local first = Agent.create{}
            Agent.create{}
            first:close()
            Agent.create{}
            return #Agent.list()
        """,
        javascript="""
            const first = await Agent.create({});
            await Agent.create({});
            await first.close();
            await Agent.create({});
            return (await Agent.list()).length;
        """,
        value=2,
    ),
    Case(
        "a closed agent cannot be asked",
        lua='local a = Agent.create{} a:close() a:run("x")',
        javascript='const a = await Agent.create({}); await a.close(); await a.run("x");',
        error=Fails("not_found", "is closed"),
    ),
    Case(
        "an unknown agent is an error that lists what there is",
        lua='Agent.create{ name = "x" } Agent.get("y")',
        javascript='await Agent.create({ name: "x" }); await Agent.get("y");',
        error=Fails("unknown_agent", "no agent named 'y' was created; agents: x"),
    ),
    Case(
        "an agent is asked with text",
        lua="Agent.create{}:run(5)",
        javascript="await (await Agent.create({})).run(5);",
        error=Fails("invalid_arguments", "Agent.run: input must be a string, not 5"),
    ),
    Case(
        "an unknown option of run names the nearest",
        lua='Agent.create{}:run("x", { histroy = {} })',
        javascript='await (await Agent.create({})).run("x", { histroy: [] });',
        error=Fails("unknown_option", "Agent.run: unknown option 'histroy'", hint="did you mean 'history'?"),
    ),
    _options(
        "an unknown option of create is refused",
        'sytem = "x"',
        'sytem: "x"',
        "Agent.create: unknown option 'sytem'",
        kind="unknown_option",
    ),
    _options("an agent's name is text", "name = 3", "name: 3", "Agent.create: name must be a string, not 3"),
    _options("an agent's tools are a list", 'tools = "x"', 'tools: "x"', "Agent.create: tools must be a list, not 'x'"),
    _options(
        "a tool is a name or a handle",
        "tools = { 5 }",
        "tools: [5]",
        "Agent.create: tools[1] must be a string or a handle of type Tool, not 5",
    ),
    _options(
        "an unknown tool fails when the agent is made",
        'tools = { "no_such_tool" }',
        'tools: ["no_such_tool"]',
        "no tool named 'no_such_tool'",
        kind="unknown_tool",
    ),
    _options(
        "a temperature is a number",
        'temperature = "hot"',
        'temperature: "hot"',
        "Agent.create: temperature must be a number, not 'hot'",
    ),
    _options("a timeout is above zero", "timeout = -1", "timeout: -1", "timeout must be above 0"),
    _options(
        "an agent type is one that is installed",
        'type = "lmm"',
        'type: "lmm"',
        "no agent named 'lmm' is installed",
        kind="unknown_agent",
    ),
    _options(
        "an agent that is a function takes no model",
        'run = print, model = "a/b"',
        'run() {}, model: "a/b"',
        "an agent with a run function takes no model",
    ),
)
