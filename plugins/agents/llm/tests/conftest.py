"""An agent, asked inside a run with a scripted model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from llmspell.agent import AgentInput, AgentSpec, OnEvent
from llmspell.config import load
from llmspell.context import Context
from llmspell.kernel import Kernel, RunOptions
from llmspell.message import Message
from llmspell.result import Result
from llmspell.run import Run
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Step
from llmspell.tool import Tool


class Add(Tool):
    """Adds; counts how often it ran."""

    name = "add"
    description = "The sum of a and b"
    parameters = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    }

    def __init__(self) -> None:
        self.ran = 0

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        self.ran += 1
        return arguments["a"] + arguments["b"]


class Bench:
    """A run, its model and the way to ask an agent in it."""

    def __init__(self, run: Run, model: ScriptedModel) -> None:
        self.run = run
        self.model = model

    async def ask(
        self,
        text: str = "go",
        *,
        history: tuple[Message, ...] = (),
        on_event: OnEvent | None = None,
        **spec: Any,
    ) -> Result:
        agent = self.run.make_agent("llm", AgentSpec("tester", **spec))
        return await self.run.run_agent(agent, AgentInput(text, history, on_event), self.run.root)


class MakeBench(Protocol):
    """Makes a bench whose model answers with the steps."""

    def __call__(self, *steps: Step | Callable[..., Step], sets: tuple[str, ...] = ()) -> Bench: ...


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[MakeBench]:
    """All steps must be used."""
    closers: list[Callable[[], Awaitable[None]]] = []
    benches: list[Bench] = []

    def make(*steps: Step | Callable[..., Step], sets: tuple[str, ...] = ()) -> Bench:
        kernel = Kernel(load(tmp_path, {}, sets), environ={})
        model = ScriptedModel(*steps)
        kernel.models.add(model)
        run = kernel.open_run(RunOptions(model="scripted/model"))
        closers.extend([run.close, kernel.close])
        benches.append(Bench(run, model))
        return benches[-1]

    yield make
    for close in closers:
        await close()
    for made in benches:
        made.model.assert_complete()


@pytest.fixture
def add() -> Add:
    """A tool that adds."""
    return Add()
