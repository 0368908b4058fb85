"""The agent type `critic`: draft, critique, refine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.agent import AgentInput, BaseAgent
from llmspell.context import Context
from llmspell.errors import UnknownPlugin, UsageError
from llmspell.result import Result
from llmspell.testing import Calls, Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract


def verdict(critique: str = "") -> Text:
    return Text(json.dumps({"accepted": not critique, "critique": critique}))


class Told(BaseAgent):
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, name: str, *results: Result) -> None:
        self.name = name
        self.asked: list[AgentInput] = []
        self._results = results

    async def run(self, request: AgentInput, context: Context) -> Result:
        self.asked.append(request)
        return self._results[len(self.asked) - 1]


class TestCritic(AgentContract):
    """What every agent type must do."""

    type_name = "critic"
    answering = (Text("hello"), verdict())


async def test_a_draft_is_refined_until_the_critic_accepts(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("one"), verdict("Longer."), Text("one and two"), verdict()) as bench:
        result = await bench.ask("critic", "count", options={"criteria": "Two numbers."})
        asked = bench.requests
        paths = [event.path for event in bench.run.log.history("agent.started")]
    assert (result.text, result.stop_reason, result.agent) == ("one and two", "completed", "tested")
    assert asked[1].messages[-1].content == "What was asked:\ncount\n\nThe criteria:\nTwo numbers.\n\nThe draft:\none"
    said = [(each.role, each.content) for each in asked[2].messages]
    assert said == [("user", "count"), ("assistant", "one"), ("user", "Write it anew, and mend this:\nLonger.")]
    assert paths[1:3] == ["run/agent:tested/agent:tested-generator", "run/agent:tested/agent:tested-critic"]


async def test_of_the_conversation_only_the_question_and_the_last_draft_are_kept(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("one"), verdict("Longer."), Text("two"), verdict()) as bench:
        result = await bench.ask("critic", "count")
    assert [(each.role, each.content) for each in result.messages] == [("user", "count"), ("assistant", "two")]


async def test_the_rounds_are_a_reason_to_stop_that_keeps_the_last_draft(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("one"), verdict("No."), Text("two"), verdict("Still no.")) as bench:
        result = await bench.ask("critic", options={"rounds": 2})
        assert result.usage == bench.run.budget.usage
    assert (result.text, result.stop_reason) == ("two", "budget.rounds")
    assert result.error is not None
    assert result.error["message"].endswith("has written 2 drafts, and the critic accepts none: Still no.")


async def test_the_generator_has_what_the_specification_says(tmp_path: Path) -> None:
    steps = (Calls(("calculator", {"expression": "1+1"})), Text("2"), verdict())
    async with AgentBench(tmp_path, *steps) as bench:
        result = await bench.ask("critic", system="You count.", tools=("calculator",))
        assert bench.requests[0].messages[0].content == "You count."
        assert bench.requests[2].tools == ()
    assert [call.name for call in result.calls] == ["calculator"]


async def test_the_generator_may_be_of_any_type(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("text"), verdict()) as bench:
        result = await bench.ask("critic", system="You are Homer.", options={"generator": "writer"})
        assert bench.requests[0].messages[0].content.startswith("You are Homer.\n\nUse the facts of the brief")
    assert result.text == "text"


async def test_both_may_be_agents_of_the_run(tmp_path: Path) -> None:
    pen = Told("pen", Result("one", cost=0.0), Result("two", cost=0.0))
    eye = Told("eye", Result(output={"accepted": False, "critique": "No."}), Result(output={"accepted": True}))
    async with AgentBench(tmp_path) as bench:
        bench.run.agents |= {"pen": pen, "eye": eye}
        result = await bench.ask("critic", "q", options={"generator": "pen", "critic": "eye"})
    assert (result.text, len(pen.asked), len(eye.asked)) == ("two", 2, 2)
    assert [each.content for each in pen.asked[1].conversation()] == ["q", "one", "Write it anew, and mend this:\nNo."]


async def test_a_generator_that_exists_takes_nothing_of_the_specification(tmp_path: Path) -> None:
    async with AgentBench(tmp_path) as bench:
        bench.run.agents["pen"] = Told("pen")
        with pytest.raises(UsageError, match=r"its generator 'pen' exists already, and takes no tools") as caught:
            bench.make("critic", tools=("calculator",), options={"generator": "pen"})
    assert caught.value.hint == "say it where 'pen' is made, or name an agent type"


@pytest.mark.parametrize("output", [None, {"verdict": "approve"}, {"accepted": "yes"}, {"accepted": False}])
async def test_a_critic_without_a_verdict_is_an_error(tmp_path: Path, output: Any) -> None:
    async with AgentBench(tmp_path, Text("one")) as bench:
        bench.run.agents["eye"] = Told("eye", Result("fine", output=output))
        with pytest.raises(
            UsageError, match=r"the critic 'eye' of agent 'tested' answered without a verdict"
        ) as caught:
            await bench.ask("critic", options={"critic": "eye"})
    assert caught.value.hint == "its output must be { accepted, critique }"


@pytest.mark.parametrize("who", ["generator", "critic"])
async def test_one_of_the_two_that_stops_early_ends_it(tmp_path: Path, who: str) -> None:
    stopped = Told("other", Result("half", stop_reason="budget.turns"))
    steps = [] if who == "generator" else [Text("one")]
    async with AgentBench(tmp_path, *steps) as bench:
        bench.run.agents["other"] = stopped
        result = await bench.ask("critic", options={who: "other"})
    assert (result.text, result.stop_reason) == ("half" if who == "generator" else "one", "budget.turns")


async def test_a_type_that_is_not_installed_is_named_when_the_agent_is_made(tmp_path: Path) -> None:
    async with AgentBench(tmp_path) as bench:
        with pytest.raises(UnknownPlugin, match=r"no agent named 'writr' is installed") as caught:
            bench.make("critic", options={"generator": "writr"})
    assert caught.value.hint == "did you mean 'writer'?"
