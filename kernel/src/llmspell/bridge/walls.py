"""The walls around a worker by name: which there are, which stand, and which of them a run insists on.

A worker builds them around itself before its script begins; there is no way back:

    parent_death        it dies with the thread that started it (Linux)
    descriptors         it has no open file but its channel and its standard streams
    scratch_folder      its current folder is empty and has no name any more
    no_new_privileges   no program that it starts gains rights (Linux)
    no_capabilities     it has none of root's powers, even when root started it (Linux)
    no_dump             no other process of the user reads its memory (Linux)
    rlimit.files        it opens few files
    rlimit.file_size    it writes no byte to any file
    rlimit.core         it leaves no core dump
    rlimit.processes    it starts no process and no thread (not for root, not for engines that need threads)
    rlimit.cpu          seconds of processor time, in one step and in all
    rlimit.memory       bytes of memory (Linux)
    landlock            it reads what Python itself needs, and no other file; it writes none (Linux 5.13)
    landlock.tcp        it binds and connects no TCP port (Linux 6.7)
    landlock.scope      it signals no other process, and reaches no abstract socket (Linux 6.12)
    seccomp             it makes none of the calls in `llmspell.bridge.seccomp_table` (Linux on x86_64 and aarch64)

A worker imports this module, so it needs nothing but the standard library.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Literal, get_args

Wall = Literal[
    "parent_death",
    "descriptors",
    "scratch_folder",
    "no_new_privileges",
    "no_capabilities",
    "no_dump",
    "rlimit.files",
    "rlimit.file_size",
    "rlimit.core",
    "rlimit.processes",
    "rlimit.cpu",
    "rlimit.memory",
    "landlock",
    "landlock.tcp",
    "landlock.scope",
    "seccomp",
]
NAMES: tuple[Wall, ...] = get_args(Wall)

# What any system with workers can give. A missing one is a fault, and not the price of an older system.
_EVERYWHERE: frozenset[Wall] = frozenset(
    {"descriptors", "rlimit.files", "rlimit.file_size", "rlimit.core", "rlimit.cpu"}
)
_ON_LINUX: frozenset[Wall] = frozenset({"parent_death", "no_new_privileges", "no_dump", "rlimit.memory"})


class Walls:
    """Which walls stand, and why the others do not."""

    def __init__(self) -> None:
        self.standing: list[str] = []
        self.missing: dict[str, str] = {}

    def note(self, wall: Wall, problem: str = "") -> None:
        """A wall stands, or does not because of `problem`."""
        if problem:
            self.missing[wall] = problem
        else:
            self.standing.append(wall)


def demanded(
    profile: str, require: Iterable[Wall] = (), accept_missing: Iterable[Wall] = (), *, platform: str = sys.platform
) -> frozenset[Wall]:
    """The walls without which a script in a worker does not begin.

    By itself a profile demands what every system of the platform has, so that the default runs on most people's
    machines: an old kernel, or a container that refuses seccomp, still runs medium, and `llmspell doctor` says what
    it lacks. Only `high`, which is chosen for scripts that may be hostile, demands seccomp, on every platform: it
    would be a lie where the engine's own defects lead straight to the system.

    Args:
        profile: its name.
        require: more walls.
        accept_missing: walls that may be missing all the same; they win.
        platform: as `sys.platform`.
    """
    walls = _EVERYWHERE | (_ON_LINUX if platform == "linux" else frozenset())
    if profile == "high":
        walls |= {"seccomp"}
    return (walls | frozenset(require)) - frozenset(accept_missing)
