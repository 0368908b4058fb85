"""Trying a thing in a fresh process, behind one wall or none, and how the system answers."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

# Gives `syscall(name, ...)`, which makes a system call by its name in the table and raises what it answers.
PRELUDE = """
import ctypes, os, socket, sys
from llmspell.bridge import landlock, libc, limits, seccomp, seccomp_table as table
from llmspell.bridge.walls import Walls

NUMBERS = {**table.KILLED, **table.DENIED, **table.ABSENT, **table.CONDITIONAL}

def syscall(name, *arguments):
    number = NUMBERS[name][0 if os.uname().machine == "x86_64" else 1]
    return libc.call("syscall", number, *arguments)

buffer = ctypes.create_string_buffer(4096)
"""

# Builds one wall, and says why when it cannot.
SECCOMP = """
assert limits._prctl(38, 1) == ""
if problem := seccomp.install(threads=False): sys.exit(problem)
"""
LANDLOCK = """
assert limits._prctl(38, 1) == ""
walls = Walls()
landlock.enclose(walls, landlock.readable_folders(sys.path, sys.modules, PRIVATE))
if problem := walls.missing.get("landlock"): sys.exit(problem)
"""


def outcome(wall: str, attempt: str, *, private: tuple[str, ...] = ()) -> str:
    """`done`, the name of the error number, or the name of the signal that ended the process.

    Args:
        wall: `SECCOMP`, `LANDLOCK`, or nothing.
        attempt: statements; see `PRELUDE` for what they can use.
        private: folders that belong to the user, for `LANDLOCK`.
    """
    program = f"""
{PRELUDE}
PRIVATE = {private!r}
import errno
{wall}
try:
    exec({attempt!r})
except OSError as error:
    answer = errno.errorcode.get(error.errno, str(error))
else:
    answer = "done"
os.write(1, answer.encode())
os._exit(0)
"""
    done = run(program)
    if done.returncode < 0:
        return signal.Signals(-done.returncode).name
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A program in an interpreter of its own, which finds the modules that the tests find."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        check=False,
    )


def lacks_landlock() -> bool:
    """Whether the system has none, asked without llmspell: a defect of ours must not look like a lack."""
    return sys.platform != "linux" or bool(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)


def lacks_seccomp() -> bool:
    """Whether the system takes no filters, asked without llmspell."""
    number = {"x86_64": 317, "aarch64": 277}.get(os.uname().machine)
    refuse = ctypes.c_uint32(0x50000)
    if sys.platform != "linux" or not number:
        return True
    return bool(ctypes.CDLL(None).syscall(number, 2, 0, ctypes.byref(refuse)) != 0)
