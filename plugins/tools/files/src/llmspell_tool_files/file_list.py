"""The tool `file_list`: what stands in a folder."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Glob, Path
from llmspell_tool_files.globs import matcher
from llmspell_tool_files.times import iso
from llmspell_tool_files.tree import Found, Tree, joined


@tool(
    category="files",
    tags=("folder", "directory", "glob", "tree"),
    needs=("fs.read",),
    idempotent=True,
    output_bytes=8 << 20,
    examples=(
        Example({}, "what stands in the project folder"),
        Example({"recursive": True, "glob": "*.md"}, "every Markdown file of the project"),
    ),
)
def file_list(
    context: Context,
    *,
    path: Path = ".",
    recursive: bool = False,
    glob: Glob = "**",
    max_entries: Annotated[int, {"minimum": 1, "maximum": 10_000}] = 1000,
) -> dict[str, Any]:
    """Lists a folder: the path, kind (file, folder, link or other), size and time of change of what stands in it.

    Links are listed, not followed.

    Args:
        path: the folder, relative to the project folder.
        recursive: list the folders in it, too.
        glob: only what fits: "*.md" at any depth, "docs/**/*.md" from the folder on.
        max_entries: how many entries are answered at most; more are cut, which `truncated` tells.
        context: what the call may use.
    """
    fits = matcher(glob)
    tree = Tree(context.files, path, recursive=recursive)
    entries: list[dict[str, Any]] = []
    cut = ""
    for found in tree:
        if not fits(found.path):
            continue
        if len(entries) == max_entries:
            cut = f"only the first {max_entries} entries are answered"
            break
        entries.append(_entry(path, found))
    reason = cut or tree.cut
    return {
        "path": path,
        "entries": entries,
        "truncated": bool(reason),
        "truncated_because": reason,
        "skipped": tree.skipped,
    }


def _entry(folder: str, found: Found) -> dict[str, Any]:
    seen, path = found.seen, joined(folder, found.path)
    return {"path": path, "kind": seen.kind, "size_bytes": seen.size, "modified": iso(seen.modified)}
