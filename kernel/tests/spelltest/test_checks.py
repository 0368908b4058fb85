from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import LlmspellError, UsageError
from llmspell.spelltest import checks
from llmspell.spelltest.checks import CheckFailed

data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(data)
def test_a_value_equals_and_includes_itself(value: Any) -> None:
    checks.equal(value, value, "")
    checks.includes(value, value, "")


@given(data, data)
def test_values_that_are_not_the_same_show_where_they_differ(got: Any, expected: Any) -> None:
    if not checks.same(got, expected):
        with pytest.raises(CheckFailed, match=r"^the values differ:\n  "):
            checks.equal(got, expected, "")


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), ([], {}), ({"a": []}, {"a": {}}), (None, None)])
def test_what_languages_write_differently_is_the_same(one: Any, other: Any) -> None:
    assert checks.same(one, other)


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), ("1", 1), ([], None), ({"a": 1}, {}), ([1], [1, 1])])
def test_what_only_looks_alike_is_not_the_same(one: Any, other: Any) -> None:
    assert not checks.same(one, other)
    assert not checks.same(other, one)


def test_a_difference_names_the_place_and_both_values() -> None:
    with pytest.raises(CheckFailed) as caught:
        checks.equal({"a": [1, 2], "b": "x"}, {"a": [1, 3], "b": "x", "c": None}, "the stock is wrong")
    assert caught.value.message.splitlines() == [
        "the stock is wrong",
        "  a[2]",
        "    - expected: 3",
        "    + got:      2",
        "  c",
        "    - expected: null",
        "    + got:      (nothing)",
    ]


@pytest.mark.parametrize(
    ("got", "part"),
    [
        ("hello", "ell"),
        ([1, 2], 2),
        ([{"kind": "a", "n": 1}, {"kind": "b", "n": 2}], {"kind": "b"}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        ({"a": [1, 2, 3]}, {"a": [3, 1]}),
    ],
)
def test_a_part_is_found(got: Any, part: Any) -> None:
    checks.includes(got, part, "")


@pytest.mark.parametrize(("got", "part"), [("hello", "x"), ([1], 2), ([], {"a": 1}), ({"a": 1}, {"a": 2}), (None, 1)])
def test_a_part_that_is_missing_is_told_with_both(got: Any, part: Any) -> None:
    with pytest.raises(CheckFailed, match=r"^a part is missing: .* is not in "):
        checks.includes(got, part, "")


def test_a_text_matches_a_pattern_somewhere() -> None:
    checks.matches("order 1234 is sent", r"\d{4}", "")
    with pytest.raises(CheckFailed, match=r"^the text does not match: '\^is' fits nothing in \"order\"$"):
        checks.matches("order", "^is", "")
    with pytest.raises(UsageError, match=r"^Test\.matches: '\(' is no regular expression: "):
        checks.matches("order", "(", "")


def test_an_error_fits_its_kind_and_a_part_of_its_message() -> None:
    error = LlmspellError("no row 3", kind="not_found")
    checks.fits(error, "not_found", "row")
    checks.fits(error, "", "")
    with pytest.raises(CheckFailed, match=r"^the error is of kind 'not_found', not 'timeout': no row 3$"):
        checks.fits(error, "timeout", "")
    with pytest.raises(CheckFailed, match=r"^the error's message lacks 'column': no row 3$"):
        checks.fits(error, "", "column")
