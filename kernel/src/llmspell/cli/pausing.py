"""`--pause-approvals`, and what `llmspell resume` does to the same end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError
from llmspell.resume import Pausable, PausedRun, PausedRuns

if TYPE_CHECKING:
    from llmspell.approvals.approval import Answerer
    from llmspell.kernel import Ended
    from llmspell.spell import Source

_NOT_WITH = {"record": "--record", "replay": "--replay", "dry_run": "--dry-run", "wait_approvals": "--wait-approvals"}


def pausing(options: Mapping[str, Any]) -> Pausing:
    """For a run that begins.

    Raises:
        UsageError: the options contradict one another.
    """
    for name, flag in _NOT_WITH.items():
        if options[name]:
            raise UsageError(f"--pause-approvals and {flag} cannot both be given", hint="choose one")
    return Pausing(Pausable(), PausedRuns.of(os.environ), dict(options))


@attrs.frozen
class Pausing:
    """A run that may be paused; `before` is what it goes on with."""

    journal: Pausable
    runs: PausedRuns
    options: dict[str, Any]
    before: PausedRun | None = None

    @property
    def answerers(self) -> tuple[Answerer, ...]:
        """As the protocol says."""
        return (self.journal.answer,)

    def report(self) -> dict[str, Any]:
        """The run that was paused, for `llmspell resume`."""
        if not self.journal.is_paused:
            return {}
        return {"paused": {"run": self.journal.run_id, "approvals": [each.id for each in self.journal.questions]}}

    def finish(self, source: Source, ended: Ended) -> None:
        """Keep the run if it can be resumed; else it is over."""
        if self.journal.is_paused:
            self.runs.keep(self.journal.paused(source, str(Path.cwd()), self.options))
            still = {each.id for each in self.journal.questions}
            for question in self.before.questions if self.before else ():
                if question.id not in still:
                    self.runs.requests.remove(question.id)
        elif self.before is not None:
            self.runs.forget(self.before)
