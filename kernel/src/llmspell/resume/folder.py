"""The files of paused runs: `paused/RUN.json` in the user's state, each the user's alone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs

from llmspell.approvals.store import Requests, try_lock
from llmspell.errors import LlmspellError, UsageError
from llmspell.permissions.store import state_folder
from llmspell.resume.record import PausedRun, read, text_of
from llmspell.secrets.folder import PrivateFolder

FOLDER = "paused"
MOST_BYTES = 64 << 20
"""Bytes of one file; a run that did more cannot be paused."""

KEPT = 30 * 86_400.0
"""Seconds for which a run stays paused."""

_ID = re.compile(r"[0-9a-f]{16}")
_BEGUN = ".resumed"


@attrs.frozen
class PausedRuns:
    """The paused runs of a user, and their questions."""

    folder: PrivateFolder
    requests: Requests

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> PausedRuns:
        """Those of the user of this environment."""
        path = state_folder(environ) / FOLDER
        folder = PrivateFolder(path, chosen_by="LLMSPELL_STATE_HOME", largest=MOST_BYTES)
        return cls(folder, Requests.of(environ))

    def ids(self) -> list[str]:
        """The runs that are paused, those that are being resumed included; those that are too old are removed."""
        if not self.folder.path.is_dir():
            return []
        files = [file for file in self.folder.path.glob("*.json") if _ID.fullmatch(file.stem)]
        return sorted(file.stem for file in files if not self._is_old(file))

    def read(self, run: str) -> PausedRun:
        """A paused run.

        Raises:
            UsageError: there is none of this id, or its file is damaged.
            ConfigError: somebody else may read or write the file.
        """
        content = self.folder.read(f"{run}.json") if _ID.fullmatch(run) else None
        if content is None:
            raise UsageError(f"no run {run!r} is paused", kind="not_found", hint="type: llmspell resume --list")
        path = str(self.folder.path / f"{run}.json")
        return read(content.decode("utf-8", "replace"), path)

    def keep(self, paused: PausedRun) -> None:
        """Keep a run that was paused, and put its questions where they can be answered.

        Raises:
            LlmspellError: it is too large to be kept.
            ConfigError: it cannot be written.
        """
        content = text_of(paused).encode("utf-8", "surrogatepass")
        if len(content) > MOST_BYTES:
            raise LlmspellError(
                f"the run cannot be paused: what it did takes {len(content)} bytes, and {MOST_BYTES} can be kept",
                kind="budget",
                hint="answer its questions while it runs: --wait-approvals",
                details={"budget": "paused", "limit": MOST_BYTES},
            )
        with self.folder.lock():
            self.folder.replace(f"{paused.run}.json", content)
            self._forget_begun(paused.run)
        for question in paused.questions:
            self.requests.keep(question)

    def forget(self, paused: PausedRun) -> None:
        """The run is over."""
        with suppress(FileNotFoundError):
            os.unlink(self.folder.path / f"{paused.run}.json")
        self._forget_begun(paused.run)
        for question in paused.questions:
            self.requests.remove(question.id)

    @contextmanager
    def resuming(self, run: str, *, again: bool = False) -> Iterator[PausedRun]:
        """The run, which nobody else can resume within the block.

        With `again`, also one whose last resumption was killed: what that did for real may happen twice.

        Raises:
            UsageError: there is no such run, it is damaged, or it is being resumed or was (kind `conflict`).
        """
        self.read(run)
        path = self.folder.path / f"{run}.json"
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            if not try_lock(descriptor) or not _is_file(descriptor, path):
                raise UsageError(f"run {run} is being resumed by another process", kind="conflict")
            paused = self.read(run)  # not before: whoever had the lock may have gone on with it meanwhile
            if self._begun(run).exists() and not again:
                raise UsageError(
                    f"run {run} was resumed before and killed: nobody knows what it did meanwhile",
                    kind="conflict",
                    hint=f"look at what it does; to let it do so again, type: llmspell resume --again {run}",
                )
            yield paused
        finally:
            os.close(descriptor)

    def begin(self, run: str) -> None:
        """Note that a run is being resumed: from now on things happen that its file does not know of."""
        self._begun(run).touch(mode=0o600)

    def _is_old(self, file: Path) -> bool:
        """Whether a run was paused so long ago that it is removed; its questions go when nobody finds it any more."""
        with suppress(FileNotFoundError):
            if time.time() - file.stat().st_mtime <= KEPT:
                return False
            file.unlink()
            self._forget_begun(file.stem)
        return True

    def _begun(self, run: str) -> Path:
        return self.folder.path / f"{run}{_BEGUN}"

    def _forget_begun(self, run: str) -> None:
        self._begun(run).unlink(missing_ok=True)


def _is_file(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at the path."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
