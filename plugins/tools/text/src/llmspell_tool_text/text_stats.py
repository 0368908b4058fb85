"""The tool `text_stats`: counts in a text."""

from __future__ import annotations

import re
from typing import Annotated, Any

from llmspell.tools import Example, tool

WORDS_A_MINUTE = 238  # what adults read silently of English prose, by Brysbaert's review of 2019

_LINE_END = re.compile(r"\r\n|\r|\n")


@tool(
    category="text",
    tags=("count", "length", "words", "tokens"),
    idempotent=True,
    timeout=20.0,
    examples=(Example({"text": "One two. Three!"}, "three words, two sentences"),),
)
def text_stats(text: Annotated[str, {"maxLength": 1_000_000}]) -> dict[str, Any]:
    """Counts characters, words, sentences, paragraphs, lines and bytes of a text.

    Also answers `reading_seconds` and `tokens_estimate`. Both are estimates: reading at 238 words a minute, and tokens
    as most models' tokenizers make them of English (a token for four characters; one for each of Chinese or Japanese).

    Args:
        text: the text to look at.
    """
    from llmspell_tool_text import segments

    words = [found[0] for found in segments.word().finditer(text, concurrent=True)]
    return {
        "characters": len(text),
        "characters_without_spaces": len("".join(text.split())),
        "graphemes": len(segments.character_ends(text)),
        "bytes_utf8": len(text.encode("utf-8", "surrogatepass")),
        "words": len(words),
        "unique_words": len({word.casefold() for word in words}),
        "sentences": _told(text, segments.sentence_ends(text)),
        "paragraphs": _told(text, segments.paragraph_ends(text)),
        "lines": _lines(text),
        "reading_seconds": round(len(words) * 60 / WORDS_A_MINUTE),
        "tokens_estimate": _tokens(text),
    }


def _told(text: str, ends: list[int]) -> int:
    """How many of the parts say anything."""
    return sum(bool(text[start:end].strip()) for start, end in zip([0, *ends], ends, strict=False))


def _lines(text: str) -> int:
    """An end of a line at the end of the text begins no other."""
    ends = sum(1 for _ in _LINE_END.finditer(text))
    return ends + bool(text and not text.endswith(("\n", "\r")))


def _tokens(text: str) -> int:
    from llmspell_tool_text.segments import UNSPACED

    alone = len(re.findall(rf"[{UNSPACED}]", text))
    plain = len(re.findall(r"[\x00-\x7f]", text))
    other = len(text) - alone - plain  # Cyrillic, Greek, accents: about two characters to a token
    return alone + -(-plain // 4) + -(-other // 2)
