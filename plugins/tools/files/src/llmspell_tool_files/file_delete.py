"""The tool `file_delete`: a file or a folder less."""

from __future__ import annotations

from typing import Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path
from llmspell_tool_files.places import kind_of
from llmspell_tool_files.trees import contents, deletable, delete_folder


@tool(
    category="files",
    tags=("remove",),
    needs=("fs.read", "fs.write"),
    examples=(Example({"path": "old.txt"}, "a file less"),),
)
def file_delete(path: Path, context: Context, recursive: bool = False) -> dict[str, Any]:
    """Deletes a file or a link, or with recursive a folder and all in it. It cannot be undone.

    What a link leads to stays.

    Args:
        path: what is deleted, relative to the project folder.
        recursive: true is needed for a folder, even an empty one; at most 10,000 files and folders are deleted.
        context: what the call may use.
    """
    if kind_of(context.files, path, follow=False) != "folder":
        context.writing.remove(path)
        return {"path": path, "files": 1, "folders": 0}
    if not recursive:
        raise UsageError(f"{path!r} is a folder", hint="pass recursive=true to delete it and all in it")
    files, inside = deletable(context, path)
    what = contents(files, path)
    delete_folder(context, inside, what)
    return {"path": path, "files": len(what.files) + len(what.links), "folders": len(what.folders) + 1}
