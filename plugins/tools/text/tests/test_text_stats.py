"""The tool that counts."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.text_stats import text_stats


class TestTextStatsContract(ToolContract):
    name = "text_stats"
    good = ({"text": "one two"}, {"text": ""}, {"text": "\ud800"})
    bad = ({}, {"text": 3}, {"text": "x" * 1_000_001})


def test_a_text_is_counted() -> None:
    assert text_stats("Dr. Smith isn't here. Really? Yes!\n\nA second paragraph, e.g. this.\n") == {
        "characters": 67,
        "characters_without_spaces": 55,
        "graphemes": 67,
        "bytes_utf8": 67,
        "words": 12,
        "unique_words": 12,
        "sentences": 4,
        "paragraphs": 2,
        "lines": 3,
        "reading_seconds": 3,
        "tokens_estimate": 17,
    }


def test_an_empty_text_has_nothing() -> None:
    assert set(text_stats("").values()) == {0}


@pytest.mark.parametrize(
    ("text", "key", "count"),
    [
        ("世界。你好！", "words", 4),
        ("世界。你好！", "sentences", 2),
        ("世界", "tokens_estimate", 2),
        ("cafe\u0301s", "words", 1),
        ("cafe\u0301s", "graphemes", 5),
        ("👨‍👩‍👧🇩🇪", "graphemes", 2),
        ("\r\n", "graphemes", 1),
        ("well-known it's", "words", 2),
        ("Well well", "unique_words", 1),
        ("3.14 is pi. Yes.", "sentences", 2),
        ("J. S. Bach wrote it. Good.", "sentences", 2),
        ('Wait... what? No!!! "Yes." He said.', "sentences", 4),
        ("no end", "sentences", 1),
        ("a\n\n\n\nb\n \nc", "paragraphs", 3),
        ("a\r\nb\rc\nd", "lines", 4),
        ("a\n", "lines", 1),
        ("word " * 238, "reading_seconds", 60),
    ],
)
def test_each_count(text: str, key: str, count: int) -> None:
    assert text_stats(text)[key] == count


@given(st.text(max_size=100))
def test_counts_are_in_order(text: str) -> None:
    found: dict[str, Any] = text_stats(text)
    assert found["graphemes"] <= found["characters"] <= found["bytes_utf8"] or "\ud800" in text
    assert found["unique_words"] <= found["words"] <= found["characters"]
    assert found["paragraphs"] <= found["sentences"] or not found["sentences"]


@pytest.mark.parametrize(
    "piece", [".", ". ", "\n ", '."', "a-", "e\u0301", "🇩", "👨\u200d", "\ud800", "世", "! ?", "(a."]
)
def test_a_million_of_anything_is_counted_soon(piece: str) -> None:
    started = time.process_time()
    text_stats((piece * 1_000_000)[:1_000_000])
    assert time.process_time() - started < 15
