"""The walls around a worker process: what the system refuses to it, whatever the script does to its engine.

A worker builds them around itself; there is no way back. Each function gives the names of the walls that
now stand, so that what a platform lacks can be reported:

    parent_death        it dies with the thread that started it (Linux)
    descriptors         it has no open file but its channel and its standard streams
    scratch_folder      its current folder is empty and has no name any more
    no_new_privileges   no program that it starts gains rights (Linux)
    no_dump             no other process of the user reads its memory (Linux)
    rlimit.files        it opens few files
    rlimit.file_size    it writes no byte to any file
    rlimit.core         it leaves no core dump
    rlimit.processes    it starts no process and no thread (not for root, not for engines that need threads)
    rlimit.cpu          seconds of processor time, in one step and in all
    rlimit.memory       bytes of memory (Linux)

A worker imports this module, so it needs nothing but the standard library.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

# From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

_FILES = 32  # enough for an engine with an event loop of its own

# Bytes above the script's own memory, for messages on their way through Python. A step that takes a value and
# gives it back was measured to hold, at its peak, 5 times the value's JSON for a long text, 9 times for a
# list of integers and 13 times for small objects; what these lack counts against the script's memory.
_SPARE = 32 << 20
_COPIES = 6

# Seconds of processor time that a step surely has beyond `Limits.slice`, which the machine enforces itself.
_GRACE = 0.5


def tie_to_parent(parent: int) -> list[str]:
    """Die when the parent does; call it first.

    Args:
        parent: the process id of the parent, which may have died already: then this process ends here.
    """
    if not _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL):
        return []
    if os.getppid() != parent:
        os._exit(1)
    return ["parent_death"]


def harden(scratch: str, *, threads: bool = False) -> list[str]:
    """Build the walls that are the same for every script; call it when all modules are imported.

    Args:
        scratch: the folder for temporary files.
        threads: whether the engine starts threads.
    """
    return [*_harden(scratch, threads)]


def _harden(scratch: str, threads: bool) -> Iterator[str]:
    if _enter_scratch(scratch):
        yield "scratch_folder"
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1):
        yield "no_new_privileges"
    if _prctl(_PR_SET_DUMPABLE, 0):
        yield "no_dump"
    if _limit(resource.RLIMIT_NOFILE, _FILES):
        yield "rlimit.files"
    if _limit(resource.RLIMIT_FSIZE, 0):
        yield "rlimit.file_size"
    if _limit(resource.RLIMIT_CORE, 0):
        yield "rlimit.core"
    if not threads and _limit(resource.RLIMIT_NPROC, 0) and os.geteuid() != 0:
        yield "rlimit.processes"


def close_descriptors() -> list[str]:
    """Close all but the channel and the standard streams: some may come from whoever started the parent."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    return ["descriptors"]


def confine(memory: int, value_bytes: int) -> list[str]:
    """Limit the memory of this process to what it has now, and `memory`, and some for messages.

    What it has now is the interpreter and the engine: 5 MB without an engine, 8 MB with Lua.

    The limit is on writable private memory (`RLIMIT_DATA`), which is all that an engine allocates, and not on
    the address space: V8 reserves gigabytes of that, and does not start without.
    """
    used = _data_bytes()
    limit = used + memory + _SPARE + _COPIES * value_bytes
    return ["rlimit.memory"] if used and _limit(resource.RLIMIT_DATA, limit) else []


class CpuLimit:
    """Ends this process by SIGXCPU when one step takes too long, and by SIGKILL when all of them do.

    Args:
        total: seconds of processor time for the whole life of the process.
        slice: seconds for one step; the end comes half a second to one and a half seconds after them.
    """

    def __init__(self, total: float, slice: float) -> None:  # noqa: A002 the name in `Limits`
        self._total = _at_most(resource.RLIMIT_CPU, math.ceil(total))
        self._slice = slice
        self._armed = 0
        self.renew()

    def renew(self) -> None:
        """Begin a step; a limit that leaves it enough time stays as it is, because setting one costs time."""
        needed = time.process_time() + self._slice + _GRACE
        if needed > self._armed:
            self._armed = min(math.ceil(needed), self._total)
            resource.setrlimit(resource.RLIMIT_CPU, (self._armed, self._total))


def _limit(which: int, amount: int) -> bool:
    amount = _at_most(which, amount)
    try:
        resource.setrlimit(which, (amount, amount))
    except (OSError, ValueError):
        return False
    return True


def _at_most(which: int, amount: int) -> int:
    """`amount`, or the limit that the parent already lives under: only root may raise it again."""
    _, hard = resource.getrlimit(which)
    return amount if hard == resource.RLIM_INFINITY else min(amount, hard)


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    import ctypes

    result: int = ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))
    return result == 0


def _data_bytes() -> int:
    """Bytes of writable private memory of this process; 0 where the system does not say."""
    with suppress(OSError), open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * resource.getpagesize()
    return 0


def _enter_scratch(parent: str) -> bool:
    """Go to a new folder that loses its name at once: nothing can be put there, and nothing stays behind."""
    folder = os.path.join(parent, f"llmspell-{os.getpid()}-{os.urandom(8).hex()}")
    try:
        os.mkdir(folder, 0o700)
        os.chdir(folder)
        os.rmdir(folder)
    except OSError:
        os.chdir("/")
        return False
    return True
