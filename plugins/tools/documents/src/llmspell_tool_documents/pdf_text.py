"""The tool `pdf_text`: the text of a PDF file, page by page."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool


@tool(
    category="documents",
    tags=("pdf", "text", "pages"),
    needs=("fs.read",),
    idempotent=True,
    output_bytes=8 << 20,
    examples=(Example({"path": "paper.pdf", "pages": "1-3"}, "the first three pages"),),
)
def pdf_text(
    path: Annotated[str, {"minLength": 1}],
    context: Context,
    pages: Annotated[str, {"maxLength": 200}] = "",
    max_chars: Annotated[int, {"minimum": 1, "maximum": 2_000_000}] = 200_000,
) -> dict[str, Any]:
    """Reads a PDF file and gives the text of each page, how many pages there are, and its title, author and date.

    A page that is only a picture (a scan) has no text: nothing is recognised in pictures.

    Args:
        path: the file, relative to the project folder.
        pages: those wanted, counted from 1, such as 3, 1-5, 8- or 1-3,7; empty for all.
        max_chars: the longest text wanted; further pages are left out, and `truncated` is true.
    """
    from llmspell_tool_documents.deadline import Deadline
    from llmspell_tool_documents.pages import chosen
    from llmspell_tool_documents.pdf import reading

    content = context.files.read_bytes(path)
    with reading(content, path, Deadline(path)) as pdf:
        count = pdf.pages
        wanted = chosen(pages, count, path)
        found: list[dict[str, Any]] = []
        left, truncated = max_chars, False
        for page in wanted:
            text = pdf.text(page)
            truncated = len(text) > left
            if truncated:
                break
            left -= len(text)
            found.append({"page": page, "text": text})
            context.progress(f"read page {page} of {path}", len(found), len(wanted))
        return {"page_count": count, "pages": found, "properties": pdf.properties(), "truncated": truncated}
