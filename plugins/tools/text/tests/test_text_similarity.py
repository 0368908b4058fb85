"""The tool that compares two texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.text_similarity import text_similarity


class TestTextSimilarityContract(ToolContract):
    name = "text_similarity"
    good = ({"a": "kitten", "b": "sitting"}, {"a": "", "b": ""}, {"a": "\ud800", "b": "x"})
    bad = ({}, {"a": "x"}, {"a": "x", "b": 3}, {"a": "x" * 50_001, "b": ""}, {"a": "x", "b": "y", "ignore_case": "no?"})


def test_two_texts_are_compared_in_five_ways() -> None:
    assert text_similarity("the cat sat", "the cat ran") == {
        "ratio": 0.8182,
        "levenshtein": 2,
        "jaro_winkler": 0.9273,
        "jaccard": 0.5,
        "cosine": 0.6667,
    }


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "abc", 0), ("grüße", "gruesse", 4)]
)
def test_the_distance_is_levenshteins(a: str, b: str, distance: int) -> None:
    assert text_similarity(a, b)["levenshtein"] == distance


def test_words_that_come_often_count_more_by_cosine() -> None:
    found = text_similarity("a a a b", "a")
    assert (found["jaccard"], found["cosine"]) == (0.5, 0.9487)


def test_capitals_and_spaces_count_unless_ignored() -> None:
    assert text_similarity("STRASSE  x", " straße x")["levenshtein"] > 0
    assert text_similarity("STRASSE  x", " straße x", ignore_case=True, ignore_spaces=True)["levenshtein"] == 0


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_comparison_is_the_same_either_way(a: str, b: str) -> None:
    found = text_similarity(a, b)
    back = text_similarity(b, a)
    assert found == pytest.approx(back)
    assert all(0 <= value <= 1 for name, value in found.items() if name != "levenshtein")
    assert (found["levenshtein"] == 0) == (a == b)


@given(st.text(max_size=40))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    found = text_similarity(text, text)
    assert found.pop("levenshtein") == 0
    assert set(found.values()) == {1.0}


@pytest.mark.parametrize(
    ("a", "b"), [("a" * 50_000, "b" * 50_000), ("ab" * 25_000, "ba" * 25_000), ("a " * 25_000, "世" * 50_000)]
)
def test_the_longest_texts_are_compared_soon(a: str, b: str) -> None:
    started = time.process_time()
    text_similarity(a, b)
    assert time.process_time() - started < 15
