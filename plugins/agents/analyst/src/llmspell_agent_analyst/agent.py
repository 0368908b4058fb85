"""A data analyst: a number that no tool has answered is refused, and the evidence of the others is kept."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.result import CallRecord, Result
from llmspell_agent_analyst.numbers import among, numbers, said

CHART = "chart"


class Analyst(Verified):
    """Answers until every number is one that a tool has answered, or that it was told.

    Args:
        agent: who asks the tools.
        rounds: how many answers there may be.
    """

    def __init__(self, agent: BaseAgent, rounds: int) -> None:
        super().__init__(agent, rounds)

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The answer as text; `output` is `{answer, figures, evidence, charts}`, of a wrong answer too."""
        result = await super().run(request, context)
        return self.finished(result) if result.stop_reason == self.STOPPED else result

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """The numbers that come from nowhere."""
        answered = [number for call in _done(result) for number in numbers(call.output)]
        figures = [figure for figure in result.output["figures"] if not among(_value(figure), answered)]
        if figures:
            named = ", ".join(f"{figure['name']} = {figure['value']}" for figure in figures)
            return f"No tool has answered these figures: {named}. Compute them with a tool, or leave them out."
        known = {abs(number) for number in (*answered, *_told(result, request))}
        stated = [number for number in said(result.output["answer"]) if not among(number, known)]
        if stated:
            named = ", ".join(map(str, stated))
            return f"No tool has answered these numbers of the answer: {named}. Compute them with a tool."
        return ""

    def finished(self, result: Result) -> Result:
        """With the calls that each figure rests on, and the charts that were drawn."""
        figures = result.output["figures"]
        output = {
            **result.output,
            "evidence": [found for figure in figures for found in _evidence(figure, result)],
            "charts": [call.arguments["path"] for call in _done(result) if call.name == CHART and _has_path(call)],
        }
        return attrs.evolve(result, text=output["answer"], output=output)


def _done(result: Result) -> list[CallRecord]:
    return [call for call in result.calls if call.error is None]


def _has_path(call: CallRecord) -> bool:
    return isinstance(call.arguments, dict) and bool(call.arguments.get("path"))


def _value(figure: dict[str, Any]) -> Decimal:
    return Decimal(str(figure["value"]))


def _evidence(figure: dict[str, Any], result: Result) -> Iterator[dict[str, Any]]:
    """The last call that has answered a figure."""
    for call in reversed(_done(result)):
        if among(_value(figure), numbers(call.output)):
            yield {"figure": figure["name"], "tool": call.name, "arguments": call.arguments}
            return


def _told(result: Result, request: AgentInput) -> Iterator[Decimal]:
    """The numbers of what it was asked, of what it asked its tools, and of what tools answered earlier."""
    for message in request.conversation():
        if message.role in ("user", "tool"):
            yield from numbers(message.content)
    for call in _done(result):
        yield from numbers(call.arguments)
