"""Asking agents as a spell would: in a folder of their own, with a scripted model and what is granted.

async def test_it_writes_the_file(tmp_path):
    async with AgentBench(tmp_path, Calls(("file_write", {...})), Text("done"), allow={"fs.write": ["**"]}) as bench:
        result = await bench.ask("coder", "Write it.")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from llmspell.agent import AgentInput, AgentSpec, BaseAgent
from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.message import Message, ModelRequest
from llmspell.permissions import Grants
from llmspell.result import Result
from llmspell.testing.model import ScriptedModel
from llmspell.testing.steps import Step, StepFor


class AgentBench:
    """A run whose model says `steps`, all of which must be used; an async context manager.

    Args:
        folder: the project folder.
        steps: what the model `scripted/model`, the default, says.
        allow: patterns by kind of permission, besides what the default profile allows.
        sets: the configuration, as `--set` takes it.

    Attributes:
        run: the run.
    """

    def __init__(
        self,
        folder: Path,
        *steps: Step | StepFor[Step],
        allow: Mapping[str, Iterable[str]] | None = None,
        sets: Sequence[str] = (),
    ) -> None:
        self._kernel = Kernel(load(folder, {}, tuple(sets)), environ={})
        self._model = ScriptedModel(*steps)
        self._kernel.models.add(self._model)
        grants = Grants.of(allow or {}, origin="the test", base=folder)
        self.run = self._kernel.open_run(RunOptions(model="scripted/model", permissions=(grants,)))

    @property
    def requests(self) -> list[ModelRequest]:
        """What the model was asked so far."""
        return self._model.requests

    def make(self, type_name: str, name: str = "tested", **spec: Any) -> BaseAgent:
        """A new agent that the run knows by its name; `spec` is the rest of its `AgentSpec`."""
        agent = self.run.make_agent(type_name, AgentSpec(name, **spec))
        self.run.agents[name] = agent
        return agent

    async def ask(self, type_name: str, text: str = "go", *, history: Sequence[Message] = (), **spec: Any) -> Result:
        """What a new agent, or whoever it hands over to, answers."""
        return await self.run.run_agent(self.make(type_name, **spec), AgentInput(text, history))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.run.close()
        await self._kernel.close()
        if error is None:
            self._model.assert_complete()
