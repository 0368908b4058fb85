"""Steps one after another: what each kind does, what comes of them, and what is left when one fails."""

from __future__ import annotations

from typing import Any

import pytest
from kernel.tests.run.kit import Saying, Spy, events, kinds, open_run, parrot, scripted
from kernel.tests.workflow.kit import echo, fails, gives, record, run_flow, statuses

from llmspell.agent import AgentInput
from llmspell.context import Context
from llmspell.errors import LlmspellError, ProviderError, ToolFailed, UnknownPlugin, UsageError
from llmspell.gate import BudgetLimits
from llmspell.message import Usage
from llmspell.result import HandoffRequest, Result
from llmspell.testing import Fail, ScriptedModel, Text
from llmspell.workflow import Sequential, Step, StepContext, Workflow, WorkflowInput


async def test_data_flows_from_step_to_step_through_every_kind() -> None:
    run = open_run(scripted("a poem"))
    run.model = "scripted/m"
    run.tools.add(Spy(lambda arguments, _: {"count": arguments["n"] + 1}, name="count"))
    run.agents["parrot"] = parrot()
    inner = Sequential(steps=(echo("inner {{input.text}}"),))

    async def function(context: StepContext) -> Any:
        return f"{context.input['n']} {context.steps['ask'].text} {context.item} {context.index}"

    steps = (
        Step(name="tool", tool="count", arguments={"n": "{{input.n}}"}),
        Step(name="agent", agent="parrot", input="counted {{steps.tool.output.count}}"),
        Step(name="ask", prompt="Say: {{steps.agent.text}}", system="Be {{input.tone}}."),
        Step(name="function", run=function),
        Step(name="workflow", workflow=inner, input={"text": "{{steps.function.text}}"}),
    )
    result = await run_flow(Sequential("w", steps=steps), {"n": 1, "tone": "brief"}, run)
    assert [step.output for step in result.steps] == [
        {"count": 2},
        "counted 2",
        "a poem",
        "1 a poem None 0",
        "inner 1 a poem None 0",
    ]
    assert [step.kind for step in result.steps] == ["tool", "agent", "prompt", "function", "workflow"]
    assert {step.status for step in result.steps} == {"completed"}
    assert (result.text, result.output, result.agent) == ("inner 1 a poem None 0", "inner 1 a poem None 0", "w")
    assert [step.name for step in result.steps[-1].steps] == ["echo"]
    [asked] = [event.data["request"] for event in events(run, "llm.started")]
    assert [message.content for message in asked.messages] == ["Be brief.", "Say: counted 2"]


async def test_an_agent_and_a_workflow_get_the_input_around_them_when_nothing_is_said() -> None:
    run = open_run()
    run.agents["parrot"] = parrot()
    steps = (Step(agent="parrot"), Step(workflow=Sequential(steps=(echo("{{input.a}}"),))))
    result = await run_flow(Sequential("w", steps=steps), {"a": [1]}, run)
    assert [step.output for step in result.steps] == ['{"a": [1]}', [1]]
    assert [step.name for step in result.steps] == ["step-1", "step-2"]


async def test_an_output_of_its_own_may_name_any_step() -> None:
    steps = (Step(name="a", run=gives(1)), Step(name="b", run=gives(2)))
    result = await run_flow(Sequential("w", steps=steps, output={"sum": "{{steps.a.output}}+{{steps.b.output}}"}))
    assert (result.output, result.text) == ({"sum": "1+2"}, '{"sum": "1+2"}')


async def test_usage_and_cost_are_those_of_its_models() -> None:
    run = open_run(scripted("x", "y"))
    steps = (Step(prompt="a", model="scripted/m"), Step(prompt="b", model="scripted/m"), Step(run=gives(1)))
    result = await run_flow(Sequential("w", steps=steps), None, run)
    assert result.usage == Usage(20, 10)
    assert result.cost is None  # the price is not known, which is not 0
    assert (await run_flow(Sequential("w", steps=(Step(run=gives(1)),)))).cost == 0


async def test_a_failing_step_raises_its_own_error_with_the_steps_so_far() -> None:
    run = open_run()
    run.tools.add(Spy(ValueError("ouch"), name="broken"))
    steps = (Step(name="a", run=gives({"kept": 1})), Step(name="b", tool="broken"), Step(name="c", run=gives(3)))
    with pytest.raises(
        ToolFailed, match=r"^step 'b' of workflow 'w': tool 'broken' failed: ValueError: ouch$"
    ) as raised:
        await run_flow(Sequential("w", steps=steps), None, run)
    error = raised.value
    assert (error.kind, error.component, error.details["step"]) == ("tool_failed", "tool:broken", "b")
    assert [(step["name"], step["status"]) for step in error.details["steps"]] == [
        ("a", "completed"),
        ("b", "failed"),
        ("c", "pending"),
    ]
    assert error.details["steps"][0]["output"] == {"kept": 1}
    assert error.details["steps"][1]["error"]["kind"] == "tool_failed"


async def test_an_error_inside_a_nested_workflow_names_both() -> None:
    inner = Sequential(steps=(Step(name="x", run=fails(ValueError("ouch"))),))
    with pytest.raises(
        LlmspellError,
        match=r"^step 'a' of workflow 'w': step 'x' of workflow 'a': the function of step 'x' failed: ValueError: ouch$",
    ):
        await run_flow(Sequential("w", steps=(Step(name="a", workflow=inner),)))


async def test_reaching_a_limit_of_the_run_is_a_stop_reason_and_never_looks_like_success() -> None:
    run = open_run(budget=BudgetLimits(steps=2))
    steps = tuple(Step(run=gives(number), on_error="continue") for number in range(4))
    result = await run_flow(Sequential("w", steps=steps), None, run)
    assert (result.stop_reason, result.output) == ("budget.steps", 1)
    assert statuses(result) == {"step-1": "completed", "step-2": "completed", "step-3": "failed", "step-4": "pending"}
    assert result.error is not None
    assert result.error["message"] == "the budget steps of 2 is used up"


async def test_a_tool_that_hands_over_is_refused_where_no_agent_could_go_on() -> None:
    run = open_run()
    run.tools.add(Spy(lambda _, __: HandoffRequest("desk"), name="transfer"))
    message = r"^step 'a' of workflow 'w': tool 'transfer' hands over to 'desk', which only works where an agent calls"
    with pytest.raises(UsageError, match=message):
        await run_flow(Sequential("w", steps=(Step(name="a", tool="transfer"),)), None, run)


async def test_an_agent_that_stops_early_stops_the_workflow_for_the_same_reason() -> None:
    async def tired(_: AgentInput, __: Context) -> Result:
        return Result(text="so far", stop_reason="budget.turns", agent="tired")

    run = open_run()
    run.agents["tired"] = Saying(tired, "tired")
    steps = (Step(name="a", agent="tired"), Step(name="b", run=gives(2)))
    result = await run_flow(Sequential("w", steps=steps), None, run)
    assert (result.stop_reason, result.text) == ("budget.turns", "so far")
    assert statuses(result) == {"a": "failed", "b": "pending"}
    assert result.error is not None
    assert result.error["message"] == "step 'a' stopped early: budget.turns"


async def test_a_cut_answer_of_a_model_is_not_success() -> None:
    run = open_run(ScriptedModel(Text("half a", finish_reason="length")))
    result = await run_flow(Sequential("w", steps=(Step(prompt="x", model="scripted/m"),)), None, run)
    assert (result.stop_reason, result.text) == ("budget.max_tokens", "half a")


async def test_a_model_that_fails_keeps_its_kind() -> None:
    run = open_run(ScriptedModel(Fail(ProviderError("slow down", kind="rate_limited"))))
    with pytest.raises(ProviderError, match=r"^step 'step-1' of workflow 'w': .*slow down") as raised:
        await run_flow(Sequential("w", steps=(Step(prompt="x", model="scripted/m"),)), None, run)
    assert raised.value.kind == "rate_limited"


async def test_every_step_has_its_events_and_its_path() -> None:
    run = open_run()
    run.agents["parrot"] = parrot()
    inner = Sequential(steps=(Step(name="deep", agent="parrot", input="hi"),))
    await run_flow(Sequential("w", steps=(Step(name="a", workflow=inner),)), None, run)
    assert [(event.kind, event.path) for event in events(run)] == [
        ("workflow.started", "run/workflow:w"),
        ("step.started", "run/workflow:w/step:a"),
        ("workflow.started", "run/workflow:w/step:a/workflow:a"),
        ("step.started", "run/workflow:w/step:a/workflow:a/step:deep"),
        ("agent.started", "run/workflow:w/step:a/workflow:a/step:deep/agent:parrot"),
        ("agent.finished", "run/workflow:w/step:a/workflow:a/step:deep/agent:parrot"),
        ("step.finished", "run/workflow:w/step:a/workflow:a/step:deep"),
        ("workflow.finished", "run/workflow:w/step:a/workflow:a"),
        ("step.finished", "run/workflow:w/step:a"),
        ("workflow.finished", "run/workflow:w"),
    ]
    assert events(run, "step.finished")[0].data["output"] == "hi"


async def test_one_workflow_runs_several_times_at_once() -> None:
    import asyncio

    run = open_run()
    flow = Workflow(Sequential("w", steps=(echo("{{input.n}}", "a"), echo("{{steps.a.output}}!", "b"))), run)
    results = await asyncio.gather(*(run.run_agent(flow, WorkflowInput("", value={"n": n})) for n in range(20)))
    assert [result.output for result in results] == [f"{n}!" for n in range(20)]


async def test_an_agent_may_be_of_an_installed_type_and_unknown_ones_are_errors_when_it_is_made() -> None:
    with pytest.raises(UsageError, match=r"step 'a': no agent named 'nobody' was created or is installed") as raised:
        await run_flow(Sequential("w", steps=(Step(name="a", agent="nobody"),)))
    assert raised.value.kind == "unknown_agent"
    with pytest.raises(UnknownPlugin, match=r"^workflow 'w': no tool named 'nothing' is installed"):
        await run_flow(Sequential("w", steps=(Step(name="a", tool="nothing"),)))
    with pytest.raises(UsageError, match=r"step 'a': no workflow named 'nothing' was made"):
        await run_flow(Sequential("w", steps=(Step(name="a", workflow="nothing"),)))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Step(name="a"), r"step 'a' must have exactly one of tool, agent, workflow, prompt, run, and has none"),
        (Step(name="a", tool="t", prompt="p"), r"must have exactly one .* and has tool and prompt"),
        (Step(name="a", prompt="p", arguments={"x": 1}), r"is given with prompt, which takes no arguments"),
        (Step(name="a", tool="t", model="m"), r"is given with tool, which takes no model"),
        (Step(name="a b", prompt="p"), r"'a b' is not a step name"),
        (Step(prompt="p", timeout=0), r"timeout must be above 0"),
    ],
)
async def test_a_step_that_makes_no_sense_is_an_error_when_it_is_made(step: Step, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await run_flow(Sequential("w", steps=(step,)))


async def test_two_steps_cannot_have_one_name_and_there_must_be_one() -> None:
    with pytest.raises(UsageError, match=r"^workflow 'w': two steps are named 'a'$"):
        await run_flow(Sequential("w", steps=(Step(name="a", prompt="p"), Step(name="a", prompt="p"))))
    with pytest.raises(UsageError, match=r"^workflow 'w': it has no steps$"):
        await run_flow(Sequential("w"))


async def test_a_function_that_blocks_runs_in_a_thread() -> None:
    import threading

    def where(_: StepContext) -> str:
        return threading.current_thread().name

    result = await run_flow(Sequential("w", steps=(Step(run=where),)))
    assert result.output != threading.current_thread().name


async def test_what_an_agent_says_is_told_as_it_comes() -> None:
    run = open_run(scripted("hello there"))
    told: list[str] = []
    flow = Workflow(Sequential("w", steps=(Step(prompt="x", model="scripted/m"),)), run)
    request = WorkflowInput("", on_event=lambda event: told.append(event.data["text"]), value=None)
    assert (await run.run_agent(flow, request)).text == "".join(told) == "hello there"


async def test_the_record_of_a_step_has_its_time_and_its_attempts() -> None:
    found = record(await run_flow(Sequential("w", steps=(Step(name="a", run=gives(1)),))), "a")
    assert (found.attempts, found.round, found.error) == (1, 0, None)
    assert 0 < found.duration < 5


def test_a_workflow_that_is_refused_leaves_no_event() -> None:
    run = open_run()
    with pytest.raises(UsageError):
        Workflow(Sequential("w"), run)
    assert kinds(run) == []
