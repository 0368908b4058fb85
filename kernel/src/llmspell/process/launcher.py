"""Becomes a program: run as a script by an interpreter of its own, with the arguments that `running` gives it.

That interpreter is the one place where a process can change itself before the program begins; between fork and exec
of a process with threads, Python code may hang for ever.

It imports as little as it can, because each program waits for it. What goes wrong is written to a pipe, as an error
number; that pipe closes when the program begins.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import sys

# From <linux/prctl.h> and <signal.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9
_SIG_SETMASK = 2
_SIGNALS = 64

_LIBC = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    """Become the program.

    Args:
        arguments: parent, program, folder, status: a process id and three descriptors; the program's real path; limits
            as `number=amount`, the environment as `name=value`, and the words: each list after its length.
    """
    parent, program, folder, status = map(int, arguments[:4])
    lists = iter(arguments[5:])
    limits, environment, words = ([next(lists) for _ in range(int(next(lists)))] for _ in range(3))
    try:
        for descriptor in (program, folder, status):
            os.set_inheritable(descriptor, False)
        _tie_to_parent(parent)
        _reset_signals()
        os.fchdir(folder)
        for limit in limits:
            which, _, amount = limit.partition("=")
            _limit(int(which), int(amount))
        _begin(program, arguments[4], words, dict(each.partition("=")[::2] for each in environment))
    except OSError as error:
        os.write(status, str(error.errno).encode())
    except ValueError:  # what `resource` makes of a refused limit
        os.write(status, str(errno.EINVAL).encode())
    os._exit(127)


def _tie_to_parent(parent: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)  # also keeps a program with the set-user-ID bit from losing the line above
    if os.getppid() != parent:  # it died before the first line
        os._exit(127)


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0))):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _reset_signals() -> None:
    """Python ignores some signals, the parent may block others, and a program inherits both."""
    for number in range(1, _SIGNALS + 1):
        _LIBC.signal(number, None)  # the default; refused for SIGKILL, SIGSTOP and those of the C library
    _LIBC.sigprocmask(_SIG_SETMASK, bytes(128), None)


def _limit(which: int, amount: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    resource.setrlimit(which, (amount, amount))


def _begin(program: int, path: str, words: list[str], environment: dict[str, str]) -> None:
    """Start the very file that was checked."""
    try:
        os.execve(program, words, environment)  # noqa: S606 no shell is the point
    except FileNotFoundError:
        # A script: its interpreter opens it by name. So the name must still lead to the same file.
        found, checked = os.stat(path), os.fstat(program)
        if (found.st_dev, found.st_ino, found.st_ctime_ns) != (checked.st_dev, checked.st_ino, checked.st_ctime_ns):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE)) from None
    os.execve(path, words, environment)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
