"""The tool that picks by chance."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_system.random import random


class TestRandomContract(ToolContract):
    name = "random"
    good = (
        {"operation": "integer", "low": 1, "high": 6, "count": 3},
        {"operation": "float"},
        {"operation": "choice", "items": ["a", {"b": 1}]},
        {"operation": "shuffle", "items": [1, 2, 3], "seed": "x"},
        {"operation": "password"},
        {"operation": "token"},
    )
    bad = (
        {},
        {"operation": "dice"},
        {"operation": "integer"},
        {"operation": "integer", "low": 2, "high": 1},
        {"operation": "integer", "low": 0.5, "high": 1},
        {"operation": "choice", "items": []},
        {"operation": "sample", "items": [1], "count": 2},
        {"operation": "password", "length": 7},
        {"operation": "password", "seed": 1},
        {"operation": "token", "count": 101},
        {"operation": "float", "low": -1e308, "high": 1e308},
        {"operation": "integer", "low": 0, "high": 1e300},
        {"operation": "float", "count": 10_001},
    )


def values(operation: str, **arguments: Any) -> list[Any]:
    found: list[Any] = random(operation, **arguments)["values"]
    return found


def test_whole_numbers_include_both_ends() -> None:
    assert set(values("integer", low=1, high=6, count=1000)) == {1, 2, 3, 4, 5, 6}


@given(st.integers(-(2**53) + 1, 2**53 - 1), st.integers(-(2**53) + 1, 2**53 - 1))
def test_a_whole_number_is_in_its_range(one: int, other: int) -> None:
    low, high = sorted((one, other))
    (found,) = values("integer", low=low, high=high)
    assert low <= found <= high


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_a_fraction_is_in_its_range(one: float, other: float) -> None:
    low, high = sorted((one, other))
    (found,) = values("float", low=low, high=high)
    assert low <= found <= high


def test_a_shuffle_has_every_item_once_and_a_sample_none_twice() -> None:
    items = list(range(100))
    assert sorted(values("shuffle", items=items)) == items
    assert len(set(values("sample", items=items, count=50))) == 50
    assert items == list(range(100))


def test_choices_may_repeat() -> None:
    assert len(values("choice", items=["a"], count=5)) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        {"operation": "integer", "low": 0, "high": 10**9, "count": 5},
        {"operation": "float", "count": 5},
        {"operation": "choice", "items": list(range(1000)), "count": 5},
        {"operation": "shuffle", "items": list(range(1000))},
    ],
)
def test_a_seed_makes_values_reproducible_and_no_seed_does_not(arguments: dict[str, Any]) -> None:
    assert random(**arguments, seed=7) == random(**arguments, seed=7)
    assert random(**arguments, seed=7) != random(**arguments, seed="7")
    assert random(**arguments) != random(**arguments)


def test_a_seeded_value_stays_what_it_is() -> None:
    assert values("integer", low=1, high=1000, count=3, seed=42) == [655, 115, 26]


def test_a_password_has_every_kind_of_character() -> None:
    for password in values("password", length=8, count=100):
        assert len(password) == 8
        assert all(re.search(kind, password) for kind in ("[a-z]", "[A-Z]", "[0-9]", r"[^\w]|_"))
    assert all(each.isalnum() for each in values("password", symbols=False, count=100))


def test_passwords_and_tokens_differ() -> None:
    assert len(set(values("password", count=100)) | set(values("token", count=100))) == 200


def test_a_token_has_so_many_bytes_of_chance() -> None:
    assert re.fullmatch(r"[\w-]{43}", values("token")[0])
    assert re.fullmatch(r"[\w-]{22}", values("token", length=16)[0])


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"operation": "integer", "low": 1}, "integer needs high", ""),
        ({"operation": "password", "seed": 1}, "password does not take seed", r"it takes length \(optional\), symbols"),
        ({"operation": "shuffle", "items": [1], "count": 2}, "shuffle does not take count", "it takes items"),
        ({"operation": "integer", "low": 2, "high": 1}, "low 2 is more than high 1", "give the smaller number as low"),
        ({"operation": "integer", "low": 0.5, "high": 1}, "integer needs whole numbers", "use float"),
        ({"operation": "float", "low": -1e308, "high": 1e308}, "the range from -1e", ""),
        ({"operation": "sample", "items": [1], "count": 2}, "sample cannot take 2 of 1 items", "use choice"),
        ({"operation": "token", "count": 101}, "at most 100 tokens are made at once, found 101", ""),
    ],
)
def test_wrong_arguments_are_refused_in_words(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        random(**arguments)
    assert re.match(hint, caught.value.hint)


def test_it_is_not_tried_again_as_if_nothing_had_happened() -> None:
    assert not random.idempotent
