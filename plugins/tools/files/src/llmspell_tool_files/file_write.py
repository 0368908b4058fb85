"""The tool `file_write`: a text becomes a file's content."""

from __future__ import annotations

from typing import Any

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path, Text
from llmspell_tool_files.charset import encoded
from llmspell_tool_files.written import with_parents


@tool(
    category="files",
    tags=("save", "create", "text"),
    needs=("fs.write",),
    idempotent=True,
    examples=(Example({"path": "report.md", "text": "# Report\n"}, "a new file, or a file's new content"),),
)
def file_write(
    path: Path,
    text: Text,
    context: Context,
    *,
    encoding: str = "utf-8",
    parents: bool = False,
    overwrite: bool = True,
) -> dict[str, Any]:
    """Writes a text to a file, all at once: a reader finds the old content or the new, never half of it.

    A file that is there is replaced, unless overwrite is false.

    Args:
        path: the file, relative to the project folder.
        text: the whole content, written as it is: no line end is added.
        encoding: such as utf-8, utf-16 or latin-1.
        parents: make the folders of the path that are missing.
        overwrite: false makes it an error that there is such a file already.
        context: what the call may use.
    """
    content = encoded(text, encoding)
    writing = context.writing
    with_parents(writing, path, parents, lambda: writing.write(path, content, new=not overwrite))
    return {"path": path, "bytes_written": len(content)}
