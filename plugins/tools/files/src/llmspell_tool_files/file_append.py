"""The tool `file_append`: a text is added to a file's end."""

from __future__ import annotations

from typing import Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path, Text
from llmspell_tool_files.charset import encoded, encoding_called
from llmspell_tool_files.written import with_parents

_MARKED = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


@tool(
    category="files",
    tags=("add", "log", "text"),
    needs=("fs.write",),
    examples=(Example({"path": "log.txt", "text": "one more line\n"}, "a line at the end of a file"),),
)
def file_append(
    path: Path, text: Text, context: Context, encoding: str = "utf-8", parents: bool = False
) -> dict[str, Any]:
    """Adds a text to the end of a file; a file that is missing is made.

    Args:
        path: the file, relative to the project folder.
        text: what is added, as it is: no line end is put before or after it.
        encoding: that of the file, such as utf-8 or latin-1.
        parents: make the folders of the path that are missing.
        context: what the call may use.
    """
    plain = _MARKED.get(encoding_called(encoding))
    if plain:
        raise UsageError(f"{encoding} would put a byte order mark into the middle of {path!r}", hint=f"say {plain}")
    content = encoded(text, encoding)
    writing = context.writing
    with_parents(writing, path, parents, lambda: writing.append(path, content))
    return {"path": path, "bytes_written": len(content)}
