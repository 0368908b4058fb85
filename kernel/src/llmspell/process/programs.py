"""Which file a program's name stands for.

A bare name is looked for in a few fixed folders, never in the current one and never along the user's `PATH`. Any other
program is named by its absolute path. A file that everybody may change or replace is never started.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.process.held import Held

FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin")


def checked_folders(folders: Sequence[str]) -> tuple[str, ...]:
    """The folders, in which programs with a bare name are looked for.

    Raises:
        UsageError: one is not absolute, or cannot stand in `PATH`.
    """
    for folder in folders:
        if not os.path.isabs(folder) or ":" in folder or "\0" in folder:
            raise UsageError(f"programs cannot be looked for in {folder!r}", hint="write absolute folders")
    return tuple(folders)


def safe_folders(folders: Sequence[str]) -> tuple[str, ...]:
    """Those of the folders that exist, and in which only root or the user puts programs."""
    return tuple(folder for folder in folders if _is_safe(folder))


def find(name: str, folders: Sequence[str]) -> Held:
    """The file that a command's first word stands for, held open.

    Args:
        name: a bare name, or an absolute path.
        folders: where bare names are looked for.

    Raises:
        UsageError: it is a relative path, or there is no such program (kind `not_found`).
        PermissionDenied: everybody may change the file, or put another in its place.
        LlmspellError: it is no program, or cannot be looked at (kind `tool_failed`).
    """
    candidates = [name] if "/" in name else [os.path.join(folder, name) for folder in safe_folders(folders)]
    program = _first(candidates)
    if program is None:
        raise _missing(name, folders)
    try:
        _check(program, name)
    except BaseException:
        os.close(program.descriptor)
        raise
    return program


def check_spelling(name: str) -> None:
    """Refuse a program that is neither a bare name nor a plain absolute path.

    Raises:
        UsageError: it is such.
    """
    if "/" not in name:
        return
    if not os.path.isabs(name):
        raise UsageError(
            f"the program {name!r} is a relative path",
            hint=f"write its absolute path, or the bare name {PurePath(name).name!r}",
        )
    # POSIX lets two slashes at the beginning mean something else, so they stay.
    if os.path.normpath(name) != name or name.startswith("//"):
        raise UsageError(f"the program {name!r} is no plain path", hint=f"write {_plain(name)!r}")


def _plain(name: str) -> str:
    return "/" + os.path.normpath(name).lstrip("/")


def _first(candidates: Iterable[str]) -> Held | None:
    for path in candidates:
        try:
            held = Held.open(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise LlmspellError(f"{path!r} cannot be started: {reason}", kind="tool_failed") from error
        if stat.S_ISREG(held.status.st_mode):
            return held
        os.close(held.descriptor)
    return None


def _missing(name: str, folders: Sequence[str]) -> UsageError:
    if "/" in name:
        return UsageError(f"there is no program {name!r}", kind="not_found", hint="check the path")
    safe = safe_folders(folders)
    unsafe = [folder for folder in folders if folder not in safe and os.path.isdir(folder)]
    left_out = f" (others may write to {', '.join(unsafe)}, so nothing is started from there)" if unsafe else ""
    return UsageError(
        f"there is no program {name!r} in {', '.join(safe) or 'any folder'}{left_out}",
        kind="not_found",
        hint="install it, or write and grant its absolute path",
    )


def _check(program: Held, name: str) -> None:
    mode = program.status.st_mode
    if not mode & 0o111:
        raise LlmspellError(
            f"{name!r} is no program: the file {program.path!r} has no execute bit",
            kind="tool_failed",
            hint=f"type: chmod +x {program.path}",
        )
    if mode & stat.S_IWOTH:
        raise _open_to_all(name, program.path)
    for folder in PurePath(program.path).parents:
        if _replaceable(os.stat(folder).st_mode):
            raise _open_to_all(name, str(folder))


def _open_to_all(name: str, place: str) -> PermissionDenied:
    return PermissionDenied(
        f"{name!r} may not be started: everybody may write to {place!r}", hint=f"type: chmod o-w {place}"
    )


def _replaceable(mode: int) -> bool:
    """Whether everybody may put something else in the place of what is in a folder; the sticky bit forbids that."""
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def _is_safe(folder: str) -> bool:
    try:
        found = os.stat(folder)
    except OSError:  # not there
        return False
    # The sticky bit does not help here: everybody may still put a program into the folder.
    return not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and found.st_uid in (0, os.geteuid())
