"""The tool `file_diff`: what differs between two texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.files import Files
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import OptionalPath, OptionalText, Path
from llmspell_tool_files.charset import decoded
from llmspell_tool_files.comparison import differences, lines_of, unified

_MOST_BYTES = 8 << 20
_MOST_LINES = 200_000


@tool(
    category="files",
    tags=("compare", "changes", "patch"),
    needs=("fs.read",),
    idempotent=True,
    output_bytes=16 << 20,
    examples=(Example({"path": "report.md", "other": "report.bak.md"}, "what differs between two files"),),
)
def file_diff(
    path: Path,
    context: Context,
    *,
    other: OptionalPath = None,
    text: OptionalText = None,
    encoding: str = "utf-8",
    context_lines: Annotated[int, {"minimum": 0, "maximum": 100}] = 3,
    max_lines: Annotated[int, {"minimum": 1, "maximum": 100_000}] = 2000,
) -> dict[str, Any]:
    """Compares a text file with another file or with a text: a unified diff from the one to the other.

    Args:
        path: the old file, relative to the project folder; at most 8 MiB.
        other: the new file.
        text: the new text, where there is no file of it; give either this or other.
        encoding: that of the files.
        context_lines: how many lines that are the same are shown around each difference.
        max_lines: how many lines of the diff are answered at most; more are cut, which `truncated` tells.
        context: what the call may use.
    """
    if (other is None) == (text is None):
        raise UsageError("a file is compared with one thing", hint="give either other or text")
    old = _lines(_read(context.files, path, encoding), path)
    name = other or "text"
    new = _lines(_read(context.files, other, encoding) if other else text or "", name)
    blocks, shortest = differences(old, new)
    shown = list(islice(_diff(path, name, unified(old, new, blocks, context_lines)), max_lines + 1))
    return {
        "identical": not blocks,
        "diff": "\n".join(shown[:max_lines]) if blocks else "",
        "removed_lines": sum(block.removed for block in blocks),
        "added_lines": sum(block.added for block in blocks),
        "shortest": shortest,
        "truncated": bool(blocks) and len(shown) > max_lines,
    }


def _read(files: Files, path: str, encoding: str) -> str:
    return decoded(files.read_bytes(path, _MOST_BYTES), encoding, path)


def _lines(text: str, name: str) -> list[str]:
    lines = lines_of(text)
    if len(lines) > _MOST_LINES:
        raise UsageError(f"{name!r} has {len(lines)} lines, and at most {_MOST_LINES} are compared")
    return lines


def _diff(old: str, new: str, hunks: Iterator[str]) -> Iterator[str]:
    yield f"--- {old}"
    yield f"+++ {new}"
    yield from hunks
