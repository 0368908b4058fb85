"""Agents whose answers a program verifies before they count."""

from __future__ import annotations

import attrs
import pytest
from kernel.tests.agents.conftest import MakeBench
from kernel.tests.agents.kit import Speaker

from llmspell.agent import AgentInput
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.errors import Cancelled, LlmspellError, PermissionDenied
from llmspell.message import Usage
from llmspell.result import CallRecord, HandoffRequest, Result
from llmspell.testing.steps import Text


class Polite(Verified):
    """Wants the word please, and keeps what it was given to look at."""

    error: LlmspellError | None = None

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        if self.error is not None:
            raise self.error
        return "" if "please" in result.text else "Say please."

    def finished(self, result: Result) -> Result:
        return attrs.evolve(result, output="polite")


async def test_a_right_answer_counts_at_once(bench: MakeBench) -> None:
    speaker = Speaker("s", "please")
    result = await bench().ask(Polite(speaker, 3))
    assert (result.text, result.output, result.stop_reason, len(speaker.asked)) == ("please", "polite", "completed", 1)


async def test_what_is_wrong_goes_back_in_the_same_conversation(bench: MakeBench) -> None:
    speaker = Speaker("s", "give", "please give")
    result = await bench().ask(Polite(speaker, 3), "ask")
    assert result.text == "please give"
    second = speaker.asked[1].conversation()
    assert [(each.role, each.content) for each in second] == [
        ("user", "ask"),
        ("assistant", "give"),
        ("user", "Say please."),
    ]


async def test_the_messages_of_an_agent_with_a_model_are_its_own(bench: MakeBench) -> None:
    tested = bench(Text("give"), Text("please"))
    result = await tested.ask(Polite(tested.llm("m", system="S"), 2))
    assert [message.role for message in result.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert result.usage == tested.run.budget.usage


async def test_the_rounds_are_a_reason_to_stop_that_keeps_the_answer(bench: MakeBench) -> None:
    speaker = Speaker("s", "one", "two", "please")
    result = await bench().ask(Polite(speaker, 2))
    assert (result.text, result.output, result.stop_reason, len(speaker.asked)) == ("two", None, "budget.rounds", 2)
    assert result.error is not None
    assert result.error["kind"] == "budget"
    assert result.error["message"] == "agent 's' has given 2 answers, and the last is still wrong: Say please."


async def test_usage_cost_and_calls_are_those_of_all_rounds(bench: MakeBench) -> None:
    one = Result("no", usage=Usage(1, 2), cost=0.5, calls=(CallRecord("1", "a"),))
    two = Result("please", usage=Usage(3, 4), cost=0.25, calls=(CallRecord("2", "b"),))
    result = await bench().ask(Polite(Speaker("s", one, two), 2))
    assert (result.usage, result.cost, [call.name for call in result.calls]) == (Usage(4, 6), 0.75, ["a", "b"])


@pytest.mark.parametrize("reason", ["budget.turns", "refused"])
async def test_an_answer_that_a_limit_has_stopped_is_not_verified(bench: MakeBench, reason: str) -> None:
    speaker = Speaker("s", Result("half", stop_reason=reason))
    result = await bench().ask(Polite(speaker, 3))
    assert (result.text, result.stop_reason, len(speaker.asked)) == ("half", reason, 1)


async def test_a_handoff_goes_through(bench: MakeBench) -> None:
    tested = bench()
    tested.add(Speaker("other", "from other"))
    speaker = Speaker("s", HandoffRequest("other"))
    result = await tested.ask(Polite(speaker, 3))
    assert (result.text, result.agent, len(speaker.asked)) == ("from other", "other", 1)


async def test_what_cannot_be_found_out_is_an_error_that_keeps_the_answer(bench: MakeBench) -> None:
    agent = Polite(Speaker("s", "please"), 3)
    agent.error = PermissionDenied("you may not look")
    result = await bench().ask(agent)
    assert (result.text, result.stop_reason) == ("please", "error")
    assert result.error is not None
    assert result.error["kind"] == "permission"


async def test_what_is_cancelled_stays_cancelled(bench: MakeBench) -> None:
    agent = Polite(Speaker("s", "please"), 3)
    agent.error = Cancelled("stop")
    with pytest.raises(Cancelled, match=r"stop"):
        await bench().ask(agent)
