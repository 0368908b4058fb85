"""Where a walk ended, and how a file is opened there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from llmspell.errors import LlmspellError, PermissionDenied, UsageError


def flags(*names: str) -> int:
    """These flags of `os.open`, as far as the system has them; importing this module works everywhere."""
    return sum(getattr(os, f"O_{name}", 0) for name in names)


# Nothing is ever opened through a link, nor waited for, as for the other end of a pipe.
_SAFE = flags("NOFOLLOW", "NONBLOCK", "NOCTTY", "CLOEXEC")


def failure(number: int | None) -> dict[str, Any]:
    """The details of an error that the system would have: its number, and its words for it."""
    return {} if number is None else {"errno": number, "reason": os.strerror(number)}


@attrs.frozen
class Place:
    """A name in an open folder.

    Attributes:
        folder: the descriptor of the folder; for a root, of the root itself.
        name: the name in it; empty for a root.
        path: the whole real path.
        spelled: the path as the caller wrote it.
        verb: what is done there, as a participle.
        mode: as `os.stat_result.st_mode`; None when there is nothing of this name.
    """

    folder: int
    name: str
    path: str
    spelled: str
    verb: str
    mode: int | None

    @property
    def is_folder(self) -> bool:
        """Whether a folder is there."""
        return self.mode is not None and stat.S_ISDIR(self.mode)

    def open(self, access: int) -> int:
        """The descriptor of the regular file that is there.

        Args:
            access: how, as for `os.open`; with `O_CREAT`, `O_EXCL` must be there too.

        Raises:
            PermissionDenied: it is a device, a pipe or the like.
            LlmspellError: it was changed since the walk, or the system refuses.
        """
        # Looked at before it is opened, because opening a device may do something; and again after, because
        # it may have been swapped between the two.
        if self.mode is not None and not stat.S_ISREG(self.mode):
            raise self.special()
        with self.explaining():
            descriptor = os.open(self.name, access | _SAFE, 0o666, dir_fd=self.folder)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_dev in pseudo_devices():
            os.close(descriptor)
            raise self.special()
        return descriptor

    def special(self) -> PermissionDenied:
        """The error for what is neither a file nor a folder."""
        message = f"{self.spelled!r} may not be {self.verb}: it is not a regular file"
        return PermissionDenied(message, details=failure(errno.EACCES))

    def no_file(self, hint: str = "") -> UsageError:
        """The error for a folder where a file is meant."""
        return UsageError(f"{self.spelled!r} is a folder, not a file", hint=hint, details=failure(errno.EISDIR))

    def no_folder(self) -> UsageError:
        """The error for a file, or a link that is not followed, where a folder is meant."""
        found = "link" if stat.S_ISLNK(self.mode or 0) else "file"
        return UsageError(f"{self.spelled!r} is a {found}, not a folder", details=failure(errno.ENOTDIR))

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn what the system refuses at this place into an error of ours."""
        try:
            yield
        except OSError as error:
            details = failure(error.errno)
            if error.errno == errno.ENOENT:  # removed since the walk
                raise UsageError(f"{self.spelled!r} does not exist", kind="not_found", details=details) from error
            if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL, errno.EEXIST):
                reason = f"{self.name!r} was changed while it was being opened"
                message = f"{self.spelled!r} cannot be {self.verb}: {reason}"
                raise LlmspellError(message, kind="conflict", retryable=True, details=details) from error
            kind = "permission" if isinstance(error, PermissionError) else "tool_failed"
            message = f"{self.spelled!r} cannot be {self.verb}: {error.strerror}"
            raise LlmspellError(message, kind=kind, details=details) from error


def pseudo_devices() -> set[int]:
    """The devices of /proc, /sys and /dev, where those are file systems of their own."""
    found = {os.stat(folder).st_dev for folder in ("/proc", "/sys", "/dev") if os.path.isdir(folder)}
    return found - {os.stat("/").st_dev}
