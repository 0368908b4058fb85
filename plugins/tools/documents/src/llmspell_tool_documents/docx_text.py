"""The tool `docx_text`: a Word document as Markdown."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool


@tool(
    category="documents",
    tags=("word", "docx", "markdown", "text"),
    needs=("fs.read",),
    idempotent=True,
    output_bytes=8 << 20,
    examples=(Example({"path": "report.docx"}, "a report as Markdown"),),
)
def docx_text(
    path: Annotated[str, {"minLength": 1}],
    context: Context,
    max_chars: Annotated[int, {"minimum": 1, "maximum": 2_000_000}] = 200_000,
) -> dict[str, Any]:
    """Reads a Word document (.docx) and gives its text as Markdown: headings, paragraphs, lists and tables, in order.

    Also gives title, author and dates, as far as the document says them. Pictures, comments, footnotes, headers and
    footers are left out.

    Args:
        path: the file, relative to the project folder.
        max_chars: the longest text wanted; what is over is cut at the end of a block, and `truncated` is true.
    """
    from llmspell_tool_documents.deadline import Deadline
    from llmspell_tool_documents.docx import blocks, properties
    from llmspell_tool_documents.package import Package

    package = Package(context.files.read_bytes(path), path, "a Word document", Deadline(path))
    pieces: list[str] = []
    counts = {"heading": 0, "item": 0, "paragraph": 0, "table": 0}
    left, truncated, before = max_chars, False, ""
    for block in blocks(package):
        between = "" if not before else "\n" if before == block.kind == "item" else "\n\n"
        left -= len(between) + len(block.text)
        if left < 0:
            truncated = True
            break
        pieces += [between, block.text]
        counts[block.kind] += 1
        before = block.kind
    return {
        "text": "".join(pieces),
        "headings": counts["heading"],
        "paragraphs": counts["paragraph"] + counts["item"],
        "tables": counts["table"],
        "properties": properties(package),
        "truncated": truncated,
    }
