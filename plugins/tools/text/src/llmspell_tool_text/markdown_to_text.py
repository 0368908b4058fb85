"""The tool `markdown_to_text`: what a Markdown text says, without its marks."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.tools import Example, tool

MOST_INPUT = 200_000


@tool(
    category="text",
    tags=("convert", "markdown", "plain"),
    idempotent=True,
    timeout=30.0,
    examples=(Example({"text": "# Title\n\nSome *text*."}, "the same without # and *"),),
)
def markdown_to_text(text: Annotated[str, {"maxLength": MOST_INPUT}], addresses: bool = False) -> dict[str, Any]:
    """Converts Markdown to plain text: without its marks, blocks divided by empty lines.

    Answers `text`, and the `headings` with their levels. Lists keep their bullets and numbers, tables become rows with
    ` | ` between cells, code stays as it is, images become their descriptions, and HTML tags are left out.

    Args:
        text: CommonMark, with tables and ~~strikethrough~~.
        addresses: whether the addresses of links follow their text in parentheses.
    """
    from llmspell_tool_text.plain import Plain

    plain = Plain(addresses)
    return {"text": plain.convert(text), "headings": plain.headings}
