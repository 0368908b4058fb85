"""Spells that pause and go on, each time in a kernel of its own, with what they keep on a real disk."""

from __future__ import annotations

import json
from pathlib import Path

from llmspell.approvals.approval import Answer, Verdict
from llmspell.config import Config
from llmspell.config.schema import Run as RunTable
from llmspell.kernel import Ended, RunOptions
from llmspell.permissions import Grants
from llmspell.resume import Pausable, PausedRun
from llmspell.resume.record import read, text_of
from llmspell.spell import Source

from ..run.kit import make_kernel


class Desk:
    """A project folder in which one spell is run again and again.

    Args:
        folder: the project.
        text: the spell, in Lua; it is asked about each call of `calculator`.
    """

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.journal = Pausable()
        self._source = Source(text, "spell.lua")

    async def begin(self, *args: str) -> Ended:
        """Run the spell from its beginning."""
        return await self._cast(Pausable(), args)

    async def go_on(
        self, paused: PausedRun, verdict: Verdict | None = "once", *args: str, user: str = "local", **more: list[str]
    ) -> Ended:
        """Resume a run with one answer to all its questions, or None for none; `more` is asked about besides."""
        answers = {each.digest: Answer(verdict, "me") for each in paused.questions} if verdict else {}
        return await self._cast(Pausable(paused, answers), args, user, **more)

    def paused(self) -> PausedRun:
        """What is kept of the run, as it comes from a file."""
        assert self.journal.is_paused
        return read(text_of(self.journal.paused(self._source, str(self.folder), {})), "the file")

    def written(self, name: str = "log.txt") -> list[str]:
        """The lines of a file, sorted."""
        return sorted((self.folder / name).read_text().split())

    async def _cast(self, journal: Pausable, args: tuple[str, ...], user: str = "local", **more: list[str]) -> Ended:
        self.journal = journal
        rules = Grants.of(
            {"fs.read": ["."], "fs.write": ["."]},
            ask={"tools": ["calculator"], **more},
            origin="test",
            base=self.folder,
        )
        options = RunOptions(
            profile="low", timeout=30, args=args, permissions=(rules,), journal=journal, answerers=(journal.answer,)
        )
        config = Config(run=RunTable(user=user), store={"sqlite": {"path": "kept.db"}})
        async with make_kernel(config=config, project=self.folder, entries=None) as kernel:
            ended = await kernel.cast(self._source, options)
        json.dumps(ended.error.to_dict() if ended.error else None)  # whatever happened can be told
        return ended
