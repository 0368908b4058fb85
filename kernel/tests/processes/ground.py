"""A project folder in which programs may be started, and what must not have happened in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from llmspell.context import Context
from llmspell.events import Event
from llmspell.gate import BudgetLimits, HookChains
from llmspell.permissions import PROFILES, Grants, Policy
from llmspell.run import Run

NOTHING: Any = None
"""Models and tools, which no program needs."""

PYTHON = os.path.realpath(sys.executable)
"""Granted as such, because it is in none of the folders for programs."""


PRINTF = os.path.realpath("/usr/bin/printf")


class Ground:
    """A project with a run of its own.

    Args:
        folder: a folder for all of it.
        allow: commands that may be run.
        deny: commands that may not.
        env: names of variables that may be passed on.
        read: folders where programs may work.
        profile: the security level.
    """

    def __init__(
        self,
        folder: Path,
        *allow: str,
        deny: Sequence[str] = (),
        env: Sequence[str] = (),
        read: Sequence[str] = (),
        profile: str = "medium",
    ) -> None:
        self.project = Path(os.path.realpath(folder)) / "project"
        self.project.mkdir(exist_ok=True)
        self.canary = self.project / "canary"
        granted = Grants.of(
            {"run": allow, "env": env, "fs.read": read}, {"run": deny}, origin="flag", base=self.project
        )
        run = Run(
            NOTHING,
            NOTHING,
            policy=Policy(PROFILES[profile], [granted], base=self.project),
            limits=BudgetLimits(),
            hooks=HookChains(),
            project=self.project,
        )
        self.context = Context(run, run.root)

    async def run(self, *argv: str, **options: Any) -> Any:  # Any: mutants have a `Finished` of their own
        """How a command ended."""
        return await self.context.process.run(argv, **options)

    async def said(self, *argv: str, **options: Any) -> str:
        """What a command wrote, which ended well."""
        finished = await self.run(*argv, **options)
        assert finished.ok, finished
        text: str = finished.stdout.decode()
        return text

    async def python(self, program: str, *words: str, **options: Any) -> Any:
        """How a Python program ended."""
        return await self.run(PYTHON, "-I", "-S", "-c", program, *words, **options)

    def script(self, name: str, *lines: str, mode: int = 0o755, folder: Path | None = None) -> str:
        """The path of a new shell script."""
        path = (folder or self.project) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(("#!/bin/sh", *lines, "")))
        path.chmod(mode)
        return str(path)

    def copy(self, program: str, name: str) -> Path:
        """A copy of a program in the project."""
        return Path(shutil.copy(program, self.project / name))

    def events(self, pattern: str = "process.*") -> list[Event]:
        """The events so far."""
        return self.context.run.log.history(pattern)

    def last(self, pattern: str = "process.finished") -> Mapping[str, Any]:
        """The data of the last such event."""
        return self.events(pattern)[-1].data


def held_by_this_process() -> tuple[list[int], set[str], list[str]]:
    """The children, descriptors and temporary folders that this process has."""
    import tempfile

    children: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that has just ended
            children += (task / "children").read_text().split()
    temporary = [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("llmspell-")]
    return sorted(map(int, children)), set(os.listdir("/proc/self/fd")), sorted(temporary)
