"""Numbers in texts and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llmspell_agent_analyst.numbers import among, numbers, said


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": 1.5, "b": [-2, True]}, ["1.5", "-2"]),
        ("1,250 of 3e3", ["1", "250", "3e3", "1250"]),
        ("Q3 is v1.2", []),
        ("1e999999999", ["1"]),
        (None, []),
    ],
)
def test_the_numbers_of_a_value(value: Any, found: list[str]) -> None:
    assert list(numbers(value))[: len(found) + 1] == decimals(*found)


def test_a_sentence_states_its_numbers_without_the_small_whole_ones() -> None:
    assert list(said("In 2024 the 12 shops sold 1,250.5 (-3%), 0.5 more")) == decimals("2024", "1250.5", "0.5")


@pytest.mark.parametrize(
    ("number", "is_known"), [("3.14", True), ("3.1", True), ("3", True), ("3.15", False), ("4", False)]
)
def test_a_rounded_number_is_the_same_number(number: str, is_known: bool) -> None:
    assert among(Decimal(number), decimals("3.14159")) is is_known


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_what_is_no_number_is_never_known(number: str) -> None:
    assert not among(Decimal(number), decimals("1"))
