"""Making the folders that a path leads through."""

from __future__ import annotations

from pathlib import PurePosixPath

from llmspell.errors import UsageError
from llmspell.files.writing import Writing

_DEEPEST = 100


def make_folders(writing: Writing, folder: str) -> None:
    """Make a folder and those above it, as far as they are missing.

    Raises:
        PermissionDenied: one of them may not be made.
        UsageError: a file is in the way, or it is too deep.
        LlmspellError: the system refuses.
    """
    missing: list[PurePosixPath] = []
    path = PurePosixPath(folder)
    if len(path.parts) > _DEEPEST:
        raise UsageError(f"{folder[:80]!r} is more than {_DEEPEST} folders deep")
    while True:
        try:
            writing.make_folder(path)  # the deepest first: those that are there need not be any that may be written
        except UsageError as error:
            if error.kind != "not_found" or path == path.parent:
                raise
            missing.append(path)
            path = path.parent
        else:
            break
    for path in reversed(missing):
        writing.make_folder(path)


def parent(path: str) -> str:
    """The path of the folder that a path is in."""
    return str(PurePosixPath(path).parent)
