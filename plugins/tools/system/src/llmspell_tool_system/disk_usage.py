"""The tool `disk_usage`: the room on a disk."""

from __future__ import annotations

import os
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.files.places import Place, flags
from llmspell.tools import Example, tool

_FOLDER = flags("RDONLY", "DIRECTORY", "NOFOLLOW", "CLOEXEC")


@tool(
    category="system",
    tags=("space", "storage", "free"),
    needs=("fs.read",),
    idempotent=True,
    timeout=20.0,
    examples=(Example({"path": "."}, "the room on the project's disk"),),
)
def disk_usage(context: Context, path: Annotated[str, {"minLength": 1, "maxLength": 4096}] = ".") -> dict[str, Any]:
    """Tells how much room there is on the disk that a file or folder is on.

    Answers total_bytes, used_bytes, free_bytes (what may still be written, less than the rest of total_bytes where the
    system keeps some for itself) and used_percent. It is about the whole disk, not about the size of the folder.

    Args:
        path: a file or folder that may be read; the project by default.
        context: what the call may use.
    """
    with context.files.walk(path, "looked at") as walk:
        found = _room(walk.to())
    total = found.f_frsize * found.f_blocks
    used = total - found.f_frsize * found.f_bfree
    free = found.f_frsize * found.f_bavail
    percent = round(100 * used / (used + free), 1) if used + free else 0.0
    return {"total_bytes": total, "used_bytes": used, "free_bytes": free, "used_percent": percent}


def _room(place: Place) -> os.statvfs_result:
    """What the system says of a place that a guarded walk led to, by its descriptor and no path."""
    if not place.is_folder:
        descriptor = place.open(os.O_RDONLY)
    else:
        with place.explaining():
            descriptor = os.open(place.name or ".", _FOLDER, dir_fd=place.folder)
    try:
        return os.fstatvfs(descriptor)
    finally:
        os.close(descriptor)
