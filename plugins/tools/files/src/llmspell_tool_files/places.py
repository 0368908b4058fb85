"""What stands where something is copied or moved from and to."""

from __future__ import annotations

from pathlib import PurePosixPath

from llmspell.errors import UsageError
from llmspell.files import Files

ANOTHER = "choose another destination"


def kind_of(files: Files, path: str, *, follow: bool = True) -> str:
    """What stands at a path: `file`, `folder`, `link` (where it is not followed) or `other`.

    Raises:
        UsageError: nothing (kind `not_found`).
    """
    seen = files.look(path, follow=follow)
    if seen is None:
        raise UsageError(f"{path!r} does not exist", kind="not_found", hint="file_list tells what there is")
    return seen.kind


def check_ways(files: Files, source: str, destination: str, *, parents: bool, overwrite: bool) -> None:
    """Let a folder be copied or moved from one path to another.

    Raises:
        UsageError: one is inside the other, something is at the destination already (kind `conflict`), or its folder
            is missing (kind `not_found`).
    """
    from_, to = (PurePosixPath("/", path).parts for path in (source, destination))
    if from_[: len(to)] == to[: len(from_)]:
        raise UsageError(f"{source!r} and {destination!r}: one is inside the other", hint=ANOTHER)
    there = files.look(destination)
    if there is not None and (not overwrite or there.kind != "folder"):
        raise UsageError(f"{destination!r} exists already", kind="conflict", hint=ANOTHER)
    above = PurePosixPath(destination).parent
    if there is None and not parents and files.look(above) is None:
        hint = "pass parents=true to make it"
        raise UsageError(f"the folder {str(above)!r} does not exist", kind="not_found", hint=hint)
