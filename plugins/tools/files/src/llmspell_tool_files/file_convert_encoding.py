"""The tool `file_convert_encoding`: the same text in other bytes."""

from __future__ import annotations

from typing import Any, Literal

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import OptionalPath, Path
from llmspell_tool_files.charset import Errors, decoded, encoded, encoding_called, marked

_MOST_BYTES = 32 << 20


@tool(
    category="files",
    tags=("encoding", "charset", "utf-8", "line ends"),
    needs=("fs.read", "fs.write"),
    examples=(Example({"path": "old.txt", "source_encoding": "cp1252"}, "an old Windows text in UTF-8"),),
)
def file_convert_encoding(
    path: Path,
    context: Context,
    *,
    target_encoding: str = "utf-8",
    source_encoding: str = "auto",
    destination: OptionalPath = None,
    errors: Errors = "strict",
    line_ends: Literal["keep", "lf", "crlf"] = "keep",
    overwrite: bool = False,
) -> dict[str, Any]:
    """Converts a text file to another encoding, in place or into another file, and its line ends if wanted.

    Args:
        path: the file, relative to the project folder; at most 32 MiB.
        target_encoding: such as utf-8, utf-16, latin-1, cp1252 or shift_jis.
        source_encoding: that of the file; "auto" takes its byte order mark, or else UTF-8.
        destination: another file to write; without, the file itself is replaced.
        errors: "replace" puts "?" or U+FFFD where "strict" stops with an error.
        line_ends: "lf" or "crlf" makes all of them so.
        overwrite: replace a destination that is there.
        context: what the call may use.
    """
    content = context.files.read_bytes(path, _MOST_BYTES)
    source = (marked(content) or "utf-8") if source_encoding == "auto" else encoding_called(source_encoding)
    text = decoded(content, source, path, errors)
    if line_ends != "keep":
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text if line_ends == "lf" else text.replace("\n", "\r\n")
    made = encoded(text, target_encoding, errors)
    target = path if destination is None else destination
    context.writing.write(target, made, new=destination is not None and not overwrite)
    return {
        "path": target,
        "source_encoding": source,
        "target_encoding": encoding_called(target_encoding),
        "bytes_read": len(content),
        "bytes_written": len(made),
    }
