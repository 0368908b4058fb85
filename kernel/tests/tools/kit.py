"""Toolsets of spies, in runs with no installed tool."""

from __future__ import annotations

from typing import Any

from llmspell.run import Run
from llmspell.tool import Tool
from llmspell.tools.toolset import Toolset

from ..run.kit import Spy, call


def spies(run: Run, *names: str, idempotent: bool = False) -> dict[str, Spy]:
    """Spies by name, each a tool of the run."""
    made = {name: spy(name, idempotent=idempotent) for name in names}
    for each in made.values():
        run.tools.add(each)
    return made


def spy(name: str = "spy", answer: Any = "done", *, idempotent: bool = True) -> Spy:
    made = Spy(answer, name=name)
    made.idempotent = idempotent
    return made


def added(run: Run, tool: Tool) -> Toolset:
    """The tools of the run, with one more."""
    run.tools.add(tool)
    return run.tools


async def ask(run: Run, toolset: Toolset, name: str = "spy", **arguments: Any) -> Any:
    """What a tool of a set answers through the gate."""
    return await call(run, toolset.find(name), **arguments)
