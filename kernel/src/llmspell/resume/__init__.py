"""A run that stops where a person must be asked, and goes on later in another process.

Nothing of a script's memory is kept. The spell begins anew under the same run id; what models, tools and the store had
answered before is served again at the same places, and from the first question on everything happens for real.

journal.py      serves what is kept, records the rest, and stops the run when all that is left to do is to ask
kept_store.py   the same for a store, so that state, sessions and artifacts are written once
record.py       what is kept of a paused run
folder.py       the files of paused runs, and the lock of the one who resumes
"""

from __future__ import annotations

from llmspell.resume.folder import PausedRuns
from llmspell.resume.journal import Pausable
from llmspell.resume.record import PausedRun

__all__ = ["Pausable", "PausedRun", "PausedRuns"]
