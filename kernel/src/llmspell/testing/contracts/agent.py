"""What every agent type must do, as tests.

class TestMine(AgentContract):
    type_name = "mine"
    answering = (Text("hello"),)
"""

from __future__ import annotations

import asyncio
from abc import ABC
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import load
from llmspell.errors import ProviderError
from llmspell.kernel import Kernel, RunOptions
from llmspell.result import Result
from llmspell.run import Run
from llmspell.testing.model import ScriptedModel
from llmspell.testing.steps import Delay, Fail, Step, Text


class AgentContract(ABC):
    """Subclass it as `Test...`.

    Attributes:
        type_name: the name of the installed agent type.
        answering: the model's steps for one run whose answer is the text "hello".
        options: what else `AgentSpec` needs, by field.
    """

    type_name: ClassVar[str]
    answering: ClassVar[tuple[Step, ...]] = (Text("hello"),)
    options: ClassVar[dict[str, Any]] = {}
    pytestmark = pytest.mark.asyncio

    @pytest_asyncio.fixture
    async def run(self, tmp_path: Path) -> AsyncIterator[Run]:
        """A run in an empty project."""
        async with Kernel(load(tmp_path, {}), environ={}) as kernel:
            run = kernel.open_run(RunOptions(model="scripted/model"))
            yield run
            await run.close()

    async def ask(self, run: Run, *steps: Step, name: str = "tested") -> Result:
        """What a new agent answers to "hi" while the model says `steps`."""
        run.models.add(ScriptedModel(*steps))
        agent = run.make_agent(self.type_name, AgentSpec(name, **self.options))
        return await run.run_agent(agent, AgentInput("hi"), run.root)

    async def test_it_answers_and_says_who_it_is(self, run: Run) -> None:
        """The result names the agent, and only `completed` is success."""
        result = await self.ask(run, *self.answering)
        assert (result.text, result.stop_reason, result.agent) == ("hello", "completed", "tested")

    async def test_its_work_is_in_the_log_below_its_path(self, run: Run) -> None:
        """Whatever it does passes the gate."""
        await self.ask(run, *self.answering)
        paths = [event.path for event in run.log.history("llm.started")]
        assert paths
        assert all(path.startswith("run/agent:tested/") for path in paths)

    async def test_what_it_used_is_counted(self, run: Run) -> None:
        """The result's usage is the run's."""
        assert (await self.ask(run, *self.answering)).usage == run.budget.usage

    async def test_a_model_that_fails_is_an_error(self, run: Run) -> None:
        """An error is raised; it does not look like an answer."""
        with pytest.raises(ProviderError):
            await self.ask(run, *[Fail(500)] * 8)

    async def test_cancelling_stops_it(self, run: Run) -> None:
        """A cancelled agent does not answer, however many models it asks at once."""
        task = asyncio.create_task(self.ask(run, *[Delay(60, Text("late"))] * 8))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
