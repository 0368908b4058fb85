"""The wall `landlock`: this process, and what it starts, opens no file but those that Python itself reads.

An engine may import a module late, so the folders of Python's own libraries stay readable, and nothing may be
written. See landlock(7); what a system knows of it is its ABI, a number that grows.

    1  files        3  truncating       5  devices
    2  moving       4  TCP              6  signals and abstract sockets
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from struct import pack

from llmspell.bridge import libc
from llmspell.bridge.walls import Walls

# The same numbers on every machine.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446

# From <linux/landlock.h>.
_ASK_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights on files there are, from bit 0
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals

# What libraries read besides themselves: the loader's list, time zones and locales, and what the machine is.
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/timezone",
    "/usr/share/zoneinfo",
    "/usr/share/locale",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self/maps",
    "/proc/self/stat",
    "/proc/self/status",
    "/sys/devices/system/cpu",
)


def enclose(walls: Walls, readable: Iterable[str]) -> None:
    """Build what this system knows of Landlock around this thread and those that it starts.

    Args:
        walls: learns what stands.
        readable: folders to read in, and files to read, besides the system's own; what does not exist is passed over.
    """
    try:
        if len(os.listdir("/proc/self/task")) > 1:
            raise OSError("the engine started a thread while it was imported, and that one would stay free")
        abi = libc.call("syscall", _CREATE_RULESET, None, 0, _ASK_VERSION)
        _restrict(abi, (*_SYSTEM, *readable))
    except OSError as error:
        abi, problem = 0, f"the system refuses Landlock: {error.strerror or error}"
    else:
        problem = f"the system's Landlock is too old (ABI {abi})"
    walls.note("landlock", "" if abi else problem)
    walls.note("landlock.tcp", "" if abi >= 4 else problem)
    walls.note("landlock.scope", "" if abi >= 6 else problem)


def readable_folders(path: Sequence[str], modules: Mapping[str, object], private: Sequence[str]) -> list[str]:
    """What Python may read of its module search path.

    An entry that holds a private folder holds more than modules: with `python -m llmspell` it is the working folder.
    Of such an entry only the packages that were imported from it are readable.

    Args:
        path: the entries of `sys.path`.
        modules: `sys.modules`.
        private: absolute folders that are not Python's, such as the home folder and the working folder.
    """
    library = os.path.dirname(os.__file__)
    own = (library, *(entry for entry in path if os.path.basename(entry) in ("site-packages", "dist-packages")))
    found = []
    for entry in filter(None, path):
        if entry not in own and any(_holds(entry, folder) for folder in private):
            found += sorted(_imported_from(entry, modules))
        else:
            found.append(entry)
    # Where an extension module may find the libraries that were built with this Python.
    return [*found, os.path.join(sys.base_prefix, "lib")]


def _holds(folder: str, inner: str) -> bool:
    return (inner + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _imported_from(entry: str, modules: Mapping[str, object]) -> set[str]:
    """The packages and modules that lie directly in `entry`, of those that are imported."""
    found = set()
    for name, module in tuple(modules.items()):
        file = getattr(module, "__file__", None) or ""
        place = os.path.dirname(file) if hasattr(module, "__path__") else file
        if file and "." not in name and os.path.dirname(place) == entry:
            found.add(place)
    return found


def _restrict(abi: int, readable: Iterable[str]) -> None:
    handled = (1 << _RIGHTS_BY_ABI.get(abi, 16)) - 1
    attributes = pack("QQQ", handled, _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    with _descriptor(libc.call("syscall", _CREATE_RULESET, attributes, len(attributes), 0)) as rules:
        for path in readable:
            with suppress(FileNotFoundError, NotADirectoryError, PermissionError), _opened(path) as (place, rights):
                libc.call("syscall", _ADD_RULE, rules, _PATH_BENEATH, pack("=Qi", rights, place), 0)
        libc.call("syscall", _RESTRICT_SELF, rules, 0)


@contextmanager
def _opened(path: str) -> Iterator[tuple[int, int]]:
    """A descriptor that names a file or folder, and the rights to read it."""
    with _descriptor(os.open(path, os.O_PATH | os.O_CLOEXEC)) as place:
        folder = stat.S_ISDIR(os.fstat(place).st_mode)
        yield place, _READ_FILE | (_READ_FOLDER if folder else 0)


@contextmanager
def _descriptor(number: int) -> Iterator[int]:
    try:
        yield number
    finally:
        os.close(number)
