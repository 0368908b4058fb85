"""What other frameworks get wrong about agents, as it is here: each named after the fault, in Lua and JavaScript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any

import pytest

from llmspell.message import ModelRequest
from llmspell.testing.steps import Calls, Delay, Text

Value = Callable[..., Awaitable[Any]]

TOOL = {
    "lua": """
        Tool.define{ name = "half", parameters = { n = "integer" },
          run = function(args) error("no halves today") end }
        local reply = Agent.create{ tools = { "half" } }:run("go")
        return { reply.stop_reason, reply.text, reply.calls[1].error.kind, reply.messages[3].content }
    """,
    "javascript": """
        await Tool.define({ name: "half", parameters: { n: "integer" },
          run: () => { throw new Error("no halves today"); } });
        const reply = await (await Agent.create({ tools: ["half"] })).run("go");
        return [reply.stopReason, reply.text, reply.calls[0].error.kind, reply.messages[2].content];
    """,
}

engines = pytest.mark.parametrize("engine", ["lua", "javascript"])


@engines
@pytest.mark.parametrize(
    ("call", "kind", "told"),
    [
        pytest.param(("half", {"n": 4}), "script_failed", "no halves today", id="a_tool_exception"),
        pytest.param(("halv", {"n": 4}), "unknown_tool", "no tool named 'halv'", id="an_unknown_tool"),
        pytest.param(("half", '{"n":'), "invalid_arguments", "are not JSON", id="broken_json"),
        pytest.param(("half", {"n": "four"}), "invalid_arguments", "expected integer", id="a_wrong_type"),
    ],
)
async def test_a_call_that_fails_goes_back_to_the_model_and_does_not_end_the_run(
    value: Value, engine: str, call: tuple[str, Any], kind: str, told: str
) -> None:
    *ended, failed, read = await value(TOOL[engine], Calls(call), Text("I cannot."), engine=engine)
    assert (ended, failed) == (["completed", "I cannot."], kind)
    assert told in read


LIMIT = {
    "lua": """
        local reply = Agent.create{ max_turns = 2, tools = { "calculator" } }:run("go")
        return { reply.stop_reason, reply.text, #reply.calls, reply.error.kind }
    """,
    "javascript": """
        const reply = await (await Agent.create({ maxTurns: 2, tools: ["calculator"] })).run("go");
        return [reply.stopReason, reply.text, reply.calls.length, reply.error.kind];
    """,
}


@engines
async def test_a_limit_does_not_look_like_success_and_keeps_the_partial_answer(value: Value, engine: str) -> None:
    steps = [Calls(("calculator", {"expression": f"1 + {number}"}), text=f"step {number}") for number in (1, 2)]
    assert await value(LIMIT[engine], *steps, engine=engine) == ["budget.turns", "step 2", 2, "budget"]


PASSED_ON = {
    "lua": """
        local inner = Agent.create{ max_turns = 1, tools = { "calculator" } }
        local outer = Agent.create{ run = function(input) return inner:run(input) end }
        local reply = outer:run("go")
        return { reply.stop_reason, reply.text, reply.error.kind, reply.usage.total_tokens }
    """,
    "javascript": """
        const inner = await Agent.create({ maxTurns: 1, tools: ["calculator"] });
        const outer = await Agent.create({ run: (input) => inner.run(input) });
        const reply = await outer.run("go");
        return [reply.stopReason, reply.text, reply.error.kind, reply.usage.totalTokens];
    """,
}


@engines
async def test_a_limit_does_not_look_like_success_where_a_function_passes_the_reply_on(
    value: Value, engine: str
) -> None:
    step = Calls(("calculator", {"expression": "1 + 1"}), text="so far")
    assert await value(PASSED_ON[engine], step, engine=engine) == ["budget.turns", "so far", "budget", 15]


BRACES = {
    "lua": 'return Agent.create{ system = "Say {city} and {{city}}." }:run("{city}").text',
    "javascript": 'return (await (await Agent.create({ system: "Say {city} and {{city}}." })).run("{city}")).text;',
}


@engines
async def test_a_literal_city_in_braces_is_literal(value: Value, engine: str) -> None:
    def echo(request: ModelRequest) -> Text:
        return Text(" | ".join(message.content for message in request.messages))

    assert await value(BRACES[engine], echo, engine=engine) == "Say {city} and {{city}}. | {city}"


EVENTS = {
    "lua": """
        Agent.create{ name = "helper" }
        Agent.create{ name = "boss", agents = { "helper" } }:run("go")
        local paths = {}
        for i, event in ipairs(Event.history("llm.started")) do paths[i] = event.path end
        return paths
    """,
    "javascript": """
        await Agent.create({ name: "helper" });
        await (await Agent.create({ name: "boss", agents: ["helper"] })).run("go");
        return (await Event.history("llm.started")).map((event) => event.path);
    """,
}


@engines
async def test_a_sub_agent_does_not_hide_its_events(value: Value, engine: str) -> None:
    steps = (Calls(("helper", {"input": "help"})), Text("helped"), Text("done"))
    assert await value(EVENTS[engine], *steps, engine=engine) == [
        "run/agent:boss/llm",
        "run/agent:boss/tool:helper/agent:helper/llm",
        "run/agent:boss/llm#2",
    ]


PING_PONG = {
    "lua": """
        Agent.create{ name = "pong", handoffs = { "ping" } }
        local reply = Agent.create{ name = "ping", handoffs = { "pong" } }:run("go")
        return { reply.stop_reason, reply.text, #reply.calls }
    """,
    "javascript": """
        await Agent.create({ name: "pong", handoffs: ["ping"] });
        const reply = await (await Agent.create({ name: "ping", handoffs: ["pong"] })).run("go");
        return [reply.stopReason, reply.text, reply.calls.length];
    """,
}


@engines
async def test_a_transfer_ping_pong_does_not_run_to_500_calls(value: Value, engine: str) -> None:
    def transfer(request: ModelRequest) -> Calls:
        return Calls((request.tools[0].name, {}), text="Not mine.")

    assert await value(PING_PONG[engine], *[transfer] * 5, engine=engine) == ["budget.hops", "Not mine.", 5]


FASTEST = {
    "lua": """
        local reply = Agent.create{ model = "router/quick" }:run("go")
        local lost = Event.history("router.lost")[1]
        return { reply.text, lost.data.model, lost.data.reason }
    """,
    "javascript": """
        const reply = await (await Agent.create({ model: "router/quick" })).run("go");
        const [lost] = await Event.history("router.lost");
        return [reply.text, lost.data.model, lost.data.reason];
    """,
}


@engines
async def test_fastest_does_not_wait_for_every_provider(value: Value, engine: str) -> None:
    def answer(request: ModelRequest) -> Delay | Text:
        return Delay(600, Text("too late")) if request.model == "slow" else Text("first")

    table = ('router.quick.strategy="fastest"', 'router.quick.models=["scripted/slow", "scripted/quick"]')
    found = await value(FASTEST[engine], answer, answer, engine=engine, sets=table)
    assert found == ["first", "scripted/slow", "cancelled"]


CALLBACKS = {
    "lua": """
        local heard = {}
        local function hear(word) return function() heard[#heard + 1] = word end end
        for _, point in ipairs{ "pre_agent", "pre_llm", "post_llm", "pre_tool", "post_tool", "post_agent" } do
          Hook.on(point, hear(point))
        end
        Agent.create{ tools = { "calculator" } }:run("go", { on_event = function(event) heard[#heard + 1] = event.type end })
        return heard
    """,
    "javascript": """
        const heard = [];
        for (const point of ["pre_agent", "pre_llm", "post_llm", "pre_tool", "post_tool", "post_agent"]) {
          await Hook.on(point, () => { heard.push(point); });
        }
        await (await Agent.create({ tools: ["calculator"] })).run("go", { onEvent: (event) => { heard.push(event.type); } });
        return heard;
    """,
}


@engines
async def test_callbacks_and_the_hooks_of_a_script_are_run(value: Value, engine: str) -> None:
    heard = await value(CALLBACKS[engine], Calls(("calculator", {"expression": "1"})), Text("one"), engine=engine)
    hooks = [word for word in heard if "_" in word and word not in ("tool_call", "tool_result")]
    model, tool = ["pre_llm", "post_llm"], ["pre_tool", "post_tool"]
    assert hooks == ["pre_agent", *model, *tool, *model, "post_agent"]
    assert [word for word in heard if word not in hooks] == ["tool_call", "tool_result", "text"]


TURNS = {
    "lua": """
        local chat = Agent.create{ system = "Be brief." }:chat()
        for number = 1, 500 do chat:send("question " .. number) end
        return #chat:history()
    """,
    "javascript": """
        const chat = await (await Agent.create({ system: "Be brief." })).chat();
        for (let number = 1; number <= 500; number++) await chat.send("question " + number);
        return (await chat.history()).length;
    """,
}


@engines
async def test_cpu_per_turn_does_not_grow_with_the_history(value: Value, engine: str) -> None:
    asked: list[float] = []

    def answer(request: ModelRequest) -> Text:
        asked.append(process_time())
        return Text("yes")

    sets = tuple(f"budget.{name}=1000000000" for name in ("model_calls", "tokens", "steps"))
    assert await value(TURNS[engine], *[answer] * 500, engine=engine, sets=sets) == 1000
    turns = [after - before for before, after in pairwise(asked)]
    early, late = median(turns[10:60]), median(turns[-50:])
    assert late < early * 4, "loosely here, where others grow fifteenfold; benchmarks/ has the real bound"


HANDOFF = {
    "lua": """
        Agent.create{ name = "c", run = function(input, context)
          local said = {}
          for i, message in ipairs(context.history) do said[i] = message.role .. ": " .. message.content end
          return { output = { input, State.get("customer"), State.get("ticket"), said } }
        end }
        Agent.create{ name = "b", run = function(input)
          return Agent.handoff("c", { input = "solve it", history = 2, state = { ticket = 9 } })
        end }
        local a = Agent.create{ name = "a", run = function(input)
          return Agent.handoff("b", { state = { customer = 7 }, reason = "beyond me" })
        end }
        local said = { { role = "user", content = "hello" }, { role = "assistant", content = "hello!" } }
        local reply, events = a:run("help", { history = said }), {}
        for _, event in ipairs(Event.history("**")) do
          if event.path:find("handoff") then events[#events + 1] = event.kind .. " " .. event.path end
        end
        return { reply.agent, reply.stop_reason, reply.output, events }
    """,
    "javascript": """
        await Agent.create({ name: "c", run: async (input, context) => {
          const said = context.history.map((message) => message.role + ": " + message.content);
          return { output: [input, await State.get("customer"), await State.get("ticket"), said] };
        } });
        await Agent.create({ name: "b", run: () =>
          Agent.handoff("c", { input: "solve it", history: 2, state: { ticket: 9 } }) });
        const a = await Agent.create({ name: "a", run: () =>
          Agent.handoff("b", { state: { customer: 7 }, reason: "beyond me" }) });
        const said = [{ role: "user", content: "hello" }, { role: "assistant", content: "hello!" }];
        const reply = await a.run("help", { history: said });
        const events = (await Event.history("**")).filter((event) => event.path.includes("handoff"));
        return [reply.agent, reply.stopReason, reply.output, events.map((event) => event.kind + " " + event.path)];
    """,
}


@engines
async def test_a_hands_over_to_b_and_b_to_c_with_state_and_history_and_the_events_in_order(
    value: Value, engine: str
) -> None:
    agent, reason, output, events = await value(HANDOFF[engine], engine=engine)
    assert (agent, reason) == ("c", "completed")
    assert output == ["solve it", 7, 9, ["assistant: hello!", "user: help", "user: solve it"]]
    assert [event for event in events if not event.startswith("state.")] == [
        "handoff.started run/handoff:b",
        "agent.started run/handoff:b/agent:b",
        "agent.finished run/handoff:b/agent:b",
        "handoff.finished run/handoff:b",
        "handoff.started run/handoff:c",
        "agent.started run/handoff:c/agent:c",
        "agent.finished run/handoff:c/agent:c",
        "handoff.finished run/handoff:c",
    ]
