"""The machine: what it is, and how busy it is."""

from __future__ import annotations

import os
import platform
import re
import time
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
_QUIET = 0.10
_LOOK = 0.3


def stalled() -> float:
    """Seconds, since the machine started, in which something waited for a processor; 0 if not Linux."""
    try:
        found = re.search(r"some .*total=(\d+)", _PRESSURE.read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1e6 if found else 0.0


class Quiet:
    """Waits for a quiet machine: one in which something waits for a processor less than a tenth of the time.

    Args:
        each: seconds to wait before one sample.
        total: seconds to wait in all; after that, samples are taken as it comes.
    """

    def __init__(self, each: float, total: float) -> None:
        self._each = each
        self._left = total
        self.waited = 0.0

    def wait(self) -> None:
        """Return when the machine is quiet, or the patience is used up."""
        begin = time.monotonic()
        until = begin + min(self._each, self._left)
        while time.monotonic() < until and self._pressure() > _QUIET:
            pass
        spent = time.monotonic() - begin
        self.waited += spent
        self._left -= spent

    def _pressure(self) -> float:
        before = stalled()
        time.sleep(_LOOK)
        return (stalled() - before) / _LOOK


def describe() -> dict[str, str | int]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_mib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
    }


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        return platform.machine()
    return found[1] if found else platform.machine()
