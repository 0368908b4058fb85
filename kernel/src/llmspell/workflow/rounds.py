"""Workflows in rounds: loops, one round after another, and maps, a round for each item and several at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.context import Context
from llmspell.errors import BudgetExceeded, UsageError
from llmspell.tool import as_text
from llmspell.workflow.at_once import at_once
from llmspell.workflow.conditions import condition
from llmspell.workflow.definition import Loop, Map
from llmspell.workflow.flows import Flow, in_turn, ready, seeing
from llmspell.workflow.frame import NOTHING, Frame
from llmspell.workflow.placeholders import Render, Visible, compiled
from llmspell.workflow.progress import Progress, last

if TYPE_CHECKING:
    from llmspell.run import Run


class LoopFlow(Flow):
    """In rounds."""

    def __init__(self, definition: Loop, names: Sequence[str], run: Run, visible: Visible) -> None:
        self._name = definition.name
        self._limit = definition.max_iterations
        self._times = None if definition.times is None else compiled(definition.times, visible, "times")
        self._over = None if definition.over is None else compiled(definition.over, visible, "over")
        inside = attrs.evolve(visible, rounds=True, item=self._over is not None, previous=tuple(names))
        self.steps = ready(definition.steps, names, 0, run, inside)
        before = seeing(inside, (), dict.fromkeys(names, "comes later; name the round before: {{previous...}}"))
        after = attrs.evolve(inside, steps=tuple(names))
        given = definition.repeat_while
        self._while = None if given is None else condition(given, before, "repeat_while")
        given = definition.repeat_until
        self._until = None if given is None else condition(given, after, "repeat_until")

    async def run(self, given: Any, progress: Progress) -> Frame:
        """As the contract says; round by round."""
        above = progress.operation
        context = Context(above.run, above)
        frame = Frame(given)
        items = None if self._over is None else listed(self._over, frame)
        rounds = len(items) if items is not None else self._rounds(frame)
        for number in count(1) if rounds is None else range(1, rounds + 1):
            # A round that does not come about leaves the frame of the one before as the last.
            upcoming = Frame(given, items[number - 1] if items else None, number, frame.steps or NOTHING)
            if self._while is not None and not await self._while(upcoming, context):
                break
            if number > self._limit:
                raise too_many(self._limit)
            frame = upcoming
            await in_turn(self.steps, frame, progress)
            if self._until is not None and await self._until(frame, context):
                break
        return frame

    def _rounds(self, frame: Frame) -> int | None:
        if self._times is None:
            return None
        times = self._times(frame)
        if isinstance(times, str) and times.isdecimal():
            times = int(times)
        if isinstance(times, bool) or not isinstance(times, int | float) or times != times // 1 or times < 0:
            raise UsageError(f"times must give a whole number, 0 or more, not {times!r}")
        return int(times)


class MapFlow(Flow):
    """Once for each item, several at once; each item has a branch of the state, merged in the order of the items."""

    def __init__(self, definition: Map, names: Sequence[str], run: Run, visible: Visible) -> None:
        self._over = compiled(definition.over, visible, "over")
        self._limit = definition.max_iterations
        self._at_once = definition.max_concurrency
        self.steps = ready(definition.steps, names, 0, run, attrs.evolve(visible, rounds=True, item=True))

    async def run(self, given: Any, progress: Progress) -> Frame:
        """As the contract says; item by item."""
        frame = Frame(given)
        items = listed(self._over, frame)
        progress.rounds = len(items)
        state = progress.operation.run.states.of(progress.operation)
        chosen = items[: self._limit]
        branches = [state.branch(f"item {number}") for number in range(1, len(chosen) + 1)]
        await at_once(
            self._at_once,
            [
                partial(in_turn, self.steps, Frame(given, item, number), progress, branch)
                for number, (item, branch) in enumerate(zip(chosen, branches, strict=True), 1)
            ],
        )
        await state.merge(branches)
        if len(items) > self._limit:
            raise too_many(self._limit)
        return frame

    def gives(self, progress: Progress) -> tuple[Any, str]:
        """What the last step gave, for each item; the words are the same as JSON."""
        output = [last(progress.of_round(number))[0] for number in range(1, progress.rounds + 1)]
        return output, as_text(output)


def listed(render: Render, frame: Frame) -> list[Any]:
    """The items of a loop or a map.

    Raises:
        UsageError: what is given is no list.
    """
    items = render(frame)
    if not isinstance(items, list | tuple):
        raise UsageError(f"over must give a list, not {items!r:.80}")
    return list(items)


def too_many(limit: int) -> BudgetExceeded:
    """More rounds are wanted than there may be."""
    return BudgetExceeded("iterations", limit, unit="rounds", hint="raise the workflow's max_iterations")
