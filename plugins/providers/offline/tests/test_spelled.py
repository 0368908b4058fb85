"""What a request spells out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell_provider_offline.extract import best, parts, sentences
from llmspell_provider_offline.spelled import arithmetic, files, numbers, quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is 12 * (3 + 4)?", "12 * (3 + 4)"),
        ("(see 2 + 3)", "2 + 3"),
        ("17 percent of 2,390", "17% of 2390"),
        ("6 times 7 plus 1", "6 * 7 + 1"),
        ("100 divided by 8 minus 2", "100 / 8 - 2"),
        ("what is 2^10", "2^10"),
        ("divide 10 by 4", "10 / 4"),
        ("multiply 3 by 4.5", "3 * 4.5"),
        ("add 2 and 3", "2 + 3"),
        ("subtract 2 from 3", "3 - 2"),
        ("no numbers", None),
        ("1 + 1 and 2 + 2", None),
        ("on 2026-11-22", None),
        ("from 10-12", None),
        ("10/4", None),
        ("v1-2 and a.b", None),
    ],
)
def test_arithmetic_is_what_is_written(text: str, expected: str | None) -> None:
    assert arithmetic(text, None, asked_for=False) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("divide the count by 200", "20 / 200"),
        ("multiply it by 3", "20 * 3"),
        ("add 5 to the result", "20 + 5"),
        ("subtract 5 from it", "20 - 5"),
        ("10% of the total", "10% of 20"),
        ("how long at 200 words a minute", "20 / 200"),
        ("divide the count by two", None),
    ],
)
def test_the_last_number_takes_part_where_the_request_says_so(text: str, expected: str | None) -> None:
    assert arithmetic(text, 20, asked_for=True) == expected
    assert arithmetic(text, None, asked_for=True) is None


def test_a_division_without_spaces_counts_when_it_is_asked_for() -> None:
    assert arithmetic("10/4", None, asked_for=True) == "10/4"


def test_files_have_an_extension_or_begin_like_a_path() -> None:
    text = "Compare README.md, docs/a-b.txt, a/b/c.md, ./bin/x and `my file`; see http://a.example/b.html, e.g. 3.5"
    assert files(text) == ["README.md", "docs/a-b.txt", "a/b/c.md", "./bin/x"]


def test_numbers_stand_alone() -> None:
    assert numbers('3 files of 1,500 in a2.txt, "42" and v1.2, -5 and 2.5.') == [3, 1500, -5, 2.5]


def test_quotes_are_taken_in_order_and_apostrophes_are_not_quotes() -> None:
    assert quoted("it's \"one\" and 'two' or “three” `four`") == ["one", "two", "three", "four"]


def test_a_message_is_what_it_asks_and_what_it_gives() -> None:
    assert parts("Tides rise. What rises?") == ("What rises?", ["Tides rise."])
    assert parts("Summarise: Tides rise. They fall.") == ("Summarise", ["Tides rise.", "They fall."])
    assert parts("Summarise this.\n\n# Tides\n- They rise") == ("Summarise this.", ["Tides", "They rise"])
    assert parts("") == ("", [])


def test_the_best_sentences_keep_their_order() -> None:
    given = ["Salt is white.", "The moon pulls the sea.", "Cats sleep.", "The sea follows the moon."]
    assert best("What do the moon and the sea do?", given) == [
        "The moon pulls the sea.",
        "The sea follows the moon.",
    ]
    assert best("What?", []) == []


def test_a_long_sentence_is_cut_visibly() -> None:
    assert sentences("word " * 200)[0].endswith("…")


@pytest.mark.parametrize("unit", ["1+", "(", "1 ", "a.", "/a", "a/b.", "'", '"', "1,", "divide a ", "- ", "1%of "])
def test_long_input_is_read_in_bounded_time(unit: str) -> None:
    text = unit * (10_000 // len(unit))
    started = time.monotonic()
    arithmetic(text, 1, asked_for=True)
    files(text)
    numbers(text)
    quoted(text)
    best(*parts(text))
    assert time.monotonic() - started < 10


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    arithmetic(text, 1, asked_for=True)
    assert all(name.strip() for name in files(text))
    numbers(text)
    quoted(text)
    best(*parts(text))
