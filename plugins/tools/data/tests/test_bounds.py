"""The bounds that all tools share."""

from __future__ import annotations

from typing import Any

import pytest

from llmspell.errors import TimedOut, UsageError
from llmspell_tool_data.bounds import Fuel, check_size, shown


def test_fuel_is_used_up() -> None:
    fuel = Fuel("the query", units=3)
    fuel.spend(3)
    with pytest.raises(UsageError, match="the query would touch more than 3 values"):
        fuel.spend(1)


def test_time_is_used_up() -> None:
    with pytest.raises(TimedOut, match="the query took longer than 0 seconds"):
        Fuel("the query", seconds=0).spend(1)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_a_value_may_nest_64_levels() -> None:
    check_size(nested(64), "the data")
    with pytest.raises(UsageError, match="the data nests deeper than 64 levels"):
        check_size(nested(65), "the data")


def test_text_counts_by_its_length() -> None:
    check_size("x" * 15_000_000, "the data")
    with pytest.raises(UsageError, match="the data has more than 500000 values"):
        check_size("x" * 16_000_000, "the data")


def test_what_is_in_a_value_twice_counts_twice() -> None:
    value: Any = 1
    for _ in range(25):
        value = [value, value]
    with pytest.raises(UsageError, match="the data has more than 500000 values"):
        check_size(value, "the data")


def test_a_value_in_a_message_is_cut() -> None:
    assert shown("x") == "'x'"
    assert shown("x" * 1_000) == "'" + "x" * 58 + "…"
