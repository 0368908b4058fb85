"""The tool `file_search`: files by name, and lines by what is in them."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Glob, Path
from llmspell_tool_files.search import Search

Count = Annotated[int, {"minimum": 1, "maximum": 5000}]


@tool(
    category="files",
    tags=("find", "grep", "glob", "content"),
    needs=("fs.read",),
    idempotent=True,
    timeout=90.0,
    output_bytes=16 << 20,
    examples=(
        Example({"text": "TODO", "glob": "*.py"}, "the lines of Python files that have TODO in them"),
        Example({"text": "^#+ ", "regex": True, "glob": "docs/**/*.md"}, "the headings of documents"),
        Example({"glob": "**/test_*.py"}, "files by their names"),
    ),
)
def file_search(
    context: Context,
    *,
    text: Annotated[str, {"maxLength": 1000}] = "",
    path: Path = ".",
    glob: Glob = "**",
    regex: bool = False,
    ignore_case: bool = False,
    context_lines: Annotated[int, {"minimum": 0, "maximum": 20}] = 0,
    max_matches: Count = 200,
) -> dict[str, Any]:
    """Searches the files below a folder by name, and by content if a text is given: each line that has it.

    Answers the path, line number and text of each match. Binary files, files over 4 MiB and links are not searched.

    Args:
        text: what a line has to have; without it, the paths of the files that fit are answered.
        path: a folder, or one file, relative to the project folder.
        glob: only files whose path fits: "*.py" at any depth, "docs/**/*.md" from the folder on.
        regex: text is a regular expression in RE2's syntax (no look-around, no back references), for one line.
        ignore_case: large and small letters are the same.
        context_lines: how many lines before and after each match are answered, too.
        max_matches: how many matches are answered at most; more are cut, which `truncated` tells.
        context: what the call may use.
    """
    search = Search(context.files, text, glob=glob, regex=regex, ignore_case=ignore_case, around=context_lines)
    return search.run(path, max_matches)
