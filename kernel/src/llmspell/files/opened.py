"""A file that stays open, read and written piece by piece."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO, Literal, TypeVar

from llmspell.errors import LlmspellError, UsageError
from llmspell.files.places import failure
from llmspell.quota import Quota

MODES = ("r", "w", "a", "r+", "w+", "a+")
Whence = Literal["set", "cur", "end"]
_WHENCE = {"set": os.SEEK_SET, "cur": os.SEEK_CUR, "end": os.SEEK_END}
_Answer = TypeVar("_Answer")


class Opened(AbstractContextManager["Opened"]):
    """An open regular file. What is written is in the file when `write` returns.

    Args:
        descriptor: the file's; it is closed with this.
        mode: one of `MODES`.
        quota: counts what is written; one open file was taken from it, and is given back.
        name: the path as the caller wrote it.
    """

    def __init__(self, descriptor: int, mode: str, quota: Quota, name: str) -> None:
        self.name = name
        self.mode = mode
        self._quota = quota
        self._file: IO[bytes] = open(descriptor, _python_mode(mode), closefd=True)  # noqa: SIM115 closed by `close`

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._file.closed

    def read(self, most: int) -> bytes:
        """Up to so many bytes from where it stands; fewer, or none, only at its end."""
        return self._checked(lambda: self._file.read(most))

    def read_line(self, most: int) -> bytes:
        """The next line with its end, or the last one without; nothing at the file's end.

        Raises:
            UsageError: the line is longer than `most` bytes.
        """
        line = self._checked(lambda: self._file.readline(most + 1))
        if len(line) > most:
            raise UsageError(f"a line of {self.name!r} is longer than {most} bytes", details={"max_bytes": most})
        return line

    def write(self, content: bytes) -> None:
        """Write where it stands, or at its end if it was opened to append.

        Raises:
            BudgetExceeded: the run has written too much.
            LlmspellError: it was opened to read, or the system refuses.
        """

        def write() -> None:
            if not self._file.writable():
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            self._quota.take("write_bytes", len(content))
            if self.mode[0] == "a":
                self._file.seek(0, os.SEEK_END)
            self._file.write(content)
            self._file.flush()

        self._checked(write)

    def seek(self, whence: Whence, offset: int) -> int:
        """Move; gives where it stands then, in bytes from the file's start."""
        return self._checked(lambda: self._file.seek(offset, _WHENCE[whence]))

    def close(self) -> None:
        """Close it; doing so twice is fine."""
        if not self._file.closed:
            self._quota.give_back("open_files")
            self._file.close()

    def __del__(self) -> None:
        # Whoever was cancelled while it was being opened never got it.
        if hasattr(self, "_file"):
            self.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _checked(self, act: Callable[[], _Answer]) -> _Answer:
        if self._file.closed:
            raise UsageError(f"{self.name!r} is closed", details=failure(errno.EBADF))
        try:
            return act()
        except (OSError, ValueError, OverflowError) as error:
            # The library raises the second for a mode that does not fit, and the third for an offset of no file.
            default = errno.EBADF if isinstance(error, ValueError) and "read" in str(error) else errno.EINVAL
            number = getattr(error, "errno", None) or default
            reason = os.strerror(number)
            raise LlmspellError(f"{self.name!r}: {reason}", kind="tool_failed", details=failure(number)) from error


def _python_mode(mode: str) -> str:
    """The mode that leaves the file as it is: it was emptied already, and appending is the descriptor's business."""
    return "r+b" if "+" in mode else "rb" if mode == "r" else "wb" if mode == "w" else "ab"
