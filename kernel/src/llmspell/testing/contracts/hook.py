"""What every hook plugin must do, as tests.

class TestMine(HookContract):
    name = "mine"
"""

from __future__ import annotations

from abc import ABC
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
import pytest_asyncio

from llmspell.agent import AgentInput, BaseAgent
from llmspell.config import load
from llmspell.context import Context
from llmspell.errors import LlmspellError
from llmspell.kernel import Kernel, RunOptions
from llmspell.message import Message, ModelRequest
from llmspell.result import Result
from llmspell.run import Run
from llmspell.testing.model import ScriptedModel
from llmspell.testing.steps import Fail, Text


class _Echo(BaseAgent):
    name = "echo"

    async def run(self, request: AgentInput, context: Context) -> Result:
        return Result(text=request.text, agent=self.name)


class HookContract(ABC):
    """Subclass it as `Test...`, for hooks that only observe.

    Attributes:
        name: the name of the installed hook.
    """

    name: ClassVar[str]
    pytestmark = pytest.mark.asyncio

    @pytest_asyncio.fixture
    async def run(self, tmp_path: Path) -> AsyncIterator[Run]:
        """A run with the hook, in an empty project."""
        async with Kernel(load(tmp_path, {}), environ={}) as kernel:
            kernel.models.add(ScriptedModel(Text("hello"), Fail(500)))
            run = kernel.open_run(RunOptions(model="scripted/model", hooks=(self.name,)))
            yield run
            await run.close()

    async def test_its_methods_are_hooks_that_exist(self, run: Run) -> None:
        """Pluggy has checked their names and arguments when the run was opened."""
        assert any(plugin == f"hook:{self.name}" for plugin, _ in self._registered(run))

    def _registered(self, run: Run) -> list[tuple[str, object]]:
        return list(run.tools.plugins.manager.list_name_plugin())

    async def test_it_changes_no_result_and_no_error(self, run: Run) -> None:
        """An observer observes."""
        request = ModelRequest("model", (Message("user", "hi"),))
        assert (await run.complete("scripted/model", request, run.root)).message.content == "hello"
        with pytest.raises(LlmspellError, match="500"):
            await run.complete("scripted/model", request, run.root)
        assert (await run.run_agent(_Echo(), AgentInput("hi"), run.root)).text == "hi"

    async def test_it_never_fails(self, run: Run) -> None:
        """Nothing that the run does makes the hook raise."""
        await self.test_it_changes_no_result_and_no_error(run)
        assert run.log.history("hook.*") == []
