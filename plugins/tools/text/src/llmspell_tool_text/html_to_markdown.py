"""The tool `html_to_markdown`: a web page as Markdown."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.errors import UsageError
from llmspell.tools import Example, tool

MOST_INPUT = 1_000_000
MOST_OUTPUT = 500_000


@tool(
    category="text",
    tags=("convert", "web", "html", "markdown"),
    idempotent=True,
    timeout=60.0,
    output_bytes=4 << 20,
    examples=(Example({"html": "<h1>Hello</h1><p>a <b>bold</b> word"}, "# Hello, and a paragraph"),),
)
def html_to_markdown(
    html: Annotated[str, {"maxLength": MOST_INPUT}],
    base_url: Annotated[str, {"maxLength": 2000}] = "",
    links: bool = True,
    images: bool = True,
    max_chars: Annotated[int, {"minimum": 100, "maximum": MOST_OUTPUT}] = 100_000,
) -> dict[str, Any]:
    """Converts HTML to Markdown: headings, paragraphs, lists, quotations, tables, code, links and images.

    Answers `markdown`, the page's `title`, and whether it was `truncated` at the last block that fits. Scripts, styles
    and drawings are left out, and so are links and images with addresses other than http, https, mailto, tel and ftp.

    Args:
        html: a page or a piece of one.
        base_url: the page's own address; relative links become whole with it.
        links: whether links keep their addresses; else only their text stays.
        images: whether images are written; else only their descriptions are.
        max_chars: the longest Markdown wanted.
    """
    from llmspell_tool_text.html_tokens import tokens
    from llmspell_tool_text.html_writer import Wanted, Writer

    if base_url and not base_url.lower().startswith(("http://", "https://")):
        raise UsageError(f"base_url {base_url!r:.80} is no http or https address", hint="write https://HOST/PATH")
    writer = Writer(Wanted(base_url, links, images, max_chars))
    for token in tokens(html):
        writer.take(token)
        if writer.truncated:
            break
    markdown = writer.end()
    return {"markdown": markdown, "title": writer.title, "truncated": writer.truncated}
