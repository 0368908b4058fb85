"""Sessions: conversations that outlast the run, through the global `Session`."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.steps import Calls, Fail, Text

_MEMORY = ("run.store=memory",)


CASES = (
    Case(
        "a session carries the conversation from turn to turn",
        lua="""
            local session = Session.create{ title = "tides" }
            local agent = Agent.create{ name = "desk" }
            local first = session:run(agent, "hello")
            local second = session:run(agent, "again")
            local history = {}
            for i, message in ipairs(session:history()) do history[i] = message.role .. " " .. message.content end
            return { first.text, second.text, #second.messages, history, session:info().turns, session:info().title }
        """,
        javascript="""
            const session = await Session.create({ title: "tides" });
            const agent = await Agent.create({ name: "desk" });
            const first = await session.run(agent, "hello");
            const second = await session.run(agent, "again");
            const history = (await session.history()).map((message) => `${message.role} ${message.content}`);
            const info = await session.info();
            return [first.text, second.text, second.messages.length, history, info.turns, info.title];
        """,
        value=["hi", "hi again", 2, ["user hello", "assistant hi", "user again", "assistant hi again"], 2, "tides"],
        steps=(Text("hi"), Text("hi again")),
        sets=_MEMORY,
        events=(
            Happens(
                "session.turn",
                ("session.turn", {"turn": 1, "agent": "desk", "stop_reason": "completed"}),
                ("session.turn", {"turn": 2}),
            ),
        ),
    ),
    Case(
        "the session that the run belongs to is its current one",
        lua="""
            local _, none = Session.try_current()
            Session.create{ id = "ann" }
            local agent = Agent.create{ name = "desk", run = function(input) return input end }
            Session.current():run(agent, "a")
            return { none.kind, none.message, Session.current():id(), Session.current():info().turns }
        """,
        javascript="""
            const [, none] = await Session.tryCurrent();
            await Session.create({ id: "ann" });
            const agent = await Agent.create({ name: "desk", run: (input) => input });
            await (await Session.current()).run(agent, "a");
            const current = await Session.current();
            return [none.kind, none.message, await current.id(), (await current.info()).turns];
        """,
        value=["not_found", "this run belongs to no session", "ann", 1],
        sets=_MEMORY,
    ),
    Case(
        "a session is opened again by its id",
        lua="""
            local agent = Agent.create{ name = "desk", run = function(input) return "you said " .. input end }
            Session.create{ id = "ann" }:run(agent, "a")
            local again = Session.open("ann")
            again:run(agent, "b")
            local same = Session.resume("ann", { title = "of no use, it is there" })
            local new = Session.resume("bob", { title = "new" })
            return { again:id(), #same:history(), same:info().title, #new:history(), new:info().title }
        """,
        javascript="""
            const agent = await Agent.create({ name: "desk", run: (input) => `you said ${input}` });
            await (await Session.create({ id: "ann" })).run(agent, "a");
            const again = await Session.open("ann");
            await again.run(agent, "b");
            const same = await Session.resume("ann", { title: "of no use, it is there" });
            const fresh = await Session.resume("bob", { title: "new" });
            return [await again.id(), (await same.history()).length, (await same.info()).title,
                    (await fresh.history()).length, (await fresh.info()).title];
        """,
        value=["ann", 4, "", 0, "new"],
        sets=_MEMORY,
    ),
    Case(
        "a turn keeps its calls and their results",
        lua="""
            Tool.define{ name = "look", parameters = { at = "integer" }, run = function(args) return { seen = args.at } end }
            local session = Session.create()
            session:run(Agent.create{ name = "desk", tools = { "look" } }, "look at 7")
            local turn = session:turns()[1]
            local roles = {}
            for i, message in ipairs(turn.messages) do roles[i] = message.role end
            return { turn.number, turn.asked, turn.input, turn.stop_reason, roles, turn.calls[1].name, turn.calls[1].output, turn.usage.total_tokens }
        """,
        javascript="""
            await Tool.define({ name: "look", parameters: { at: "integer" }, run: (args) => ({ seen: args.at }) });
            const session = await Session.create();
            await session.run(await Agent.create({ name: "desk", tools: ["look"] }), "look at 7");
            const [turn] = await session.turns();
            return [turn.number, turn.asked, turn.input, turn.stopReason, turn.messages.map((message) => message.role),
                    turn.calls[0].name, turn.calls[0].output, turn.usage.totalTokens];
        """,
        value=[
            *(1, "desk", "look at 7", "completed", ["user", "assistant", "tool", "assistant"], "look"),
            *({"seen": 7}, 30),
        ],
        steps=(Calls(("look", {"at": 7})), Text("7 it is")),
        sets=_MEMORY,
    ),
    Case(
        "a turn that fails is told and leaves the history as it was",
        lua="""
            local session = Session.create()
            local agent = Agent.create{ name = "desk" }
            local _, problem = pcall(session.run, session, agent, "a")
            session:run(agent, "b")
            local turns = session:turns()
            return { problem.kind, #session:history(), turns[1].stop_reason, turns[1].error.kind, #turns[1].messages, turns[2].stop_reason }
        """,
        javascript="""
            const session = await Session.create();
            const agent = await Agent.create({ name: "desk" });
            const [, problem] = await session.tryRun(agent, "a");
            await session.run(agent, "b");
            const turns = await session.turns();
            return [problem.kind, (await session.history()).length, turns[0].stopReason, turns[0].error.kind, turns[0].messages.length, turns[1].stopReason];
        """,
        value=["authentication", 2, "error", "authentication", 0, "completed"],
        steps=(Fail(401), Text("fine")),
        sets=_MEMORY,
    ),
    Case(
        "an answer can be streamed, and is kept all the same",
        lua="""
            local session = Session.create()
            local stream = session:stream(Agent.create{ name = "desk" }, "go")
            local text = {}
            for event in stream do text[#text + 1] = event.text end
            return { text, stream:result().text, #session:history() }
        """,
        javascript="""
            const session = await Session.create();
            const stream = await session.stream(await Agent.create({ name: "desk" }), "go");
            const text = [];
            for await (const event of stream) if (event.type === "text") text.push(event.text);
            return [text, (await stream.result()).text, (await session.history()).length];
        """,
        value=[["on", "e"], "one", 2],
        steps=(Text("one", chunks=2),),
        sets=_MEMORY,
    ),
    Case(
        "a function is told each event of a turn",
        lua="""
            local told = {}
            local session = Session.create()
            session:run(Agent.create{ name = "desk" }, "go", { on_event = function(event) told[#told + 1] = event.text end })
            return told
        """,
        javascript="""
            const told = [];
            const session = await Session.create();
            await session.run(await Agent.create({ name: "desk" }), "go", { onEvent: (event) => { if (event.type === "text") told.push(event.text); } });
            return told;
        """,
        value=["on", "e"],
        steps=(Text("one", chunks=2),),
        sets=_MEMORY,
    ),
    Case(
        "the one that took over goes on with the session",
        lua="""
            Agent.create{ name = "billing", run = function(input) return "billing: " .. input end }
            local desk = Agent.create{ name = "desk", run = function() return Agent.handoff("billing") end }
            local session = Session.create{ id = "ann" }
            local first = session:run(desk, "a")
            local second = Session.open("ann"):run(desk, "b")
            return { first.text, first.agent, second.text, second.agent }
        """,
        javascript="""
            await Agent.create({ name: "billing", run: (input) => `billing: ${input}` });
            const desk = await Agent.create({ name: "desk", run: () => Agent.handoff("billing") });
            const session = await Session.create({ id: "ann" });
            const first = await session.run(desk, "a");
            const second = await (await Session.open("ann")).run(desk, "b");
            return [first.text, first.agent, second.text, second.agent];
        """,
        value=["billing: a", "billing", "billing: b", "billing"],
        sets=_MEMORY,
    ),
    Case(
        "an agent can be asked by its name",
        lua="""
            Agent.create{ name = "desk", run = function(input) return "you said " .. input end }
            return Session.create():run("desk", "a").text
        """,
        javascript="""
            await Agent.create({ name: "desk", run: (input) => `you said ${input}` });
            return (await (await Session.create()).run("desk", "a")).text;
        """,
        value="you said a",
        sets=_MEMORY,
    ),
    Case(
        "a fork goes its own way from any turn",
        lua="""
            local agent = Agent.create{ name = "desk", run = function(input) return input end }
            local session = Session.create{ id = "s", title = "first" }
            session:run(agent, "a") session:run(agent, "b")
            local fork = session:fork{ turn = 1, id = "f", title = "second" }
            fork:run(agent, "c")
            local info = fork:info()
            return { #session:history(), fork:history()[3].content, info.title, info.turns, info.forked_from }
        """,
        javascript="""
            const agent = await Agent.create({ name: "desk", run: (input) => input });
            const session = await Session.create({ id: "s", title: "first" });
            await session.run(agent, "a"); await session.run(agent, "b");
            const fork = await session.fork({ turn: 1, id: "f", title: "second" });
            await fork.run(agent, "c");
            const info = await fork.info();
            return [(await session.history()).length, (await fork.history())[2].content, info.title, info.turns, info.forkedFrom];
        """,
        value=[4, "c", "second", 2, {"session": "s", "turn": 1}],
        sets=_MEMORY,
    ),
    Case(
        "sessions are listed by user and tag",
        lua="""
            Session.create{ id = "a", user = "ann", tags = { "x", "y" } }
            Session.create{ id = "b", tags = { "y" } }
            local function ids(options)
              local found = {}
              for i, info in ipairs(Session.list(options)) do found[i] = info.id end
              table.sort(found)
              return table.concat(found, " ")
            end
            return { ids(), ids{ user = "ann" }, ids{ tag = "y" }, ids{ user = "local" }, ids{ tag = "z" } }
        """,
        javascript="""
            await Session.create({ id: "a", user: "ann", tags: ["x", "y"] });
            await Session.create({ id: "b", tags: ["y"] });
            const ids = async (options) => (await Session.list(options)).map((info) => info.id).sort().join(" ");
            return [await ids(), await ids({ user: "ann" }), await ids({ tag: "y" }), await ids({ user: "local" }), await ids({ tag: "z" })];
        """,
        value=["a b", "a", "a b", "b", ""],
        sets=_MEMORY,
    ),
    Case(
        "what is said about a session can be changed",
        lua="""
            local session = Session.create{ id = "s", title = "old", tags = { "x" }, data = { n = 1 } }
            session:describe{ title = "new", data = { snake_case = 2 } }
            local info = Session.open("s"):info()
            return { info.title, info.tags, info.data, info.user }
        """,
        javascript="""
            const session = await Session.create({ id: "s", title: "old", tags: ["x"], data: { n: 1 } });
            await session.describe({ title: "new", data: { snake_case: 2 } });
            const info = await (await Session.open("s")).info();
            return [info.title, info.tags, info.data, info.user];
        """,
        value=["new", ["x"], {"snake_case": 2}, "local"],
        sets=_MEMORY,
    ),
    Case(
        "what was exported can be imported",
        lua="""
            local agent = Agent.create{ name = "desk", run = function(input) return input end }
            local session = Session.create{ id = "s", tags = { "x" } }
            session:run(agent, "a")
            State.scope("session"):set("n", { 1, { deep = true } })
            local document = session:export()
            Session.delete("s")
            local again = Session.import(document)
            local other = Session.import(Json.decode(Json.encode(document)), { id = "t" })
            return { again:id(), #again:history(), again:info().tags, other:id(), State.scope("session"):get("n") }
        """,
        javascript="""
            const agent = await Agent.create({ name: "desk", run: (input) => input });
            const session = await Session.create({ id: "s", tags: ["x"] });
            await session.run(agent, "a");
            await (await State.scope("session")).set("n", [1, { deep: true }]);
            const document = await session.export();
            await Session.delete("s");
            const again = await Session.import(document);
            const other = await Session.import(JSON.parse(JSON.stringify(document)), { id: "t" });
            return [await again.id(), (await again.history()).length, (await again.info()).tags, await other.id(), await (await State.scope("session")).get("n")];
        """,
        value=["s", 2, ["x"], "t", [1, {"deep": True}]],
        sets=_MEMORY,
    ),
    Case(
        "a session has a state of its own, which tools of its turns see",
        lua="""
            local agent = Agent.create{ name = "desk", run = function()
              return tostring(State.scope("session"):update("n", function(n) return (n or 0) + 1 end))
            end }
            local one, two = Session.create{ id = "one" }, Session.create{ id = "two" }
            one:run(agent, "x")
            local both = Async.all{ function() return one:run(agent, "x").text end, function() return two:run(agent, "x").text end }
            return { both, State.scope("session"):get("n") }
        """,
        javascript="""
            const agent = await Agent.create({ name: "desk", run: async () =>
              String(await (await State.scope("session")).update("n", (n) => (n ?? 0) + 1)) });
            const one = await Session.create({ id: "one" }), two = await Session.create({ id: "two" });
            await one.run(agent, "x");
            const both = await Async.all([async () => (await one.run(agent, "x")).text, async () => (await two.run(agent, "x")).text]);
            return [both, await (await State.scope("session")).get("n")];
        """,
        value=[["2", "1"], 1],
        sets=_MEMORY,
    ),
    Case(
        "a session that was deleted is gone with its state",
        lua="""
            Session.create{ id = "s" }
            State.scope("session"):set("n", 1)
            Session.delete("s")
            local _, problem = pcall(function() return State.scope("session"):get("n") end)
            Session.create{ id = "s" }
            return { problem.kind, State.scope("session"):get("n", "nothing") }
        """,
        javascript="""
            await Session.create({ id: "s" });
            await (await State.scope("session")).set("n", 1);
            await Session.delete("s");
            const [, problem] = await (await State.scope("session")).tryGet("n");
            await Session.create({ id: "s" });
            return [problem.kind, await (await State.scope("session")).get("n", "nothing")];
        """,
        value=["not_found", "nothing"],
        sets=_MEMORY,
    ),
    Case(
        "whoever comes second gets a conflict",
        lua="""
            local agent = Agent.create{ name = "desk", run = function(input) return input end }
            local first, second = Session.create{ id = "s" }, Session.open("s")
            first:run(agent, "a")
            second:run(agent, "b")
        """,
        javascript="""
            const agent = await Agent.create({ name: "desk", run: (input) => input });
            const first = await Session.create({ id: "s" }), second = await Session.open("s");
            await first.run(agent, "a");
            await second.run(agent, "b");
        """,
        error=Fails(
            "conflict",
            "the session 's' has 1 turns now, not 0: somebody else has gone on with it",
            "open it again",
            "session:s",
        ),
        sets=_MEMORY,
    ),
    Case(
        "a session that is not there names what may be meant",
        lua='Session.create{ id = "customer-42" } Session.open("custmer-42")',
        javascript='await Session.create({ id: "customer-42" }); await Session.open("custmer-42");',
        error=Fails(
            "not_found", "there is no session 'custmer-42'", "did you mean 'customer-42'?", "session:custmer-42"
        ),
        sets=_MEMORY,
    ),
    Case(
        "an id can be had once",
        lua='Session.create{ id = "s" } Session.create{ id = "s" }',
        javascript='await Session.create({ id: "s" }); await Session.create({ id: "s" });',
        error=Fails("conflict", "there is a session 's' already", "open it, or choose another id"),
        sets=_MEMORY,
    ),
    Case(
        "an unknown option is refused",
        lua='Session.create{ titel = "x" }',
        javascript='await Session.create({ titel: "x" });',
        error=Fails("unknown_option", "Session.create: unknown option 'titel'", "did you mean 'title'?"),
    ),
    Case(
        "what was not exported cannot be imported",
        lua='Session.import{ schema = "llmspell.session/1", id = "s", tunrs = 1 }',
        javascript='await Session.import({ schema: "llmspell.session/1", id: "s", tunrs: 1 });',
        error=Fails("invalid_arguments", "`tunrs` is not known; did you mean 'turns'?"),
        sets=_MEMORY,
    ),
)
