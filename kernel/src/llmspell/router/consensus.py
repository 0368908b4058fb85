"""All models are asked, and their answers vote."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llmspell.config.routing import Router
from llmspell.errors import ProviderError
from llmspell.message import Completion, Message, ModelRequest, TextDelta
from llmspell.router.call import Call, OnDelta
from llmspell.router.failures import Failure, all_failed
from llmspell.router.flight import Flight
from llmspell.router.member import Member
from llmspell.router.strategy import Strategy
from llmspell.router.votes import JUDGE, Chosen, judge_question, judged, majority, most_similar, normalised

THRESHOLD = 0.6
"""How alike answers are that agree, unless the table says otherwise."""


@attrs.frozen
class Answer:
    """A model, its place among all, and what it answered."""

    seat: int
    member: Member
    completion: Completion


class Consensus(Strategy):
    """Waits for every model, so that the outcome does not depend on who is quicker; those that fail have no vote.

    Nothing is streamed before the vote: then the whole answer comes in one piece.

    Args:
        members: in the order that decides ties.
        table: the router's table.
        judge: who chooses; None for a vote.
    """

    def __init__(self, members: Sequence[Member], table: Router, judge: Member | None) -> None:
        self._members = members
        self._judge = judge
        self._vote = table.vote or "majority"
        self._threshold = THRESHOLD if table.threshold is None else table.threshold
        self._quorum = table.quorum or len(members) // 2 + 1

    async def answer(self, call: Call, on_delta: OnDelta | None) -> Completion:
        """The answer that enough agree with."""
        answers, failures = await self._ask_all(call)
        if len(answers) < self._quorum and failures:
            raise self._too_few(call, answers, failures)
        chosen = await self._choose(call, answers)
        if len(chosen.agreeing) < self._quorum:
            raise self._no_consensus(call, answers, len(chosen.agreeing))
        winner = answers[chosen.position]
        call.chose(winner.member, votes=len(chosen.agreeing), of=len(answers))
        for position, answer in enumerate(answers):
            if position not in chosen.agreeing:
                call.lost(answer.member, "outvoted", answer.completion)
        if on_delta is not None and winner.completion.message.content:
            on_delta(TextDelta(winner.completion.message.content))
        return winner.completion

    async def _ask_all(self, call: Call) -> tuple[list[Answer], list[Failure]]:
        """What each answered, in the order of the models."""
        answers: list[Answer] = []
        failures: list[Failure] = []
        async with Flight(call) as flight:
            for member in self._members:
                flight.ask(member)
            while flight:
                for seat, outcome in await flight.landed():
                    member = flight.member(seat)
                    if isinstance(outcome, ProviderError):
                        failures.append((member.model, outcome))
                        call.lost(member, "failed", outcome)
                    else:
                        answers.append(Answer(seat, member, outcome))
        return sorted(answers, key=lambda answer: answer.seat), failures

    async def _choose(self, call: Call, answers: Sequence[Answer]) -> Chosen:
        if self._judge is not None:
            return await self._ask_judge(call, self._judge, answers)
        said = [normalised(answer.completion, call.request.response_format) for answer in answers]
        return majority(said) if self._vote == "majority" else most_similar(said, self._threshold)

    async def _ask_judge(self, call: Call, judge: Member, answers: Sequence[Answer]) -> Chosen:
        """The judge's choice; all answers count as agreeing, because it has seen them all."""
        everyone = tuple(range(len(answers)))
        if len(answers) == 1:
            return Chosen(0, everyone)
        asked = [message.content for message in call.request.messages if message.role == "user"]
        question = judge_question(asked[-1] if asked else "", [answer.completion for answer in answers])
        request = ModelRequest("", (Message("system", JUDGE), Message("user", question)))
        verdict = (await call.ask(judge, request=request)).message.content
        position = judged(verdict, len(answers))
        if position is None:
            raise ProviderError(
                f"the judge of {call.router}, {judge.model}, named no answer from 1 to {len(answers)}, "
                f"but said {verdict[:80]!r}",
                component=f"llm:{judge.model}",
                retryable=True,
                hint="choose another judge, or another vote",
            )
        return Chosen(position, everyone)

    def _too_few(self, call: Call, answers: Sequence[Answer], failures: Sequence[Failure]) -> ProviderError:
        inner = all_failed(call.router, failures)
        if not answers:
            return inner
        return ProviderError(
            f"{call.router} needs {self._quorum} answers, and {_models(len(answers))} answered; "
            + "; ".join(f"{model}: {error.message}" for model, error in failures),
            kind=inner.kind,
            component=f"llm:{call.router}",
            retryable=inner.retryable,
            hint=inner.hint or "lower quorum in the router's table",
            details=inner.details,
        )

    def _no_consensus(self, call: Call, answers: Sequence[Answer], agreeing: int) -> ProviderError:
        return ProviderError(
            f"the models of {call.router} do not agree: {self._quorum} must, and at most {agreeing} of "
            f"{len(answers)} do",
            component=f"llm:{call.router}",
            retryable=True,
            hint="lower quorum in the router's table, or let vote be similarity or judge",
            details={
                "answers": [
                    {"model": answer.member.model, "text": answer.completion.message.content} for answer in answers
                ]
            },
        )


def _models(count: int) -> str:
    return "1 model" if count == 1 else f"{count} models"
