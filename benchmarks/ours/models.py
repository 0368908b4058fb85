"""The scripted models of the programs here."""

from __future__ import annotations

from llmspell.message import ModelRequest
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Step, StepFor


class _Forgotten(list[ModelRequest]):
    """Keeps no request: a benchmark makes a million of them."""

    def append(self, item: ModelRequest) -> None:
        """Forget it."""


def forgetful(name: str, answer: Step | StepFor[Step]) -> ScriptedModel:
    """The provider `name`, whose models always answer so, and which keeps no request."""
    model = ScriptedModel(answer, name=name, repeat=True)
    model.requests = _Forgotten()
    return model
