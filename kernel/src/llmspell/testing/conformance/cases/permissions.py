"""Permissions: what a spell may not do, and agents that are held to less than their spell."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Text

CASES = (
    Case(
        "a tool that is denied ends the spell with a permission error",
        lua='Tool.run("calculator", { expression = "1" })',
        javascript='await Tool.run("calculator", { expression: "1" });',
        sets=('permissions.deny={tools = ["calc*"]}',),
        error=Fails("permission", "tool 'calculator' is denied by 'calc*' (--set permissions.deny)"),
        exit_code=4,
        events=(Happens("permission.*", ("permission.denied", {"permission": "tools", "target": "calculator"})),),
    ),
    Case(
        "a denial can be caught like any other error",
        lua='local _, problem = Tool.try_run("calculator", { expression = "1" }) return { problem.kind, problem.component }',
        javascript='const [, problem] = await Tool.tryRun("calculator", { expression: "1" }); return [problem.kind, problem.component];',
        sets=('permissions.deny={tools = ["calc*"]}',),
        value=["permission", "tool:calculator"],
    ),
    Case(
        "an agent's tool that wants approval is denied where there is nobody to ask, and the model hears why",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 7 end }
            local u = Tool.define{ name = "u", run = function() return 8 end }
            local calls = Agent.create{ tools = { t, u }, approve = { "t*" } }:run("go").calls
            return { calls[1].error.kind, calls[2].output, Tool.run("t").output }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 7 });
            const u = await Tool.define({ name: "u", run: () => 8 });
            const { calls } = await (await Agent.create({ tools: [t, u], approve: ["t*"] })).run("go");
            return [calls[0].error.kind, calls[1].output, (await Tool.run("t")).output];
        """,
        steps=(Calls(("t", {}), ("u", {})), Text("done")),
        value=["permission", 8, 7],
    ),
    Case(
        "an agent cannot want approval for a tool that it does not have",
        lua='Agent.create{ name = "a", tools = { "calculator" }, approve = { "calcluator" } }',
        javascript='await Agent.create({ name: "a", tools: ["calculator"], approve: ["calcluator"] });',
        error=Fails("unknown_tool", "agent 'a': approve: no tool fits 'calcluator'", "did you mean 'calculator'?"),
    ),
    Case(
        "an agent may use the tools that its permissions name",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 7 end }
            return Agent.create{ tools = { t }, permissions = { tools = { "t*" } } }:run("go").calls[1].output
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 7 });
            return (await (await Agent.create({ tools: [t], permissions: { tools: ["t*"] } })).run("go")).calls[0].output;
        """,
        steps=(Calls(("t", {})), Text("done")),
        value=7,
    ),
    Case(
        "an agent is denied the tools that its permissions do not name",
        lua="""
            local t = Tool.define{ name = "t", run = function() print("ran") end }
            local reply = Agent.create{ name = "a", tools = { t }, permissions = { tools = { "u" } } }:run("go")
            return { reply.calls[1].error.kind, reply.calls[1].error.message }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => { console.log("ran"); } });
            const reply = await (await Agent.create({ name: "a", tools: [t], permissions: { tools: ["u"] } })).run("go");
            return [reply.calls[0].error.kind, reply.calls[0].error.message];
        """,
        steps=(Calls(("t", {})), Text("done")),
        value=["permission", "tool 't' is not among the permissions of agent a"],
        output="",
    ),
    Case(
        "an empty list leaves an agent nothing of that kind",
        lua="""
            local t = Tool.define{ name = "t", run = function() print("ran") end }
            return Agent.create{ tools = { t }, permissions = { tools = {} } }:run("go").calls[1].error.kind
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => { console.log("ran"); } });
            return (await (await Agent.create({ tools: [t], permissions: { tools: [] } })).run("go")).calls[0].error.kind;
        """,
        steps=(Calls(("t", {})), Text("done")),
        value="permission",
        output="",
    ),
    Case(
        "an agent may be denied single tools and keep the others",
        lua="""
            local t = Tool.define{ name = "t", run = function() return 7 end }
            local u = Tool.define{ name = "u", run = function() print("ran") end }
            local calls = Agent.create{ tools = { t, u }, permissions = { deny = { tools = { "u" } } } }:run("go").calls
            return { calls[1].output, calls[2].error.kind }
        """,
        javascript="""
            const t = await Tool.define({ name: "t", run: () => 7 });
            const u = await Tool.define({ name: "u", run: () => { console.log("ran"); } });
            const { calls } = await (await Agent.create({ tools: [t, u], permissions: { deny: { tools: ["u"] } } })).run("go");
            return [calls[0].output, calls[1].error.kind];
        """,
        steps=(Calls(("t", {}), ("u", {})), Text("done")),
        value=[7, "permission"],
        output="",
    ),
    Case(
        "an agent's permissions never add to the spell's",
        lua="""
            local agent = Agent.create{ tools = { "calculator" }, permissions = { tools = { "*" } } }
            return agent:run("go").calls[1].error.kind
        """,
        javascript="""
            const agent = await Agent.create({ tools: ["calculator"], permissions: { tools: ["*"] } });
            return (await agent.run("go")).calls[0].error.kind;
        """,
        sets=('permissions.deny={tools = ["calculator"]}',),
        steps=(Calls(("calculator", {"expression": "1"})), Text("done")),
        value="permission",
    ),
    Case(
        "an agent that may ask no model asks none",
        lua='Agent.create{ name = "a", permissions = { models = { "other/*" } } }:run("hi")',
        javascript='await (await Agent.create({ name: "a", permissions: { models: ["other/*"] } })).run("hi");',
        error=Fails("permission", "model 'scripted/model' is not among the permissions of agent a"),
    ),
    Case(
        "an agent that is a function is held to its permissions too",
        lua="""
            Tool.define{ name = "t", run = function() print("ran") end }
            local agent = Agent.create{ permissions = { tools = {} }, run = function()
              local _, problem = Tool.try_run("t")
              return problem.kind
            end }
            return agent:run("go").text
        """,
        javascript="""
            await Tool.define({ name: "t", run: () => { console.log("ran"); } });
            const agent = await Agent.create({ permissions: { tools: [] }, run: async () => {
              const [, problem] = await Tool.tryRun("t");
              return problem.kind;
            } });
            return (await agent.run("go")).text;
        """,
        value="permission",
        output="",
    ),
    Case(
        "an agent inside an agent has at most what the outer one has",
        lua="""
            Tool.define{ name = "t", run = function() print("ran") end }
            local inner = Agent.create{ permissions = { tools = { "*" } }, run = function()
              local _, problem = Tool.try_run("t")
              return problem.kind
            end }
            local outer = Agent.create{ permissions = { tools = {} }, run = function() return inner:run("go").text end }
            return outer:run("go").text
        """,
        javascript="""
            await Tool.define({ name: "t", run: () => { console.log("ran"); } });
            const inner = await Agent.create({ permissions: { tools: ["*"] }, run: async () => {
              const [, problem] = await Tool.tryRun("t");
              return problem.kind;
            } });
            const outer = await Agent.create({ permissions: { tools: [] }, run: async () => (await inner.run("go")).text });
            return (await outer.run("go")).text;
        """,
        value="permission",
        output="",
    ),
    Case(
        "agents that call at the same moment have each their own permissions",
        lua="""
            Tool.define{ name = "t", run = function() return "ran" end }
            local function who(name, permissions)
              local agent = Agent.create{ name = name, permissions = permissions, run = function()
                local reply, problem = Tool.try_run("t")
                return reply and reply.output or problem.kind
              end }
              return function() return agent:run("go").text end
            end
            local free = { tools = { "*" } }
            return Async.all{ who("a", free), who("b", { tools = {} }), who("c", free), who("d", { tools = {} }) }
        """,
        javascript="""
            await Tool.define({ name: "t", run: () => "ran" });
            const who = async (name, permissions) => {
              const agent = await Agent.create({ name, permissions, run: async () => {
                const [reply, problem] = await Tool.tryRun("t");
                return reply ? reply.output : problem.kind;
              } });
              return async () => (await agent.run("go")).text;
            };
            const free = { tools: ["*"] }, held = { tools: [] };
            const tasks = [await who("a", free), await who("b", held), await who("c", free), await who("d", held)];
            return await Async.all(tasks);
        """,
        value=["ran", "permission", "ran", "permission"],
    ),
    Case(
        "a permission that does not exist is named with the nearest",
        lua='Agent.create{ permissions = { tols = { "t" } } }',
        javascript='await Agent.create({ permissions: { tols: ["t"] } });',
        error=Fails("unknown_option", "Agent.create: no permission is called 'tols'", hint="did you mean 'tools'?"),
    ),
    Case(
        "a pattern that means nothing is an error where it stands",
        lua='Agent.create{ permissions = { ["fs.read"] = { "../up" } } }',
        javascript='await Agent.create({ permissions: { "fs.read": ["../up"] } });',
        error=Fails("invalid_arguments", "Agent.create: '../up' is no pattern of paths: it has '..'"),
    ),
    Case(
        "permissions are patterns in lists",
        lua='Agent.create{ permissions = { tools = "t" } }',
        javascript='await Agent.create({ permissions: { tools: "t" } });',
        error=Fails("invalid_arguments", "Agent.create: tools must be a list of patterns, found 't'"),
    ),
)
