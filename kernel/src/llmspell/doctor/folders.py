"""The folders that llmspell writes to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from llmspell.config import user_folder
from llmspell.doctor.check import Check
from llmspell.doctor.system import System
from llmspell.errors import ConfigError


def examine(system: System) -> Iterator[Check]:
    """Whether a file can be made in each, or in the nearest folder above it that exists."""
    from llmspell.permissions.store import state_folder
    from llmspell.stores import data_folder

    environ = system.environ
    yield _writable("folder:config", user_folder(environ), "LLMSPELL_CONFIG_HOME")
    yield _writable("folder:state", state_folder(environ), "LLMSPELL_STATE_HOME")
    try:
        yield _writable("folder:data", data_folder(environ), "LLMSPELL_DATA_HOME")
    except ConfigError as error:
        yield Check("folder:data", "error", error.message, error.hint)
    yield _writable("folder:scratch", Path(environ.get("TMPDIR") or "/tmp"), "TMPDIR")  # noqa: S108 as for workers


def _writable(name: str, folder: Path, variable: str) -> Check:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        # A real attempt, because the permission bits tell nothing to root, or on a read-only disk.
        with TemporaryDirectory(prefix=".llmspell-doctor-", dir=there):
            pass
    except OSError as error:
        hint = f"make it writable, or name another with {variable}"
        return Check(name, "error", f"{folder} cannot be written: {error.strerror}", hint)
    return Check(name, "ok", f"{folder} can be written" + ("" if there == folder else ", once it is made"))
