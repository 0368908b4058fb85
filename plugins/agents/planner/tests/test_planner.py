"""The agent type `planner`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.agent import AgentInput, BaseAgent
from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.message import Usage
from llmspell.result import Result
from llmspell.testing import Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract


class Worker(BaseAgent):
    """Keeps what it was asked, and says so in capitals; or stops for `reason`."""

    def __init__(self, name: str, reason: str = "completed") -> None:
        self.name = name
        self.description = f"Does {name}."
        self.asked: list[str] = []
        self._reason = reason

    async def run(self, request: AgentInput, context: Context) -> Result:
        self.asked.append(request.text)
        task = request.text.partition("\n")[0]
        return Result(task.upper(), stop_reason=self._reason, usage=Usage(1, 1), cost=0.5, agent=self.name)


def step(name: str, *needs: str, agent: str = "", task: str = "") -> dict[str, Any]:
    made = {"id": name, "task": task or f"do {name}", "needs": list(needs)}
    return {**made, "agent": agent} if agent else made


def plan(*steps: dict[str, Any]) -> Text:
    return Text(json.dumps({"steps": steps}))


class TestPlanner(AgentContract):
    """What every agent type must do; the plan is carried out by an agent of the type `llm`."""

    type_name = "planner"
    options = {"agents": ("llm",), "options": {"carry_out": True}}
    answering = (plan(step("a", agent="llm")), Text("hello"))


async def test_a_plan_is_data_and_is_told_in_an_order_that_works(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, plan(step("b", "a"), step("a"))) as bench:
        result = await bench.ask("planner")
    assert result.output["steps"] == [step("b", "a"), step("a")]
    assert result.text == "a: do a\nb: do b, after a"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (plan(step("a"), step("a")), "Two steps have the id 'a': each needs its own."),
        (plan(step("a", "x")), "The step 'a' needs 'x', and there is no such step."),
        (plan(step("a", "b"), step("b", "a")), "The steps need one another in a circle: "),
        (plan(step("a", "a")), "The steps need one another in a circle: a -> a."),
    ],
)
async def test_a_plan_that_cannot_be_carried_out_goes_back(tmp_path: Path, wrong: Text, problem: str) -> None:
    async with AgentBench(tmp_path, wrong, plan(step("a"))) as bench:
        result = await bench.ask("planner")
        assert bench.requests[1].messages[-1].content.startswith(problem)
    assert (result.stop_reason, result.output["steps"]) == ("completed", [step("a")])


async def test_a_step_for_an_agent_that_there_is_not_goes_back(tmp_path: Path) -> None:
    wrong, right = plan(step("a", agent="cok")), plan(step("a", agent="cook"))
    async with AgentBench(tmp_path, wrong, right) as bench:
        result = await bench.ask("planner", agents=(Worker("cook"),))
        assert "does not fit the schema" in bench.requests[1].messages[-1].content
        assert "- cook: Does cook." in bench.requests[0].messages[0].content
        assert bench.requests[0].tools == ()
    assert result.output["steps"] == [step("a", agent="cook")]


async def test_a_plan_with_too_many_steps_goes_back(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, plan(step("a"), step("b")), plan(step("a"))) as bench:
        result = await bench.ask("planner", options={"steps": 1})
    assert len(result.output["steps"]) == 1


async def test_results_flow_to_the_steps_that_need_them(tmp_path: Path) -> None:
    cook, waiter = Worker("cook"), Worker("waiter")
    steps = plan(step("serve", "soup", agent="waiter"), step("soup", agent="cook"))
    async with AgentBench(tmp_path, steps) as bench:
        result = await bench.ask("planner", "dinner", agents=(cook, waiter), options={"carry_out": True})
        paths = [event.path for event in bench.run.log.history("agent.started")]
    assert paths == ["run/agent:tested", "run/agent:tested/agent:cook", "run/agent:tested/agent:waiter"]
    assert cook.asked == ["do soup\n\nThis is a part of: dinner"]
    assert waiter.asked == ["do serve\n\nThis is a part of: dinner\n\nResult of the step soup:\nDO SOUP"]
    assert (result.text, result.agent) == ("DO SERVE", "tested")
    assert result.output["results"] == {"soup": "DO SOUP", "serve": "DO SERVE"}
    assert [(each.name, each.status) for each in result.steps] == [("soup", "completed"), ("serve", "completed")]
    assert result.usage == Usage(12, 7)


async def test_braces_in_a_task_stay_as_they_are(tmp_path: Path) -> None:
    cook = Worker("cook")
    async with AgentBench(tmp_path, plan(step("a", agent="cook", task="{{input.x}} {y}"))) as bench:
        await bench.ask("planner", agents=(cook,), options={"carry_out": True})
    assert cook.asked[0].startswith("{{input.x}} {y}\n")


async def test_a_step_that_stops_early_ends_it_with_what_there_is(tmp_path: Path) -> None:
    steps = plan(step("a", agent="cook"), step("b", "a", agent="lazy"), step("c", "b", agent="cook"))
    async with AgentBench(tmp_path, steps) as bench:
        workers = (Worker("cook"), Worker("lazy", "budget.turns"))
        result = await bench.ask("planner", agents=workers, options={"carry_out": True})
    assert (result.text, result.stop_reason) == ("DO B", "budget.turns")
    assert [each.status for each in result.steps] == ["completed", "failed", "pending"]
    assert result.output["results"] == {"a": "DO A", "b": "DO B"}


async def test_carrying_out_needs_agents(tmp_path: Path) -> None:
    async with AgentBench(tmp_path) as bench:
        with pytest.raises(UsageError, match=r"agent 'tested' is to carry out its plan, and has no agents for it"):
            bench.make("planner", options={"carry_out": True})
