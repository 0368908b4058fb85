"""The tool `archive_list`: what is in an archive."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_files.archives import read_archive
from llmspell_tool_files.arguments import Path
from llmspell_tool_files.members import shown


@tool(
    category="files",
    tags=("zip", "tar", "contents"),
    needs=("fs.read",),
    idempotent=True,
    timeout=90.0,
    output_bytes=8 << 20,
    examples=(Example({"path": "release.zip"}, "the names and sizes of what is in an archive"),),
)
def archive_list(
    path: Path, context: Context, max_entries: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 1000
) -> dict[str, Any]:
    """Lists what is in a zip or tar archive (also tar.gz, tar.bz2 and tar.xz) without extracting it.

    Each entry has its name, kind, size, and a `problem` where archive_extract would refuse it.

    Args:
        path: the archive, relative to the project folder.
        max_entries: how many entries are answered at most; more are cut, which `truncated` tells.
        context: what the call may use.
    """
    archive = read_archive(context.files, path)
    entries = [
        {"name": shown(member.name), "kind": member.kind, "size_bytes": member.size, "problem": member.problem}
        for member in archive.members[:max_entries]
    ]
    return {
        "path": path,
        "format": archive.format,
        "entries": entries,
        "entry_count": len(archive.members),
        "total_bytes": sum(member.size for member in archive.members),
        "truncated": len(entries) < len(archive.members),
    }
