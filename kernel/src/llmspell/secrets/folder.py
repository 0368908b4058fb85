"""A folder for one user's eyes: its files are checked before they are read, and replaced whole or not at all.

A writer holds the lock, writes `NAME.new`, brings it to the disk, and renames it over `NAME`; whoever is killed
in between leaves the old file or the new one. The system gives a dead process's lock free.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs

from llmspell.errors import ConfigError

_LOCK = "lock"
_MAX_BYTES = 4 * 1024 * 1024
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a pipe would have us wait for its writer
_HAS_MODES = os.name == "posix"  # elsewhere the user's own folder is private by inheritance


@attrs.frozen
class PrivateFolder:
    """The folder at `path`, which need not exist.

    Attributes:
        path: where it is.
        chosen_by: the environment variable that says so.
        patience: how many seconds to wait for another writer.
        largest: how many bytes of a file are read.
    """

    path: Path
    chosen_by: str = "LLMSPELL_CONFIG_HOME"
    patience: float = 10.0
    largest: int = _MAX_BYTES

    def read(self, name: str) -> bytes | None:
        """The file's content; None when there is no such file.

        Raises:
            ConfigError: somebody else may read or write it, or it is no regular file, or too large.
        """
        try:
            descriptor = os.open(self.path / name, os.O_RDONLY | _NO_LINK | _NO_WAIT)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as cause:
            raise self._unusable(name, cause) from cause
        try:
            self._check(self.path, os.stat(self.path), stat.S_ISDIR, "0700")
            found = os.fstat(descriptor)
            self._check(self.path / name, found, stat.S_ISREG, "0600")
            if found.st_size > self.largest:
                raise ConfigError([f"{self.path / name} holds {found.st_size} bytes, more than {self.largest}"])
            with open(descriptor, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(descriptor)

    def exists(self, name: str) -> bool:
        """Whether there is such a file, whatever it holds."""
        return os.path.lexists(self.path / name)

    def replace(self, name: str, content: bytes) -> None:
        """Put `content` in the file's place, on the disk when this returns; call it with the lock held.

        Raises:
            ConfigError: it cannot be written; the old content stays.
        """
        new = self.path / f"{name}.new"
        try:
            with suppress(FileNotFoundError):
                new.unlink()  # what a writer that was killed left
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path / name)
            self._sync()
        except OSError as cause:
            raise self._unusable(name, cause) from cause

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Make the folder if need be, and keep other writers out of it for the block.

        Raises:
            ConfigError: the folder cannot be used, or another writer does not come to an end.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._check(self.path, os.stat(self.path), stat.S_ISDIR, "0700")
            descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600)
        except OSError as cause:
            raise self._unusable(_LOCK, cause) from cause
        try:
            self._acquire(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _acquire(self, descriptor: int) -> None:
        end = time.monotonic() + self.patience
        while not _try_lock(descriptor):
            if time.monotonic() > end:
                raise ConfigError(
                    [f"{self.path} is being written by another process for more than {self.patience:g} seconds"],
                    hint="wait for the other llmspell, or end it, and try again",
                )
            time.sleep(0.01)

    def _check(self, path: Path, found: os.stat_result, right_kind: Callable[[int], bool], wanted: str) -> None:
        if not right_kind(found.st_mode):
            raise ConfigError([f"{path} is not what llmspell made there"], hint=f"move it away: mv {path} {path}.old")
        if not _HAS_MODES:
            return
        if found.st_uid != os.geteuid():
            raise ConfigError([f"{path} belongs to another user (uid {found.st_uid})"], hint=f"chown $USER {path}")
        mode = stat.S_IMODE(found.st_mode)
        if mode & 0o077:
            raise ConfigError(
                [f"{path} is open to other users: its mode is {mode:04o}, and must be {wanted}"],
                hint=f"chmod {wanted} {path}",
            )

    def _sync(self) -> None:
        if _HAS_MODES:  # elsewhere a folder cannot be opened
            descriptor = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _unusable(self, name: str, cause: OSError) -> ConfigError:
        return ConfigError(
            [f"{self.path / name} cannot be used: {cause.strerror}"],
            hint=f"check the folder, or choose another with {self.chosen_by}=DIR",
        )


def _try_lock(descriptor: int) -> bool:
    try:
        if _HAS_MODES:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows has it
    except OSError:
        return False
    return True
