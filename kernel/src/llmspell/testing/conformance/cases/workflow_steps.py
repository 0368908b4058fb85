"""The steps of the global `Workflow`: failures, retries, conditions, hooks, and what is refused."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens


def _refused(
    behaviour: str, lua: str, javascript: str, message: str, *, hint: str = "", kind: str = "invalid_arguments"
) -> Case:
    return Case(
        behaviour,
        lua=f"Workflow.sequential{{ {lua} }}",
        javascript=f"await Workflow.sequential({{ {javascript} }});",
        error=Fails(kind, message, hint=hint),
    )


CASES = (
    Case(
        "a step's function cannot hand over",
        lua='Workflow.sequential{ name = "w", steps = { { name = "a", run = function() return Agent.handoff("b") end } } }:run()',
        javascript='await (await Workflow.sequential({ name: "w", steps: [{ name: "a", run: () => Agent.handoff("b") }] })).run();',
        error=Fails(
            "invalid_arguments",
            "the function of step:a asks for a handoff, which only agents and their tools can",
            "use an agent step",
        ),
    ),
    Case(
        "a failing step raises its own error with the steps so far",
        lua="""
            local flow = Workflow.sequential{ name = "w", steps = { { name = "a", run = function() return { kept = 1 } end },
              { name = "b", run = function() error("ouch", 0) end }, { name = "c", run = function() end } } }
            local _, failure = pcall(flow.run, flow)
            local d = failure.details
            return { failure.message, failure.kind, d.step, d.steps[1].output, d.steps[2].status, d.steps[3].status }
        """,
        javascript="""
            const flow = await Workflow.sequential({ name: "w", steps: [{ name: "a", run: () => ({ kept: 1 }) },
              { name: "b", run: () => { throw new Error("ouch"); } }, { name: "c", run() {} }] });
            const [, failure] = await flow.tryRun();
            const d = failure.details;
            return [failure.message, failure.kind, d.step, d.steps[0].output, d.steps[1].status, d.steps[2].status];
        """,
        value=["step 'b' of workflow 'w': ouch", "script_failed", "b", {"kept": 1}, "failed", "pending"],
    ),
    Case(
        "continue really continues, and a fallback stands in",
        lua="""
            local function bad() error("ouch", 0) end
            local flow = Workflow.sequential{ steps = {
              { name = "a", run = bad, on_error = "continue" },
              { name = "b", run = bad, on_error = "fallback", fallback = { value = { was = "{{steps.a.status}}" } } },
              { name = "c", run = bad, on_error = "fallback", fallback = { run = function(c) return c.steps.b.output.was end } },
            } }
            local r = flow:run()
            return { r.stop_reason, r.output, r.steps[1].status, r.steps[2].status, r.steps[2].error.message }
        """,
        javascript="""
            const bad = () => { throw new Error("ouch"); };
            const flow = await Workflow.sequential({ steps: [
              { name: "a", run: bad, onError: "continue" },
              { name: "b", run: bad, onError: "fallback", fallback: { value: { was: "{{steps.a.status}}" } } },
              { name: "c", run: bad, onError: "fallback", fallback: { run: (c) => c.steps.b.output.was } },
            ] });
            const r = await flow.run();
            return [r.stopReason, r.output, r.steps[0].status, r.steps[1].status, r.steps[1].error.message];
        """,
        value=["completed", "failed", "failed", "completed", "ouch"],
    ),
    Case(
        "a step is tried again, and its condition decides whether it is done at all",
        lua="""
            local tries = 0
            local flow = Workflow.sequential{ steps = {
              { name = "a", retry = { attempts = 3, backoff = 0, errors = "any" }, run = function()
                tries = tries + 1
                if tries < 3 then error("not yet", 0) end
                return tries
              end },
              { name = "b", condition = "{{input.b}}", run = function() return "b" end },
              { name = "c", timeout = 0.01, on_error = "continue", run = function() Async.sleep(5) end },
            } }
            local r = flow:run{ b = false }
            return { r.steps[1].output, r.steps[1].attempts, r.steps[2].status, r.steps[3].error.kind }
        """,
        javascript="""
            let tries = 0;
            const flow = await Workflow.sequential({ steps: [
              { name: "a", retry: { attempts: 3, backoff: 0, errors: "any" }, run: () => {
                tries += 1;
                if (tries < 3) throw new Error("not yet");
                return tries;
              } },
              { name: "b", condition: "{{input.b}}", run: () => "b" },
              { name: "c", timeout: 0.01, onError: "continue", run: () => Async.sleep(5) },
            ] });
            const r = await flow.run({ b: false });
            return [r.steps[0].output, r.steps[0].attempts, r.steps[1].status, r.steps[2].error.kind];
        """,
        value=[3, 3, "skipped", "timeout"],
        events=(Happens("step.retry", "step.retry", "step.retry"),),
    ),
    Case(
        "an output that does not fit its schema fails the step",
        lua='Workflow.sequential{ name = "w", steps = { { name = "a", run = function() return { n = "x" } end, output_schema = { properties = { n = { type = "integer" } } } } } }:run()',
        javascript='await (await Workflow.sequential({ name: "w", steps: [{ name: "a", run: () => ({ n: "x" }), outputSchema: { properties: { n: { type: "integer" } } } }] })).run();',
        error=Fails(
            "invalid_arguments", "the output of step 'a' does not fit its output_schema: $.n: expected integer"
        ),
    ),
    Case(
        "hooks stand around workflows and steps",
        lua="""
            Hook.on("pre_workflow", function(call) return { modify = { input = call.input .. "b" } } end)
            Hook.on("pre_step", function(call) if call.name == "y" then return { replace = "mine" } end end)
            Hook.on("post_workflow", function(call, result) return { replace = { text = result.text .. "!" } } end)
            local r = Workflow.sequential{ steps = { { name = "x", run = function(c) return c.input end },
              { name = "y", run = function() return "theirs" end, condition = "{{steps.x.text}}" } } }:run("a")
            return r.text
        """,
        javascript="""
            await Hook.on("pre_workflow", (call) => ({ modify: { input: call.input + "b" } }));
            await Hook.on("pre_step", (call) => (call.name === "y" ? { replace: "mine" } : undefined));
            await Hook.on("post_workflow", (call, result) => ({ replace: { text: result.text + "!" } }));
            const flow = await Workflow.sequential({ steps: [{ name: "x", run: (c) => c.input },
              { name: "y", run: () => "theirs", condition: "{{steps.x.text}}" }] });
            return (await flow.run("a")).text;
        """,
        value="mine!",
    ),
    _refused(
        "a step that comes later is an error when the workflow is made",
        'name = "w", steps = { { name = "a", prompt = "{{steps.b.text}}" }, { name = "b", prompt = "x" } }',
        'name: "w", steps: [{ name: "a", prompt: "{{steps.b.text}}" }, { name: "b", prompt: "x" }]',
        "workflow 'w': step 'a': {{steps.b.text}}: the step 'b' comes later",
    ),
    _refused(
        "an unknown step is an error that names the nearest",
        'name = "w", steps = { { name = "facts", prompt = "x" }, { name = "b", prompt = "{{steps.fact.text}}" } }',
        'name: "w", steps: [{ name: "facts", prompt: "x" }, { name: "b", prompt: "{{steps.fact.text}}" }]',
        "there is no step 'fact' before it",
        hint="did you mean 'facts'?",
    ),
    _refused(
        "an unknown option of a step names the nearest",
        'steps = { { nmae = "a" } }',
        'steps: [{ nmae: "a" }]',
        "unknown option 'nmae'",
        hint="did you mean 'name'?",
        kind="unknown_option",
    ),
    _refused(
        "a step does one thing",
        'name = "w", steps = { { prompt = "x", tool = "y" } }',
        'name: "w", steps: [{ prompt: "x", tool: "y" }]',
        "step 'step-1' must have exactly one of tool, agent, workflow, prompt, run, and has tool and prompt",
    ),
)
