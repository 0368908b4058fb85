"""What workflows and state get wrong elsewhere: each line is a spell, in both languages, that shows it is right here.

The docstrings say where it was found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.testing import Text
from llmspell.testing.conformance import Case, Fails, Happens
from llmspell.testing.conformance.check import check

both = pytest.mark.parametrize("engine", ["lua", "javascript"])
KEPT = ("store.sqlite.path=store.db",)


@both
async def test_two_parallel_branches_never_overwrite_one_key_silently(engine: str, tmp_path: Path) -> None:
    """ADK and go-llms: the last branch wins, and nobody is told."""
    case = Case(
        "a conflict names both",
        lua="""
            local function writes(value) return function() State.set("best", value) end end
            local flow = Workflow.parallel{ name = "f", steps = { { name = "a", run = writes(1) }, { name = "b", run = writes(2) } } }
            local _, problem = flow:try_run()
            return { problem.kind, problem.message, State.get("best", "nothing") }
        """,
        javascript="""
            const writes = (value) => () => State.set("best", value);
            const flow = await Workflow.parallel({ name: "f", steps: [{ name: "a", run: writes(1) }, { name: "b", run: writes(2) }] });
            const [, problem] = await flow.tryRun();
            return [problem.kind, problem.message, await State.get("best", "nothing")];
        """,
        value=[
            "conflict",
            "workflow 'f': the state key 'best' was written by step 'a' and step 'b' at once, and nothing says how to"
            " merge them",
            "nothing",
        ],
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_parallel_branches_all_run_at_the_same_time_and_for_real(engine: str, tmp_path: Path) -> None:
    """rs-llmspell: one branch runs, and on a mock. Here each waits for the other, and each asks the model."""
    case = Case(
        "all branches meet",
        lua="""
            local here = 0
            local function meet(name)
              return function()
                here = here + 1
                for _ = 1, 1000 do if here == 3 then return name end Async.sleep(0.005) end
                error("the others never came")
              end
            end
            local flow = Workflow.parallel{ steps = { { name = "a", run = meet("A") }, { name = "b", run = meet("B") },
              { name = "c", run = meet("C") }, { name = "d", prompt = "Say D." } } }
            return flow:run().output
        """,
        javascript="""
            let here = 0;
            const meet = (name) => async () => {
              here += 1;
              for (let i = 0; i < 1000; i++) { if (here === 3) return name; await Async.sleep(0.005); }
              throw new Error("the others never came");
            };
            const flow = await Workflow.parallel({ steps: [{ name: "a", run: meet("A") }, { name: "b", run: meet("B") },
              { name: "c", run: meet("C") }, { name: "d", prompt: "Say D." }] });
            return (await flow.run()).output;
        """,
        value={"a": "A", "b": "B", "c": "C", "d": "D"},
        steps=(Text("D"),),
        events=(Happens("llm.*", "llm.started", "llm.finished"),),
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_on_error_continue_really_continues(engine: str, tmp_path: Path) -> None:
    """rs-llmspell: the policy is there, and the error is thrown all the same."""
    case = Case(
        "the steps after it are done",
        lua="""
            local result = Workflow.sequential{ steps = {
              { name = "bad", run = function() error("ouch") end, on_error = "continue" },
              { name = "after", run = function(ctx) return ctx.steps.bad.status end },
            } }:run()
            return { result.stop_reason, result.output, result.steps[1].status, result.steps[2].status }
        """,
        javascript="""
            const flow = await Workflow.sequential({ steps: [
              { name: "bad", run: () => { throw new Error("ouch"); }, onError: "continue" },
              { name: "after", run: (ctx) => ctx.steps.bad.status },
            ] });
            const result = await flow.run();
            return [result.stopReason, result.output, result.steps[0].status, result.steps[1].status];
        """,
        value=["completed", "failed", "failed", "completed"],
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_the_places_of_steps_are_filled_wherever_they_stand(engine: str, tmp_path: Path) -> None:
    """rs-llmspell: `{{steps...}}` reaches the model as it was written."""
    case = Case(
        "tools, prompts, inner workflows and the output get the value",
        lua="""
            Tool.define{ name = "echo", parameters = { text = "string" }, run = function(given) return given.text end }
            local asked
            Hook.on("pre_llm", function(call) asked = call.request.messages[1].content end)
            local result = Workflow.sequential{ output = "{{steps.inner.output}}, {{steps.city.output.name}}", steps = {
              { name = "city", run = function() return { name = "Bonn" } end },
              { name = "tool", tool = "echo", arguments = { text = "in {{steps.city.output.name}}" } },
              { name = "asked", prompt = "What is {{steps.tool.text}}, {city}?" },
              { name = "inner", workflow = { type = "sequential", steps = { { tool = "echo", arguments = { text = "{{input}}!" } } } }, input = "{{steps.asked.text}}" },
            } }:run()
            return { result.output, asked }
        """,
        javascript="""
            await Tool.define({ name: "echo", parameters: { text: "string" }, run: (given) => given.text });
            let asked;
            await Hook.on("pre_llm", (call) => { asked = call.request.messages[0].content; });
            const flow = await Workflow.sequential({ output: "{{steps.inner.output}}, {{steps.city.output.name}}", steps: [
              { name: "city", run: () => ({ name: "Bonn" }) },
              { name: "tool", tool: "echo", arguments: { text: "in {{steps.city.output.name}}" } },
              { name: "asked", prompt: "What is {{steps.tool.text}}, {city}?" },
              { name: "inner", workflow: { type: "sequential", steps: [{ tool: "echo", arguments: { text: "{{input}}!" } }] }, input: "{{steps.asked.text}}" },
            ] });
            return [(await flow.run()).output, asked];
        """,
        value=["Rain!, Bonn", "What is in Bonn, {city}?"],
        steps=(Text("Rain"),),
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_a_while_loop_runs_as_long_as_its_condition_holds(engine: str, tmp_path: Path) -> None:
    """rs-llmspell: not once, whatever the condition says."""
    case = Case(
        "by a comparison and by a function",
        lua="""
            local steps = { { name = "n", run = function(ctx) return ctx.index end } }
            local compared = Workflow.loop{ steps = steps, repeat_while = { value = "{{index}}", op = "<=", to = 3 } }
            local asked = Workflow.loop{ steps = steps, repeat_while = function(ctx) return ctx.index <= 4 end }
            local until_ = Workflow.loop{ steps = steps, repeat_until = { value = "{{steps.n.output}}", op = ">=", to = 5 } }
            return { compared:run().output, asked:run().output, until_:run().output, compared:run().stop_reason }
        """,
        javascript="""
            const steps = [{ name: "n", run: (ctx) => ctx.index }];
            const compared = await Workflow.loop({ steps, repeatWhile: { value: "{{index}}", op: "<=", to: 3 } });
            const asked = await Workflow.loop({ steps, repeatWhile: (ctx) => ctx.index <= 4 });
            const until = await Workflow.loop({ steps, repeatUntil: { value: "{{steps.n.output}}", op: ">=", to: 5 } });
            return [(await compared.run()).output, (await asked.run()).output, (await until.run()).output, (await compared.run()).stopReason];
        """,
        value=[3, 4, 5, "completed"],
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_the_limit_of_a_loop_never_looks_like_success(engine: str, tmp_path: Path) -> None:
    """go-llms: the last answer as if it was the end; ADK: an exception without it."""
    case = Case(
        "a stop reason of its own, and what was done",
        lua="""
            local result = Workflow.loop{ name = "endless", repeat_while = "yes", max_iterations = 3,
              steps = { { run = function(ctx) return ctx.index end } } }:run()
            return { result.stop_reason, result.output, #result.steps, result.error.kind, result.error.message }
        """,
        javascript="""
            const flow = await Workflow.loop({ name: "endless", repeatWhile: "yes", maxIterations: 3,
              steps: [{ run: (ctx) => ctx.index }] });
            const result = await flow.run();
            return [result.stopReason, result.output, result.steps.length, result.error.kind, result.error.message];
        """,
        value=["budget.iterations", 3, 3, "budget", "the budget iterations of 3 rounds is used up"],
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_state_comes_back_as_it_was_in_the_next_run(engine: str, tmp_path: Path) -> None:
    """rs-llmspell: what was set is not what is got, if it is there at all."""
    value = {"name": "Bönn \U0001f600", "n": [1, 2.5, -3], "deep": {"yes": True, "list": [[], [{"x": ""}]]}}
    text = '{"name":"Bönn \U0001f600","n":[1,2.5,-3],"deep":{"yes":true,"list":[[],[{"x":""}]]}}'
    keep = Case(
        "it is set",
        lua=f"""
            local value = Json.decode([==[{text}]==])
            State.set("a", value)
            for _, scope in ipairs{{ "app", "user" }} do State.scope(scope):set("a", value) end
            return State.get("a")
        """,
        javascript=f"""
            const value = JSON.parse(`{text}`);
            await State.set("a", value);
            for (const scope of ["app", "user"]) await (await State.scope(scope)).set("a", value);
            return State.get("a");
        """,
        value=value,
        sets=KEPT,
    )
    find = Case(
        "it is got",
        lua='return { State.scope("app"):get("a"), State.scope("user"):get("a"), State.get("a", "the run is over") }',
        javascript="""
            const [app, user] = [await State.scope("app"), await State.scope("user")];
            return [await app.get("a"), await user.get("a"), await State.get("a", "the run is over")];
        """,
        value=[value, value, "the run is over"],
        sets=KEPT,
    )
    await check(keep, engine, "low", tmp_path)
    await check(find, engine, "low", tmp_path)


@both
async def test_a_failed_step_ends_the_workflow_with_its_error_and_what_was_done(engine: str, tmp_path: Path) -> None:
    """ADK: the exception of a tool, and nothing of what had been done."""
    case = Case(
        "partial results survive",
        lua="""
            Tool.define{ name = "half", parameters = {}, run = function() error("ouch") end }
            local flow = Workflow.sequential{ name = "f", steps = {
              { name = "first", run = function() return 1 end }, { name = "second", tool = "half" }, { name = "third", prompt = "x" } } }
            local _, problem = flow:try_run()
            local found = { problem.component, problem.details.step }
            for i, step in ipairs(problem.details.steps) do found[i + 2] = step.status end
            return found
        """,
        javascript="""
            await Tool.define({ name: "half", parameters: {}, run: () => { throw new Error("ouch"); } });
            const flow = await Workflow.sequential({ name: "f", steps: [
              { name: "first", run: () => 1 }, { name: "second", tool: "half" }, { name: "third", prompt: "x" }] });
            const [, problem] = await flow.tryRun();
            return [problem.component, problem.details.step, ...problem.details.steps.map((step) => step.status)];
        """,
        value=["tool:half", "second", "completed", "failed", "pending"],
    )
    await check(case, engine, "low", tmp_path)


@both
async def test_no_step_comes_after_a_cancellation(engine: str, tmp_path: Path) -> None:
    """rs-llmspell: a workflow that was stopped goes on with the next step."""
    case = Case(
        "neither a parallel branch nor a fallback goes on",
        lua="""
            local function waits() Event.publish("test.begun", {}) Async.sleep(30) end
            Workflow.parallel{ steps = {
              { name = "a", run = waits, on_error = "continue" },
              { name = "b", run = function() Async.sleep(30) end, on_error = "fallback", fallback = { value = 1 } },
            } }:run()
            Event.publish("test.after", {})
        """,
        javascript="""
            const waits = async () => { await Event.publish("test.begun", {}); await Async.sleep(30); };
            const flow = await Workflow.parallel({ steps: [
              { name: "a", run: waits, onError: "continue" },
              { name: "b", run: () => Async.sleep(30), onError: "fallback", fallback: { value: 1 } },
            ] });
            await flow.run();
            await Event.publish("test.after", {});
        """,
        error=Fails("cancelled"),
        stop_reason="cancelled",
        interrupt="test.begun",
        events=(Happens("test.*", "test.begun"),),
    )
    await check(case, engine, "low", tmp_path)
