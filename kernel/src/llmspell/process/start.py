"""Starts a process: everything that it gets is named here, and nothing else reaches it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import BinaryIO

import attrs

from llmspell.errors import LlmspellError
from llmspell.process.held import Held
from llmspell.process.limits import Limits

_LAUNCHER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launcher.py")


@attrs.frozen
class Start:
    """What to start.

    Attributes:
        program: its file.
        words: the command, the program's name first.
        folder: where it works.
        environment: all of its variables.
        stdin: what it reads.
        limits: what the system lets it have.
        max_output: bytes that it may write, to both streams together.
    """

    program: Held
    words: tuple[str, ...]
    folder: Held
    environment: Mapping[str, str]
    stdin: bytes
    limits: Limits
    max_output: int


def spawn(start: Start) -> tuple[subprocess.Popen[bytes], int]:
    """The process, and the pipe that tells why the program could not begin.

    Raises:
        LlmspellError: the system starts no process.
    """
    with _stdin(start.stdin) as stdin:
        heard, told = os.pipe()
        try:
            return _popen(start, stdin, told), heard
        except OSError as error:
            os.close(heard)
            raise not_started(error.errno or 0, start) from error
        finally:
            os.close(told)


def _popen(start: Start, stdin: BinaryIO, told: int) -> subprocess.Popen[bytes]:
    held = (start.program.descriptor, start.folder.descriptor, told)
    lists = (
        [f"{which}={amount}" for which, amount in start.limits.amounts().items()],
        [f"{name}={value}" for name, value in start.environment.items()],
        start.words,
    )
    return subprocess.Popen(  # noqa: S603 the guards were asked
        [
            *(sys.executable, "-I", "-S", "-X", "utf8", _LAUNCHER),
            *map(str, (os.getpid(), *held)),
            start.program.path,
            *(item for each in lists for item in (str(len(each)), *each)),
        ],
        bufsize=0,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
        pass_fds=held,
        start_new_session=True,
    )


def _stdin(content: bytes) -> BinaryIO:
    """What to read this from: a file without a name, so that nobody has to write while the program reads."""
    if not content:
        return open(os.devnull, "rb")
    descriptor = os.memfd_create("stdin", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        # Opened anew, because the program may not write to it.
        return open(f"/proc/self/fd/{descriptor}", "rb")
    finally:
        os.close(descriptor)


def not_started(code: int, start: Start) -> LlmspellError:
    """The error for a program that the system does not start."""
    reason, hint = {
        errno.ENOEXEC: ("it is neither a binary of this system nor has it a first line that begins with '#!'", ""),
        errno.ENOENT: (
            "the interpreter that it needs does not exist",
            f"look at the first line of {start.program.path}",
        ),
        errno.E2BIG: ("its words are too long for the system", "pass them on its standard input"),
        errno.EINVAL: ("the system refuses its limits", f"choose others than {start.limits}"),
        errno.ESTALE: (f"the file {start.program.path!r} was changed while it was being started", "try again"),
    }.get(code, (os.strerror(code).lower(), ""))
    return LlmspellError(
        f"{start.words[0]!r} cannot be started: {reason}",
        kind="conflict" if code == errno.ESTALE else "tool_failed",
        retryable=code == errno.ESTALE,
        hint=hint,
    )
