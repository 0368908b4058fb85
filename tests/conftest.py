"""Fixtures for what crosses packages: spells, cast by a kernel with every installed plugin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Step


class Cast(Protocol):
    """Runs Lua text as a spell; `steps` are what the model `scripted/model`, the default, answers."""

    def __call__(
        self, text: str, *steps: Step | Callable[..., Step], sets: tuple[str, ...] = (), **options: Any
    ) -> Awaitable[Ended]: ...


@pytest.fixture
async def cast(tmp_path: Path) -> AsyncIterator[Cast]:
    """A kernel in an empty project folder, inline unless the test says otherwise; all steps must be used."""
    kernels: list[Kernel] = []
    models: list[ScriptedModel] = []

    async def run(text: str, *steps: Step | Callable[..., Step], sets: tuple[str, ...] = (), **options: Any) -> Ended:
        kernel = Kernel(load(tmp_path, {}, sets), environ={})
        kernels.append(kernel)
        models.append(ScriptedModel(*steps))
        kernel.models.add(models[-1])
        chosen = {"profile": "low", "engine": "lua", "model": "scripted/model"} | options
        return await kernel.cast(Source(text, "spell.lua", tmp_path / "spell.lua"), RunOptions(**chosen))

    yield run
    for kernel in kernels:
        await kernel.close()
    for model in models:
        model.assert_complete()


@pytest.fixture
def value(cast: Cast) -> Callable[..., Awaitable[Any]]:
    """What a spell returns; it must complete."""

    async def run(text: str, *steps: Step, **options: Any) -> Any:
        ended = await cast(text, *steps, **options)
        assert ended.error is None, ended.error
        return ended.value

    return run
