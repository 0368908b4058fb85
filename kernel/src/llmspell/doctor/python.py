"""The interpreter."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

from llmspell.doctor.check import Check
from llmspell.doctor.system import System


def examine(_: System) -> Iterator[Check]:
    """The version of Python, and whether llmspell knows its kind."""
    yield judge(platform.python_implementation(), platform.python_version(), sys.maxsize.bit_length() + 1)


def judge(implementation: str, version: str, bits: int) -> Check:
    """One check of an interpreter; `version` is as in `3.11.7` or `3.15.0rc1`."""
    found = f"{implementation} {version} with {bits} bits, {sys.executable}"
    if implementation != "CPython":
        return Check("python", "warning", f"{found}: llmspell is tested with CPython only")
    if bits < 64:
        return Check("python", "warning", f"{found}: there is no seccomp filter for it", "install a 64-bit Python")
    if any(letter in version for letter in "abrc+"):
        return Check("python", "warning", f"{found} is not a final release")
    return Check("python", "ok", found)
