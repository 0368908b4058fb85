"""The tool for lists of numbers."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_data.statistics import statistics

Call = Callable[..., Awaitable[Any]]


class TestStatisticsContract(ToolContract):
    name = "statistics"
    good = ({"values": [1]}, {"values": [1, 2, 3.5], "other": [1, 2, 3], "bins": 2, "quantiles": 10})
    bad = (
        {},
        {"values": []},
        {"values": ["a"]},
        {"values": [None]},
        {"values": [1], "quantiles": 1},
        {"values": [1], "bins": 101},
        {"values": [1, 2], "other": [1]},
        {"values": [1e200]},
        {"values": [10**400]},
    )


async def test_numbers_are_described(call: Call) -> None:
    found = await call("statistics", values=[2, 4, 4, 4, 5, 5, 7, 9])
    assert found["population_stdev"] == 2
    assert {key: found[key] for key in ("count", "sum", "mean", "median", "min", "max")} == {
        "count": 8,
        "sum": 40,
        "mean": 5,
        "median": 4.5,
        "min": 2,
        "max": 9,
    }
    assert found["variance"] == pytest.approx(32 / 7)
    assert found["stdev"] == pytest.approx(math.sqrt(32 / 7))


async def test_one_number_has_no_deviation_of_a_sample(call: Call) -> None:
    found = await call("statistics", values=[3])
    assert (found["stdev"], found["population_stdev"], found["quantiles"]) == (None, 0, [3, 3, 3])


async def test_quantiles_cut_the_data_into_equal_parts(call: Call) -> None:
    assert (await call("statistics", values=[5, 1, 4, 2, 3]))["quantiles"] == [2, 3, 4]
    assert (await call("statistics", values=list(range(101)), quantiles=100))["quantiles"] == list(range(1, 100))


async def test_a_histogram_has_bins_of_equal_width(call: Call) -> None:
    assert (await call("statistics", values=[0, 1, 2, 3, 4], bins=2))["histogram"] == [
        {"from": 0, "to": 2, "count": 2},
        {"from": 2, "to": 4, "count": 3},
    ]
    assert (await call("statistics", values=[7, 7], bins=3))["histogram"] == [{"from": 7, "to": 7, "count": 2}]


async def test_a_histogram_is_only_made_when_it_is_asked_for(call: Call) -> None:
    assert "histogram" not in await call("statistics", values=[1])


async def test_pairs_have_a_correlation_and_a_line(call: Call) -> None:
    found = await call("statistics", values=[1, 2, 3], other=[5, 3, 1])
    assert (found["correlation"], found["slope"], found["intercept"]) == pytest.approx((-1, -2, 7))


@pytest.mark.parametrize("values", [[1, 2, 4], [1e140, 2e140, 4e140], [1e-200, 2e-200, 4e-200]])
async def test_the_size_of_numbers_does_not_matter(call: Call, values: list[float]) -> None:
    found = await call("statistics", values=values, other=[10, 20, 40])
    assert found["correlation"] == pytest.approx(1)
    assert found["slope"] * values[0] == pytest.approx(10)
    assert found["intercept"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("values", "other"), [([1, 2], [4, 4]), ([4, 4], [1, 2]), ([1], [1])])
async def test_what_is_constant_goes_with_nothing(call: Call, values: list[float], other: list[float]) -> None:
    found = await call("statistics", values=values, other=other)
    assert (found["correlation"], found["slope"], found["intercept"]) == (None, None, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": [1, 2], "other": [1]}, "values has 2 numbers and other has 1; they must be pairs"),
        ({"values": [0, 1e150]}, r"values\[1\] is 1e\+150, and numbers must be smaller than 1e150"),
        ({"values": [1], "other": [-1e200]}, r"other\[0\] is -1e\+200, and numbers must be smaller than 1e150"),
        ({"values": [0, 1e-200], "other": [0, 1e149]}, "the slope of the line is too large for a number"),
        ({"values": [1] * 100_001}, "100000"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_cannot_be_computed_with_is_refused(call: Call, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("statistics", **arguments)


SOME = st.floats(-1e100, 1e100).filter(lambda number: number == 0 or abs(number) > 1e-100)
NUMBERS = SOME | st.integers(-(2**60), 2**60)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20), st.integers(0, 10))
def test_whatever_the_numbers_the_answer_is_of_numbers(pairs: list[tuple[float, float]], bins: int) -> None:
    values, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = statistics(values=values, other=other, bins=bins)
    numbers = [*found["quantiles"], *(each for each in found.values() if isinstance(each, int | float))]
    assert all(map(math.isfinite, numbers))
    assert sum(part["count"] for part in found.get("histogram", [])) == (len(values) if bins else 0)
