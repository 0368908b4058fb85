"""Questions as files, for another process to answer: `ID.json`, and beside it `ID.answer.json`.

The folder is the user's alone, and so is each file. The process that asks holds a lock on its question, so that one
whose process died is known for what it is.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from llmspell.approvals.approval import Answer, Approval
from llmspell.errors import ConfigError, UsageError
from llmspell.permissions.store import state_folder
from llmspell.secrets.folder import PrivateFolder

FOLDER = "approvals"
_ID = re.compile(r"[0-9a-f]{12}")
_LIST = "type: llmspell approvals list"


@attrs.frozen
class Requests:
    """The questions that wait in a folder."""

    folder: PrivateFolder

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Requests:
        """Those of the user of this environment."""
        return cls(PrivateFolder(state_folder(environ) / FOLDER, chosen_by="LLMSPELL_STATE_HOME"))

    @contextmanager
    def asked(self, approval: Approval) -> Iterator[None]:
        """Within the block the question stands there; afterwards neither it nor its answer does.

        Raises:
            ConfigError: the folder cannot be used.
        """
        record = {"version": 1, "digest": approval.digest, "approval": attrs.asdict(approval)}
        try:
            with self.folder.lock():
                self.folder.replace(_file(approval.id), json.dumps(record, indent=1).encode())
                descriptor = os.open(self._path(approval.id), os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
                try_lock(descriptor)
            try:
                yield
            finally:
                os.close(descriptor)
        finally:
            self.remove(approval.id)

    def keep(self, approval: Approval) -> None:
        """Let the question of a paused run stand there, though no process waits for its answer.

        Raises:
            ConfigError: the folder cannot be used.
        """
        record = {"version": 1, "digest": approval.digest, "approval": attrs.asdict(approval), "paused": approval.run}
        with self.folder.lock():
            self.folder.replace(_file(approval.id), json.dumps(record, indent=1).encode())

    def answered(self, approval: Approval) -> Answer | None:
        """The answer to a question; None when there is none yet.

        Raises:
            ConfigError: a file is there that does not answer this question; it is removed.
        """
        name = _answer_file(approval.id)
        if not self.folder.exists(name):
            return None
        try:
            found = _table(self.folder.read(name) or b"", self.folder.path / name)
            if found.get("digest") != approval.digest:
                raise ConfigError([f"an answer to approval {approval.id} is for something else"])
            if found.get("verdict") not in ("once", "run", "no") or not isinstance(found.get("by"), str):
                raise ConfigError([f"an answer to approval {approval.id} is damaged"])
        except ConfigError:
            with suppress(OSError):
                os.unlink(self.folder.path / name)
            raise
        return Answer(found["verdict"], found["by"])

    def ids(self) -> list[str]:
        """The questions there, damaged ones included; those whose run is over are removed."""
        if not self.folder.path.is_dir():
            return []
        found = sorted(file.name[:-5] for file in self.folder.path.iterdir() if _ID.fullmatch(file.name[:-5]))
        return [each for each in found if self._waits(each)]

    def read(self, id_: str) -> Approval:
        """A question that waits.

        Raises:
            UsageError: there is none of this id, or its run is over.
            ConfigError: its file is not what llmspell wrote.
        """
        if not _ID.fullmatch(id_) or not self._waits(id_):
            raise UsageError(f"no approval {id_!r} is waiting", kind="not_found", hint=_LIST)
        path = self._path(id_)
        found = _table(self.folder.read(_file(id_)) or b"", path)
        try:
            approval = Approval(**found["approval"])
            texts = [value for key, value in attrs.asdict(approval).items() if key != "created"]
            sound = all(isinstance(text, str) for text in texts) and isinstance(approval.created, int | float)
        except (KeyError, TypeError) as cause:
            raise _damaged(path) from cause
        if not sound or approval.id != id_ or found.get("digest") != approval.digest:
            raise _damaged(path)
        return approval

    def answer(self, approval: Approval, answer: Answer) -> None:
        """Put an answer beside a question; the first counts.

        Raises:
            UsageError: it was answered already, or its run is over.
            ConfigError: it cannot be written.
        """
        name = _answer_file(approval.id)
        record = {"version": 1, "digest": approval.digest, **attrs.asdict(answer), "time": time.time()}
        with self.folder.lock():
            if not self._waits(approval.id):
                raise UsageError(f"approval {approval.id} is not waiting any more", kind="not_found", hint=_LIST)
            if self.folder.exists(name):
                raise UsageError(f"approval {approval.id} is answered already", kind="conflict")
            self.folder.replace(name, json.dumps(record, indent=1).encode())

    def _waits(self, id_: str) -> bool:
        """Whether somebody waits for the answer; what a dead process left is removed."""
        try:
            descriptor = os.open(self._path(id_), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except FileNotFoundError:
            return False
        except OSError as cause:
            raise _damaged(self._path(id_)) from cause
        try:
            free = try_lock(descriptor)
        finally:
            os.close(descriptor)
        if free and not self.is_paused(id_):
            self.remove(id_)
            return False
        return True

    def is_paused(self, id_: str) -> bool:
        """Whether a paused run asks, which is there still."""
        try:
            run = _table(self.folder.read(_file(id_)) or b"", self._path(id_)).get("paused")
        except ConfigError:
            return False
        return isinstance(run, str) and (self.folder.path.with_name("paused") / Path(f"{run}.json").name).is_file()

    def remove(self, id_: str) -> None:
        """Remove a question and its answer, if they are there."""
        for name in (_file(id_), _answer_file(id_)):
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(self.folder.path / name)

    def _path(self, id_: str) -> Path:
        return self.folder.path / _file(id_)


def _file(id_: str) -> str:
    return f"{id_}.json"


def _answer_file(id_: str) -> str:
    return f"{id_}.answer.json"


def _table(content: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as cause:
        raise _damaged(path) from cause
    if not isinstance(found, dict) or found.get("version") != 1:
        raise _damaged(path)
    return found


def _damaged(path: Path) -> ConfigError:
    return ConfigError([f"{path} is not what llmspell wrote"], hint=f"look at it, and remove it: {path}")


def try_lock(descriptor: int) -> bool:
    """Whether nobody else held the file, which is then held until it is closed."""
    try:
        import fcntl
    except ImportError:
        return False  # on Windows a question whose run died stays until it is removed by hand
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
