from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.cassette.difference import described
from llmspell.cassette.matching import agree, place, request_hash
from llmspell.secrets.shapes import REDACTED

data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("run/llm", "run/llm"),
        ("run/agent:a#2/tool:b#13", "run/agent:a/tool:b"),
        ("run/agent:room #5 b/llm#2", "run/agent:room #5 b/llm"),
    ],
)
def test_a_place_is_a_path_without_its_counts(path: str, where: str) -> None:
    assert place(path) == where


@given(data)
def test_a_request_agrees_with_itself_and_shows_no_difference(request: Any) -> None:
    assert agree(request, request)
    assert described(request, request) == []


@given(data, data)
def test_requests_that_differ_in_their_hash_show_a_difference(one: Any, other: Any) -> None:
    if request_hash(one) != request_hash(other) and REDACTED not in repr((one, other)):
        assert described(one, other)


def test_the_order_of_keys_and_a_fraction_of_nothing_do_not_count() -> None:
    assert request_hash({"a": 1, "b": [2.0]}) == request_hash({"b": [2], "a": 1.0})
    assert request_hash({"a": True}) != request_hash({"a": 1})


@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_what_was_redacted_may_have_been_anything(before: str, secret: str, after: str) -> None:
    assert agree([f"{before}{REDACTED}{after}"], [f"{before}{secret}{after}"])
    assert agree({"key": secret}, {"key": REDACTED})


def test_what_stands_around_a_secret_still_counts() -> None:
    assert not agree(f"use {REDACTED} now", "use it later")
    assert not agree(f"a{REDACTED}a", "a")
    assert not agree(f"{REDACTED}b{REDACTED}", "acc")


def test_a_long_text_is_shown_from_where_it_differs() -> None:
    [where, recorded, asked] = described({"text": "x" * 5000 + "old"}, {"text": "x" * 5000 + "new"})
    assert where == "  text"
    assert recorded == f'    - recorded: ..."{"x" * 24}old"'
    assert asked == f'    + asked:    ..."{"x" * 24}new"'


def test_what_only_one_of_them_has_is_a_difference() -> None:
    assert described({"a": 1}, {"a": 1, "b": None}) == [
        "  b",
        "    - recorded: (nothing)",
        "    + asked:    null",
    ]


def test_many_differences_are_cut_short() -> None:
    assert described(list(range(20)), list(range(1, 21)))[-1] == "  and 12 more differences"
