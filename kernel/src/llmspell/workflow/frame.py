"""What a step may see: the input, the steps before it, and in a loop or a map its item and its round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.result import StepRecord

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.state import Scope

NOTHING: Mapping[str, StepRecord] = {}


class Frame:
    """The values of one sequence of steps, or of one round of it.

    Attributes:
        input: the workflow's.
        steps: what came of the steps so far, by name.
        item: of a loop over a list, or a map.
        index: the round, from 1; 0 outside of loops and maps.
        previous: what came of the steps in the round before.
    """

    __slots__ = ("index", "input", "item", "previous", "steps")

    def __init__(
        self, given: Any, item: Any = None, index: int = 0, previous: Mapping[str, StepRecord] = NOTHING
    ) -> None:
        self.input = given
        self.steps: dict[str, StepRecord] = {}
        self.item = item
        self.index = index
        self.previous = previous


@attrs.frozen
class StepContext:
    """What the function of a step is called with.

    Attributes:
        input: the workflow's.
        steps: the steps before it, by name, each with `output`, `text`, `status` and `error`.
        item: of a loop over a list, or a map; else None.
        index: the round, from 1; 0 outside of loops and maps.
        previous: the steps in the round before.
        context: models, tools, agents, state and files, below the step.
    """

    input: Any
    steps: Mapping[str, StepRecord]
    item: Any
    index: int
    previous: Mapping[str, StepRecord]
    context: Context

    @property
    def state(self) -> Scope:
        """The state of the run, as the step sees it."""
        return self.context.state()

    @classmethod
    def of(cls, frame: Frame, context: Context) -> StepContext:
        """What a function sees of a frame."""
        return cls(frame.input, frame.steps, frame.item, frame.index, frame.previous, context)
