"""How far one run of a workflow has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from llmspell.agent import OnEvent
from llmspell.errors import LlmspellError
from llmspell.gate import Operation
from llmspell.message import Usage
from llmspell.result import Result, StepRecord


class Unfinished(LlmspellError):
    """An agent, a model or a workflow stopped before its end; `result` is how far it got."""

    def __init__(self, where: str, result: Result) -> None:
        self.result = result
        shown = result.error or {}
        reason = result.stop_reason
        kind = "budget" if reason.startswith("budget.") else "cancelled" if reason == "cancelled" else "provider"
        super().__init__(
            shown.get("message") or f"{where} stopped early: {reason}",
            kind=shown.get("kind") or kind,
            component=shown.get("component", ""),
            retryable=bool(shown.get("retryable")),
            hint=shown.get("hint", ""),
            details={**shown.get("details", {}), "stop_reason": reason},
        )


class Stopped(Exception):
    """A step's failure ends the workflow; a limit of the whole run does so whatever the step says."""

    def __init__(self, step: str, error: LlmspellError) -> None:
        super().__init__(step, error)
        self.step = step
        self.error = error


@attrs.define(eq=False)
class Progress:
    """What came of the steps of one run of a workflow.

    Attributes:
        operation: the workflow's.
        on_event: who listens to the agents in it.
        usage: tokens of the agents and models that were asked.
        cost: USD of the same; None when one of them is not known.
        rounds: how many items a map has.
    """

    operation: Operation
    on_event: OnEvent | None
    usage: Usage = Usage()
    cost: float | None = 0.0
    rounds: int = 0
    _rounds: dict[int, dict[int, StepRecord]] = attrs.field(factory=dict, init=False)

    def keep(self, place: int, record: StepRecord) -> StepRecord:
        """Take in what came of a step; `place` is its place in the definition."""
        self._rounds.setdefault(record.round, {})[place] = record
        return record

    def spend(self, result: Result) -> None:
        """Add what a step used."""
        self.usage = self.usage + result.usage
        self.cost = None if result.cost is None or self.cost is None else self.cost + result.cost

    def records(self, steps: Sequence[tuple[str, str]] = ()) -> tuple[StepRecord, ...]:
        """What came of each step, by round and then in the order of the definition.

        Args:
            steps: names and kinds of all steps, in that order: those that never began, in no round, are added.
        """
        begun = {place for done in self._rounds.values() for place in done}
        never = {
            place: StepRecord(name, kind, "pending", attempts=0)
            for place, (name, kind) in enumerate(steps)
            if place not in begun
        }
        rounds = {**self._rounds, 0: {**self._rounds.get(0, {}), **never}}
        return tuple(record for number in sorted(rounds) for record in _in_order(rounds[number]))

    def of_round(self, number: int) -> list[StepRecord]:
        """What came of the steps of one round, in the order of the definition."""
        return _in_order(self._rounds.get(number, {}))


def _in_order(done: Mapping[int, StepRecord]) -> list[StepRecord]:
    return [done[place] for place in sorted(done)]


def last(records: Sequence[StepRecord]) -> tuple[Any, str]:
    """The output and the words of the last step that was completed; else of the last that gave any words."""
    for wanted in ("completed", "failed"):
        for record in reversed(records):
            if record.status == wanted and (wanted == "completed" or record.text):
                return record.output, record.text
    return None, ""
