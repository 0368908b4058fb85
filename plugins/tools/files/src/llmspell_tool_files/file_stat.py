"""The tool `file_stat`: what stands at a path."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path
from llmspell_tool_files.times import iso


@tool(
    category="files",
    tags=("size", "kind", "modified", "exists"),
    needs=("fs.read",),
    idempotent=True,
    examples=(Example({"path": "README.md"}, "its kind, size and time of change"),),
)
def file_stat(path: Path, context: Context) -> dict[str, Any]:
    """Tells what stands at a path: its kind, size, time of change, and media type by its name.

    A link is followed, and `link` is true then; one that leads nowhere is of kind "link". A path with nothing is an
    error of kind not_found.

    Args:
        path: the file or folder, relative to the project folder.
        context: what the call may use.
    """
    files = context.files
    here = files.look(path, follow=False)
    if here is None:
        raise UsageError(f"{path!r} does not exist", kind="not_found", hint="file_list tells what there is")
    seen = (files.look(path) or here) if here.kind == "link" else here
    return {
        "path": path,
        "kind": seen.kind,
        "size_bytes": seen.size,
        "modified": iso(seen.modified),
        "link": here.kind == "link",
        "media_type": _media_type(path) if seen.kind == "file" else "",
    }


def _media_type(path: str) -> str:
    from mimetypes import types_map  # the library's own; what it makes of the system's files nobody asked for

    return types_map.get(PurePosixPath(path).suffix.lower(), "")
