"""The tool `text_split`: a text in chunks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from llmspell.errors import UsageError
from llmspell.tools import Example, tool

MOST_CHUNKS = 10_000


@tool(
    category="text",
    tags=("chunk", "split", "divide", "embedding"),
    idempotent=True,
    timeout=30.0,
    output_bytes=8 << 20,
    examples=(Example({"text": "One. Two. Three.", "by": "sentences", "size": 10}, "two chunks of whole sentences"),),
)
def text_split(
    text: Annotated[str, {"maxLength": 500_000}],
    by: Literal["characters", "words", "sentences", "paragraphs", "headings"] = "sentences",
    size: Annotated[int, {"minimum": 1, "maximum": 100_000}] = 2000,
    overlap: Annotated[int, {"minimum": 0, "maximum": 50_000}] = 0,
) -> dict[str, Any]:
    """Splits a text into chunks of at most a size, at ends of words, sentences, paragraphs or Markdown sections.

    Answers `chunks`, each with text, start and end, where text is exactly what stands there. A part that is longer than
    the size is split at the next smaller kind of part, and a letter is never split from its accents: one with more of
    them than the size is a chunk of its own. By headings, no chunk reaches into another section, and each has the
    `headings` above it.

    Args:
        text: the text to split.
        by: what is kept whole where it fits.
        size: characters of a chunk at most.
        overlap: characters that a chunk repeats of the one before, at most, in whole parts; up to half the size.
    """
    from llmspell_tool_text.chunks import chunks

    if overlap > size // 2:
        raise UsageError(f"an overlap of {overlap} is more than half of the size {size}", hint=f"take {size // 2}")
    found: list[dict[str, Any]] = []
    for chunk in chunks(text, by, size, overlap):
        if len(found) == MOST_CHUNKS:
            raise UsageError(f"the text makes more than {MOST_CHUNKS} chunks of {size} characters", hint="raise size")
        found.append(chunk)
    return {"chunks": found, "count": len(found)}
