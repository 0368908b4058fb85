"""A small file of the user's decisions: JSON, mode 0600, replaced as a whole, and safe for several writers.

It decides what spells may do, so one that somebody else could have written is refused rather than read.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from llmspell.errors import ConfigError

_VERSION = 1
_LARGEST = 4 << 20

Table = dict[str, Any]  # Any: JSON; whoever uses a store checks what it finds


def state_folder(environ: Mapping[str, str]) -> Path:
    """The folder of what llmspell remembers for the user; it need not exist."""
    if own := environ.get("LLMSPELL_STATE_HOME"):
        return Path(own).absolute()
    xdg = Path(environ.get("XDG_STATE_HOME", ""))
    if xdg.is_absolute():  # the XDG specification says to pass over a relative one
        return xdg / "llmspell"
    return Path(environ.get("HOME") or Path.home()) / ".local" / "state" / "llmspell"


class Store:
    """One file, a table of texts to JSON values.

    Args:
        path: the file; its folder is made with the first entry.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Table:
        """All entries; none when there is no file.

        Raises:
            ConfigError: it cannot be read, others may write it, or it does not hold what was written.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as cause:
            raise self._error(f"cannot be opened: {cause.strerror}") from cause
        with open(descriptor, "rb") as file:
            self._check_owner(os.fstat(descriptor))
            return self._entries(file.read(_LARGEST + 1))

    def change(self, alter: Callable[[Table], object]) -> None:
        """Read, alter and replace the file, while no other process does.

        Raises:
            ConfigError: as `read`, or it cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                entries = self.read()
                alter(entries)
                self._replace(json.dumps({"version": _VERSION, "entries": entries}, indent=1, sort_keys=True))
        except OSError as cause:
            raise self._error(f"cannot be written: {cause.strerror}") from cause

    def _check_owner(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise self._error("is not a regular file")
        if not hasattr(os, "geteuid"):
            return  # Windows keeps the user's folders from others by its own means
        if found.st_uid != os.geteuid():
            raise self._error(f"belongs to user {found.st_uid}")
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise self._error("can be written by others", hint=f"look at it, then type: chmod 600 {self.path}")

    def _entries(self, content: bytes) -> Table:
        try:
            if len(content) > _LARGEST:
                raise ValueError("too large")
            data = json.loads(content)
        except (ValueError, RecursionError) as cause:
            raise self._error("is damaged") from cause
        if not isinstance(data, dict) or data.keys() != {"version", "entries"} or not isinstance(data["entries"], dict):
            raise self._error("is damaged")
        if data["version"] != _VERSION:
            raise self._error(f"is of version {data['version']!r}, and this llmspell knows version {_VERSION}")
        entries: Table = data["entries"]
        return entries

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # A file of its own, because the file itself is replaced.
        descriptor = os.open(
            self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
        )
        with open(descriptor, "r+b") as file:
            _lock(file)
            yield

    def _replace(self, text: str) -> None:
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with suppress(FileNotFoundError):
            temporary.unlink()  # of a process of this number that was killed
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, self.path)

    def _error(self, what: str, *, hint: str = "") -> ConfigError:
        return ConfigError(
            [f"{self.path} {what}"], hint=hint or f"look at it, and remove it to be asked again: {self.path}"
        )


def _lock(file: IO[bytes]) -> None:
    """Hold the file alone until it is closed."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only
    else:
        fcntl.flock(file, fcntl.LOCK_EX)
