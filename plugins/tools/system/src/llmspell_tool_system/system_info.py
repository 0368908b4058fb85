"""The tool `system_info`: what kind of machine this is."""

from __future__ import annotations

import os
import sys
from typing import Any

from llmspell.tools import Example, tool


@tool(
    category="system",
    tags=("platform", "cpu", "memory", "python"),
    idempotent=True,
    quick=True,
    timeout=5.0,
    examples=(Example({}, "such as linux, x86_64, two processors"),),
)
def system_info() -> dict[str, Any]:
    """Tells what kind of machine this is: operating system, processor type, number of processors, memory, Python.

    Answers system, machine, cpus (those that may be used), memory_bytes and memory_free_bytes (null where the system
    does not tell; a container's own limit is not looked at), python and byte_order. It never tells who or where the
    machine is: no host, user or folder names, no addresses, no version of the system.
    """
    return {
        "system": sys.platform,
        "machine": os.uname().machine if hasattr(os, "uname") else None,
        "cpus": _cpus(),
        "memory_bytes": _pages("SC_PHYS_PAGES"),
        "memory_free_bytes": _pages("SC_AVPHYS_PAGES"),
        "python": ".".join(map(str, sys.version_info[:3])),
        "byte_order": sys.byteorder,
    }


def _cpus() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _pages(name: str) -> int | None:
    """So many pages as bytes; None where the system does not tell."""
    if name not in getattr(os, "sysconf_names", {}):
        return None
    pages = os.sysconf(name)
    return pages * os.sysconf("SC_PAGE_SIZE") if pages > 0 else None
