"""Builds the walls around a worker process: what the system refuses to it, whatever the script does to its engine.

`llmspell.bridge.walls` says what each wall is. The order matters:

    tie_to_parent, close_descriptors    first of all
    enclose                             when the machine is imported, before it starts threads: what this builds holds
                                        for one thread and those that it starts
    harden                              when the machine is warm: what this builds holds for all threads
    CpuLimit, MemoryLimit.set           when the script's limits are known

A worker imports this module, so it needs nothing but the standard library.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from contextlib import suppress
from struct import pack
from typing import TYPE_CHECKING

from llmspell.bridge import landlock, libc, seccomp
from llmspell.bridge.walls import Wall, Walls

if TYPE_CHECKING or sys.platform != "win32":
    import resource

# From <linux/prctl.h> and <linux/capability.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522

_FILES = 32  # enough for an engine with an event loop of its own

# Bytes above the script's own memory, for messages on their way through Python. A step that takes a value and
# gives it back was measured to hold, at its peak, 5 times the value's JSON for a long text, 9 times for a
# list of integers and 13 times for small objects; what these lack counts against the script's memory.
_SPARE = 32 << 20
_COPIES = 6

# Seconds of processor time that a step surely has beyond `Limits.slice`, which the machine enforces itself.
_GRACE = 0.5


def tie_to_parent(walls: Walls, parent: int) -> None:
    """Die when the parent does; call it first.

    Args:
        walls: learns what stands.
        parent: the process id of the parent, which may have died already: then this process ends here.
    """
    problem = _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if not problem and os.getppid() != parent:
        os._exit(1)
    walls.note("parent_death", problem)


def close_descriptors(walls: Walls) -> None:
    """Close all but the channel and the standard streams: some may come from whoever started the parent."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    walls.note("descriptors")


def enclose(walls: Walls, scratch: str) -> None:
    """Build the walls that hold for this thread and those that it starts, so call it before there are more.

    Args:
        walls: learns what stands.
        scratch: the folder for temporary files.
    """
    private = _private_folders()
    walls.note("scratch_folder", _enter_scratch(scratch))
    walls.note("no_new_privileges", _prctl(_PR_SET_NO_NEW_PRIVS, 1))
    walls.note("no_capabilities", _drop_capabilities())
    landlock.enclose(walls, landlock.readable_folders(sys.path, sys.modules, private))


def harden(walls: Walls, *, threads: bool = False) -> None:
    """Build the walls that hold for the whole process; call it when the machine is warm.

    Args:
        walls: learns what stands.
        threads: whether the engine starts threads.
    """
    walls.note("no_dump", _prctl(_PR_SET_DUMPABLE, 0))
    _limit(walls, "rlimit.files", resource.RLIMIT_NOFILE, _FILES)
    _limit(walls, "rlimit.file_size", resource.RLIMIT_FSIZE, 0)
    _limit(walls, "rlimit.core", resource.RLIMIT_CORE, 0)
    if threads:
        walls.note("rlimit.processes", "the engine needs threads")
    elif os.geteuid() == 0:
        walls.note("rlimit.processes", "the system does not count the processes of root")
    else:
        _limit(walls, "rlimit.processes", resource.RLIMIT_NPROC, 0)
    walls.note("seccomp", seccomp.install(threads=threads))


class MemoryLimit:
    """Limits the memory of this process to what it has, and what the script may have, and some for messages.

    What it has is the interpreter and the engine: 5 MB without an engine, 8 MB with Lua. Make it before `enclose`,
    which leaves no way to find that out.
    """

    def __init__(self) -> None:
        self._file = -1
        with suppress(OSError):
            self._file = os.open("/proc/self/statm", os.O_RDONLY)

    def set(self, walls: Walls, memory: int, value_bytes: int) -> None:
        """Set the limit, once.

        It is on writable private memory (`RLIMIT_DATA`), which is all that an engine allocates, and not on the
        address space: V8 reserves gigabytes of that, and does not start without.
        """
        if self._file < 0:
            walls.note("rlimit.memory", "the system does not say how much memory the process has")
            return
        used = int(os.read(self._file, 200).split()[5]) * resource.getpagesize()
        os.close(self._file)
        _limit(walls, "rlimit.memory", resource.RLIMIT_DATA, used + memory + _SPARE + _COPIES * value_bytes)


class CpuLimit:
    """Ends this process by SIGXCPU when one step takes too long, and by SIGKILL when all of them do.

    Args:
        walls: learns that it stands.
        total: seconds of processor time for the whole life of the process.
        slice: seconds for one step; the end comes half a second to one and a half seconds after them.
    """

    def __init__(self, walls: Walls, total: float, slice: float) -> None:  # noqa: A002 the name in `Limits`
        self._total = _at_most(resource.RLIMIT_CPU, math.ceil(total))
        self._slice = slice
        self._armed = 0
        self.renew()
        walls.note("rlimit.cpu")

    def renew(self) -> None:
        """Begin a step; a limit that leaves it enough time stays as it is, because setting one costs time."""
        needed = time.process_time() + self._slice + _GRACE
        if needed > self._armed:
            self._armed = min(math.ceil(needed), self._total)
            resource.setrlimit(resource.RLIMIT_CPU, (self._armed, self._total))


def _limit(walls: Walls, wall: Wall, which: int, amount: int) -> None:
    amount = _at_most(which, amount)
    try:
        resource.setrlimit(which, (amount, amount))
    except (OSError, ValueError) as error:
        walls.note(wall, f"the system refuses the limit: {error}")
    else:
        walls.note(wall)


def _at_most(which: int, amount: int) -> int:
    """`amount`, or the limit that the parent already lives under: only root may raise it again."""
    _, hard = resource.getrlimit(which)
    return amount if hard == resource.RLIM_INFINITY else min(amount, hard)


def _prctl(option: int, value: int) -> str:
    """Why the system does not do it; empty when it does."""
    try:
        libc.call("prctl", option, value, 0, 0, 0)
    except OSError as error:
        return str(error)
    return ""


def _drop_capabilities() -> str:
    """Why the process may keep powers of root; empty when it has none."""
    try:
        libc.call("capset", pack("Ii", _CAPABILITY_VERSION_3, 0), pack("6I", *[0] * 6))
    except OSError as error:
        return str(error)
    return ""


def _private_folders() -> list[str]:
    """The working folder and the user's home: what is in them is the user's, also where they are on Python's path."""
    import pwd

    folders = []
    with suppress(OSError):  # it may have been removed
        folders.append(os.getcwd())
    with suppress(KeyError):  # a user without a name, as in containers
        folders.append(os.path.realpath(pwd.getpwuid(os.getuid()).pw_dir))
    return folders


def _enter_scratch(parent: str) -> str:
    """Go to a new folder that loses its name at once: nothing can be put there, and nothing stays behind.

    Returns:
        Why there is none, and the process is in the root instead; empty when there is.
    """
    folder = os.path.join(parent, f"llmspell-{os.getpid()}-{os.urandom(8).hex()}")
    try:
        os.mkdir(folder, 0o700)
        os.chdir(folder)
        os.rmdir(folder)
    except OSError as error:
        os.chdir("/")
        return f"no folder can be made in {parent!r}: {error.strerror}"
    return ""
