"""One kernel per file of attacks, and what runs a hostile spell in it beside an honest one."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source

ENGINES = ("javascript", "quickjs")
Attack = Callable[[str, str], Awaitable[None]]

# What an honest spell does meanwhile: calls, callbacks and waits, answered by the same event loop.
_COMPANION = """
await Tool.define({ name: "twice", parameters: { n: "integer" }, run: ({ n }) => n * 2 });
for (let i = 0; i < 3; i++) {
  await State.set("sum", (await State.get("sum", 0)) + (await Tool.run("twice", { n: i })).output);
  await Async.sleep(0.01);
}
return await State.get("sum");
"""


async def cast(kernel: Kernel, engine: str, text: str, *, profile: str = "medium", timeout: float = 20) -> Ended:
    """How a spell ended; it runs in a worker unless the profile is `low`."""
    options = RunOptions(engine=engine, profile=profile, timeout=timeout)
    return await kernel.cast(Source(text, "attack.js"), options)


def outcome(ended: Ended) -> str:
    """How a spell ended, as one line: its stop reason, and its value as JSON or its error."""
    if ended.error is None:
        return f"{ended.stop_reason}: {json.dumps(ended.value)}"
    own = {key: value for key, value in ended.error.details.items() if key == "a"}  # what an attack itself put there
    return f"{ended.stop_reason}: {ended.error.message}" + (f" {json.dumps(own)}" if own else "")


def check_is_told_well(ended: Ended) -> None:
    """Fail unless the error is the author's to understand: it blames the spell, not llmspell."""
    if ended.error is not None:
        assert ended.error.kind not in ("internal", "plugin"), ended.error
        assert "report it" not in ended.error.hint
        assert "Traceback" not in ended.error.message


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project."""
    return tmp_path_factory.mktemp("attacks")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Kernel]:
    """A kernel with the module's `SETS`, which still works after all of its attacks."""
    async with Kernel(load(folder, {}, request.module.SETS), environ={}) as made:
        for engine in ENGINES:
            made.pool(made.plugins.get("engine", engine).machine, idle=1)
        yield made
        for engine in ENGINES:
            assert outcome(await cast(made, engine, _COMPANION)) == "completed: 6"


@pytest_asyncio.fixture(loop_scope="module")
async def attack(kernel: Kernel) -> Attack:
    """Runs a hostile spell on each engine at once, beside an honest one: `attack(text, expected)`.

    `expected` is a regular expression for the whole `outcome`.
    """

    async def run(text: str, expected: str) -> None:
        spells = [cast(kernel, engine, text) for engine in ENGINES]
        *hostile, honest = await asyncio.gather(*spells, cast(kernel, "quickjs", _COMPANION, profile="low"))
        for engine, ended in zip(ENGINES, hostile, strict=True):
            assert re.fullmatch(expected, outcome(ended), re.DOTALL), f"{engine}: {outcome(ended)[:500]}"
            check_is_told_well(ended)
        assert outcome(honest) == "completed: 6"

    return run
