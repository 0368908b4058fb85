"""The tool `file_move`: another path for a file or a folder."""

from __future__ import annotations

import errno
from typing import Any

from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path
from llmspell_tool_files.places import check_ways, kind_of
from llmspell_tool_files.trees import contents, copy_folder, deletable, delete_folder
from llmspell_tool_files.written import with_parents


@tool(
    category="files",
    tags=("rename",),
    needs=("fs.read", "fs.write"),
    timeout=120.0,
    examples=(Example({"source": "draft.md", "destination": "report.md"}, "another name for a file"),),
)
def file_move(
    source: Path,
    destination: Path,
    context: Context,
    *,
    parents: bool = False,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Moves or renames a file or a folder.

    A file is moved at once. A folder is copied file by file, and deleted when all of it was copied; it must have no
    links in it, and at most 10,000 files and folders.

    Args:
        source: what is moved, relative to the project folder; a link is not.
        destination: its new path, not that of a folder to put it in.
        parents: make the folders of the destination that are missing.
        overwrite: replace a file that is there.
        context: what the call may use.
    """
    kind = kind_of(context.files, source, follow=False)
    if kind == "file":
        with_parents(context.writing, destination, parents, lambda: _move(context, source, destination, overwrite))
        return {"source": source, "destination": destination, "files": 1}
    if kind != "folder":
        raise UsageError(f"{source!r} is {'a link' if kind == 'link' else 'no regular file'}, which is not moved")
    check_ways(context.files, source, destination, parents=parents, overwrite=False)
    from_, inside = deletable(context, source)
    what = contents(from_, source)
    if what.links:
        raise UsageError(f"{source!r} has links in it, such as {what.links[0]!r}, which are not moved")
    copy_folder(context, from_, destination, what, overwrite=False)
    delete_folder(context, inside, what)
    return {"source": source, "destination": destination, "files": len(what.files)}


def _move(context: Context, source: str, destination: str, overwrite: bool) -> None:
    try:
        context.writing.rename(source, destination, replace=overwrite)
    except LlmspellError as error:
        if error.details.get("errno") != errno.EXDEV:  # another file system
            raise
        context.writing.copy(source, destination, new=not overwrite)
        context.writing.remove(source)
