"""Putting new files where they belong: all of them or none, and never over what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from llmspell.errors import LlmspellError, UsageError


def check_empty(folder: Path) -> None:
    """Check that a folder can be filled: that it is empty, or not there yet.

    Raises:
        LlmspellError: of kind `conflict`; something is there.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        raise _taken(folder)


def place(folder: Path, files: Mapping[str, str]) -> None:
    """Write files with these texts, by their paths in the folder; folders that are missing are made.

    Raises:
        LlmspellError: of kind `conflict`; one of the files is there already.
        UsageError: they cannot be written. Whatever was made by then is taken away again.
    """
    made: list[Path] = []
    try:
        for name, text in files.items():
            _write(folder / name, text, made)
    except BaseException as cause:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        if isinstance(cause, FileExistsError):
            raise _taken(Path(cause.filename)) from cause
        if isinstance(cause, OSError):
            raise UsageError(
                f"{cause.filename!r} cannot be made: {cause.strerror}", hint="name a folder with --dir"
            ) from cause
        raise


def _write(path: Path, text: str, made: list[Path]) -> None:
    for parent in reversed(path.parents):
        if not parent.exists():
            parent.mkdir()
            made.append(parent)
    with path.open("x", encoding="utf-8") as file:
        made.append(path)
        file.write(text)


def _taken(path: Path) -> LlmspellError:
    return LlmspellError(
        f"{str(path)!r} is there already, and nothing is written over it",
        kind="conflict",
        hint="choose another name, or another folder with --dir",
    )
