"""The tool that makes chunks of a text."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.segments import character_ends
from llmspell_tool_text.text_split import text_split

KINDS = ("characters", "words", "sentences", "paragraphs", "headings")


class TestTextSplitContract(ToolContract):
    name = "text_split"
    good = ({"text": "One. Two."}, {"text": ""}, {"text": "# A\nb", "by": "headings", "size": 10, "overlap": 2})
    bad = (
        {},
        {"text": "a", "by": "pages"},
        {"text": "a", "size": 0},
        {"text": "a", "size": 10, "overlap": 6},
        {"text": "a" * 500_001},
        {"text": "a" * 10_001, "size": 1},
    )


def texts(text: str, **arguments: Any) -> list[str]:
    return [chunk["text"] for chunk in text_split(text, **arguments)["chunks"]]


@pytest.mark.parametrize(
    ("text", "by", "size", "chunks"),
    [
        ("One. Two. Three.", "sentences", 10, ["One. Two. ", "Three."]),
        ("abcdef", "characters", 4, ["abcd", "ef"]),
        ("one two three", "words", 8, ["one two ", "three"]),
        ("a b\n\nc d\n\ne", "paragraphs", 6, ["a b\n\n", "c d\n\ne"]),
        ("A long sentence. B.", "sentences", 8, ["A long ", "sentence", ". B."]),
        ("Dr. No came. He left.", "sentences", 15, ["Dr. No came. ", "He left."]),
        ("世界。你好。", "sentences", 3, ["世界。", "你好。"]),
        ("", "words", 5, []),
    ],
)
def test_chunks_are_the_longest_that_fit(text: str, by: str, size: int, chunks: list[str]) -> None:
    assert texts(text, by=by, size=size) == chunks


def test_chunks_tell_where_they_stand() -> None:
    found = text_split("One. Two. Three.", size=10)
    assert found == {
        "chunks": [
            {"text": "One. Two. ", "start": 0, "end": 10},
            {"text": "Three.", "start": 10, "end": 16},
        ],
        "count": 2,
    }


def test_overlap_repeats_whole_parts() -> None:
    assert texts("one two three four five", by="words", size=10, overlap=5) == ["one two ", "two three ", "four five"]
    assert texts("abcdefgh", by="characters", size=4, overlap=2) == ["abcd", "cdef", "efgh"]


def test_sections_are_never_joined_and_have_their_headings() -> None:
    text = "intro\n# A\nx\n## B #\ny\n```\n# code\n```\n~~~\n## code\n~~~\n# C\nz"
    found = text_split(text, by="headings", size=1000)["chunks"]
    assert [chunk["headings"] for chunk in found] == [[], ["A"], ["A", "B"], ["C"]]
    assert [chunk["text"] for chunk in found][1] == "# A\nx\n"
    assert "".join(chunk["text"] for chunk in found) == text


@pytest.mark.parametrize("cluster", ["e\u0301\u0302\u0303", "👨‍👩‍👧‍👦", "🇩🇪", "\r\n", "각"])
@pytest.mark.parametrize("by", KINDS)
def test_what_people_call_one_character_stays_whole(cluster: str, by: str) -> None:
    found = texts(cluster * 20, by=by, size=3)
    assert "".join(found) == cluster * 20
    assert all(len(chunk) % len(cluster) == 0 for chunk in found)


ANY = st.text(st.sampled_from("ab .!\n\r#`é\u0301世。👨\u200d🇩\ud800") | st.characters(), max_size=120)


@given(ANY, st.sampled_from(KINDS), st.integers(1, 30))
def test_chunks_without_overlap_are_the_text(text: str, by: str, size: int) -> None:
    chunks = text_split(text, by=by, size=size)["chunks"]
    assert "".join(chunk["text"] for chunk in chunks) == text
    assert all(chunk["text"] == text[chunk["start"] : chunk["end"]] for chunk in chunks)
    assert all(len(chunk["text"]) <= size or len(character_ends(chunk["text"])) == 1 for chunk in chunks)


@given(ANY, st.sampled_from(KINDS), st.integers(2, 30), st.data())
def test_chunks_with_overlap_go_on_and_leave_nothing_out(text: str, by: str, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size // 2))
    chunks = text_split(text, by=by, size=size, overlap=overlap)["chunks"]
    for before, after in pairwise(chunks):
        assert before["start"] < after["start"] <= before["end"] < after["end"]
        assert before["end"] - after["start"] <= overlap
    assert not text or (chunks[0]["start"], chunks[-1]["end"]) == (0, len(text))


@given(ANY, st.sampled_from(KINDS), st.integers(1, 30))
def test_no_chunk_begins_inside_a_character(text: str, by: str, size: int) -> None:
    ends = {0, *character_ends(text)}
    starts = {chunk["start"] for chunk in text_split(text, by=by, size=size, overlap=size // 2)["chunks"]}
    if by != "headings":  # a section begins at its line, whatever stands before
        assert starts <= ends


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"size": 10, "overlap": 6}, "an overlap of 6 is more than half of the size 10", "take 5"),
        ({"size": 1, "text": "a" * 10_001}, "the text makes more than 10000 chunks of 1 characters", "raise size"),
    ],
)
def test_limits_are_named(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        text_split(**{"text": "a", **arguments})
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "piece", [".", ". ", "\n", "\n ", "a", "a ", "e\u0301", "\u0301", "🇩", "# a\n", "```\n", "\ud800"]
)
@pytest.mark.parametrize("by", ["sentences", "headings"])
def test_half_a_million_of_anything_is_split_soon(piece: str, by: str) -> None:
    started = time.process_time()
    try:
        text_split((piece * 500_000)[:500_000], by=by, size=200, overlap=100)
    except UsageError as error:
        assert "the text makes more than 10000 chunks" in error.message  # noqa: PT017  # either outcome is right
    assert time.process_time() - started < 15
