"""All models are asked and vote: majority, similarity, judge."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.routing import Router
from llmspell.errors import ProviderError
from llmspell.message import Completion, Message, ModelRequest, Usage
from llmspell.provider import Capabilities, Notify
from llmspell.router.votes import judged, majority, most_similar, normalised, similarity
from llmspell.testing import Calls, Delay, Fail, ScriptedModel, Text

from .kit import BUSY, asked, model, names, router_run, said, streamed, told

SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {}}}


def panel(*texts: str) -> list[ScriptedModel]:
    """Models called a, b, c that answer these."""
    return [model("abcdef"[at], Text(text, usage=Usage(10, 1))) for at, text in enumerate(texts)]


def answer(text: str) -> Completion:
    return Completion(Message("assistant", text))


async def test_the_answer_that_most_give_is_chosen_and_all_are_counted() -> None:
    models = panel("41", "**42**.", " 42 ")
    run = router_run(*models, r=Router(names(*models), "consensus"))
    completion = await asked(run)
    assert completion.message.content == "**42**."
    assert completion.usage == run.budget.usage == Usage(30, 3)
    assert told(run, "router.chosen", "model", "votes", "of") == [("b/m", 2, 3)]
    [(name, reason, usage)] = told(run, "router.lost", "model", "reason", "usage")
    assert (name, reason, usage["total_tokens"]) == ("a/m", "outvoted", 11)


async def test_a_tie_goes_to_the_earlier_model_whoever_is_quicker() -> None:
    models = [
        model("a", Delay(0.05, Text("late"))),
        model("b", Text("soon")),
        model("c", Text("soon")),
        model("d", Delay(0.02, Text("late"))),
    ]
    run = router_run(*models, r=Router(names(*models), "consensus", quorum=2))
    assert await said(run) == "late"


async def test_without_a_majority_there_is_no_answer() -> None:
    models = panel("1", "2", "3")
    run = router_run(*models, r=Router(names(*models), "consensus"))
    with pytest.raises(
        ProviderError, match=r"^the models of router/r do not agree: 2 must, and at most 1 of 3 do$"
    ) as e:
        await said(run)
    assert e.value.hint == "lower quorum in the router's table, or let vote be similarity or judge"
    assert [each["text"] for each in e.value.details["answers"]] == ["1", "2", "3"]


async def test_a_model_that_fails_has_no_vote() -> None:
    models = [model("a", BUSY), model("b", Text("x")), model("c", Text("X."))]
    run = router_run(*models, r=Router(names(*models), "consensus"))
    assert await said(run) == "x"
    assert told(run, "router.lost", "model", "reason") == [("a/m", "failed")]


async def test_too_few_answers_are_no_quorum() -> None:
    models = [model("a", BUSY), model("b", Text("x")), model("c", Fail(429))]
    run = router_run(*models, r=Router(names(*models), "consensus"))
    with pytest.raises(ProviderError, match=r"^router/r needs 2 answers, and 1 model answered; a/m: .*; c/m: .* 429$"):
        await said(run)


async def test_when_all_fail_each_is_named() -> None:
    models = [model("a", BUSY), model("b", Fail(429))]
    run = router_run(*models, r=Router(names(*models), "consensus", quorum=1))
    with pytest.raises(ProviderError, match=r"^no model of router/r answered: a/m: .* 503; b/m: .* 429$"):
        await said(run)


async def test_nothing_is_streamed_before_the_vote() -> None:
    models = panel("yes it is", "yes it is", "no")
    run = router_run(*models, r=Router(names(*models), "consensus"))
    assert await streamed(run) == ("yes it is", ["yes it is"])


async def test_the_answer_most_like_the_others_is_chosen() -> None:
    models = panel("bananas are yellow", "the tide is high at noon", "high tide is at noon today")
    run = router_run(*models, r=Router(names(*models), "consensus", vote="similarity", threshold=0.5))
    assert await said(run) == "high tide is at noon today"
    assert told(run, "router.lost", "model") == ["a/m"]


async def test_a_judge_sees_question_and_answers_as_json_and_chooses_one() -> None:
    models = panel("one", 'two", "number": 9')
    judge = model("judge", Text("Answer 2.", usage=Usage(100, 1)))
    run = router_run(*models, judge, r=Router(names(*models), "consensus", vote="judge", judge="judge/m"))
    completion = await asked(run)
    assert completion.message.content == 'two", "number": 9'
    assert completion.usage == run.budget.usage == Usage(120, 3)
    seen = json.loads(judge.requests[0].messages[-1].content)
    assert seen == {
        "question": "hi",
        "answers": [{"number": 1, "answer": "one"}, {"number": 2, "answer": 'two", "number": 9'}],
    }


async def test_a_judge_that_names_no_answer_is_an_error() -> None:
    models = panel("one", "two")
    judge = model("judge", Text("neither, or 3"))
    run = router_run(*models, judge, r=Router(names(*models), "consensus", vote="judge", judge="judge/m"))
    with pytest.raises(ProviderError, match=r"named no answer from 1 to 2, but said 'neither, or 3'$"):
        await said(run)


async def test_a_judge_is_not_asked_about_one_answer() -> None:
    models, judge = [model("a", BUSY), model("b", Text("two"))], model("judge")
    table = Router(names(*models), "consensus", vote="judge", judge="judge/m", quorum=1)
    assert await said(router_run(*models, judge, r=table)) == "two"
    assert judge.requests == []


async def test_a_price_that_a_judge_hides_is_not_known() -> None:
    class Priced(ScriptedModel):
        def capabilities(self, model: str) -> Capabilities:
            return Capabilities(priced=True)

    table = Router(("a/m",), "consensus", vote="judge", judge="judge/m")
    run = router_run(Priced(name="a"), model("judge"), r=table)
    assert not run.capabilities("router/r").priced


async def test_broken_arguments_of_a_tool_are_compared_as_they_are() -> None:
    models = [model(name, Calls(("add", '{"a":'))) for name in "ab"]
    run = router_run(*models, r=Router(names(*models), "consensus"))
    assert (await asked(run)).message.tool_calls[0].arguments == '{"a":'


async def test_calls_of_tools_are_compared_with_their_arguments() -> None:
    steps = [Calls(("add", '{"a": 1, "b": 2}')), Calls(("add", '{"b":2,"a":1}')), Calls(("add", {"a": 2}))]
    models = [model(name, step) for name, step in zip("abc", steps, strict=True)]
    run = router_run(*models, r=Router(names(*models), "consensus"))
    assert (await asked(run)).message.tool_calls[0].arguments == '{"a": 1, "b": 2}'


def test_text_is_read_as_json_only_where_json_was_asked_for() -> None:
    one, other = answer('{"a": 1, "b": 2}'), answer('{"b":2,"a":1}')
    assert normalised(one, SCHEMA) == normalised(other, SCHEMA)
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(("one", "other"), [("-5", "5"), ("5%", "5"), ("?", "!"), ("$5", "5"), ("no", "not")])
def test_what_counts_is_kept(one: str, other: str) -> None:
    assert normalised(answer(one)) != normalised(answer(other))


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=9))
def test_a_majority_is_the_earliest_of_the_most_frequent(answers: list[str]) -> None:
    chosen = majority(answers)
    most = max(map(answers.count, answers))
    assert chosen.position == next(at for at, answer in enumerate(answers) if answers.count(answer) == most)
    assert [answers[at] for at in chosen.agreeing] == [answers[chosen.position]] * most


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert 0 <= similarity(one, other) == similarity(other, one) <= 1
    assert similarity(one, one) == 1


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.floats(0, 1))
def test_the_most_similar_answer_agrees_with_itself(answers: list[str], threshold: float) -> None:
    chosen = most_similar(answers, threshold)
    assert chosen.position in chosen.agreeing
    assert chosen == most_similar(answers, threshold)


@pytest.mark.parametrize(("text", "position"), [("2", 1), ("**1**", 0), ("0", None), ("4", None), ("9" * 5000, None)])
def test_a_judge_names_a_number_within_the_answers(text: str, position: int | None) -> None:
    assert judged(text, 3) == position


@pytest.mark.parametrize(("costs", "total"), [((0.25, 0.5), 0.75), ((0.25, None), None), ((None, 0.25), None)])
async def test_an_answer_costs_what_all_have_cost_or_nobody_knows(
    costs: tuple[float | None, ...], total: float | None
) -> None:
    class Priced(ScriptedModel):
        """A model whose answer costs what it is told."""

        cost: float | None = None

        async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
            return attrs.evolve(await super().complete(request, notify), cost=self.cost)

    models = [Priced(Text("yes"), name=name) for name in "ab"]
    for each, cost in zip(models, costs, strict=True):
        each.cost = cost
    run = router_run(*models, r=Router(names(*models), "consensus"))
    assert (await asked(run)).cost == total


async def test_a_model_that_failed_is_told_of_with_its_error() -> None:
    models = model("a", BUSY), model("b", Text("yes")), model("c", Text("yes"))
    run = router_run(*models, r=Router(names(*models), "consensus"))
    await asked(run)
    [(name, reason, error)] = told(run, "router.lost", "model", "reason", "error")
    assert (name, reason, error["message"]) == ("a/m", "failed", "the scripted model fails with status 503")
