"""The tool that sorts and groups arrays of objects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_data.ordering import key_of, ordered

Call = Callable[..., Awaitable[Any]]

SALES = [
    {"shop": {"city": "Rome"}, "sum": 3},
    {"shop": {"city": "Oslo"}, "sum": 5},
    {"shop": {"city": "Rome"}, "sum": 4},
    {"shop": None},
]


class TestSortGroupContract(ToolContract):
    name = "sort_group"
    allow = {"fs.read": ["**"]}
    good = ({"data": SALES, "group": ["shop.city"]}, {"path": "sales.json", "sort": ["-sum"]}, {"text": "[]"})
    bad = (
        {},
        {"data": 1},
        {"data": [1]},
        {"data": SALES, "text": "[]"},
        {"text": "["},
        {"data": SALES, "aggregates": [{"function": "mode", "field": "sum"}]},
        {"data": SALES, "limit": 0},
        {"path": "none.json"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "sales.json").write_text('[{"sum": 1}]')


async def test_items_are_sorted_by_fields_inside_of_others(call: Call) -> None:
    found = await call("sort_group", data=SALES, sort=["shop.city", "-sum"])
    assert found == {"items": [SALES[1], SALES[2], SALES[0], SALES[3]], "count": 4, "truncated": False}


async def test_groups_appear_in_the_order_of_their_first_items(call: Call) -> None:
    total = [{"function": "sum", "field": "sum", "name": "total"}, {"function": "count"}]
    found = await call("sort_group", data=SALES, group=["shop.city"], aggregates=total)
    assert found["items"] == [
        {"shop.city": "Rome", "total": 7, "count": 2},
        {"shop.city": "Oslo", "total": 5, "count": 1},
        {"shop.city": None, "total": 0, "count": 1},
    ]


async def test_groups_are_counted_where_nothing_else_is_asked(call: Call) -> None:
    found = await call("sort_group", data=SALES, group=["shop.city"], sort=["-count", "shop.city"], limit=1)
    assert found == {"items": [{"shop.city": "Rome", "count": 2}], "count": 3, "truncated": True}


async def test_the_items_of_a_group_can_be_listed(call: Call) -> None:
    data = [{"a": 1, "b": 1}, {"a": 1, "b": 2}]
    found = await call("sort_group", data=data, group=["a"], aggregates=[{"function": "values", "name": "items"}])
    assert found["items"] == [{"a": 1, "items": data}]


async def test_conditions_choose_items(call: Call) -> None:
    where = [{"field": "shop.city", "operator": "=", "value": "Rome"}, {"field": "sum", "operator": ">", "value": 3}]
    assert (await call("sort_group", data=SALES, where=where))["items"] == [SALES[2]]


async def test_contains_looks_into_arrays(call: Call) -> None:
    data = [{"tags": ["a", "b"]}, {"tags": ["c"]}, {"tags": None}]
    where = [{"field": "tags", "operator": "contains", "value": "a"}]
    assert (await call("sort_group", data=data, where=where))["items"] == data[:1]


async def test_a_key_with_a_dot_goes_before_a_key_inside_another(call: Call) -> None:
    data = [{"a.b": 2, "a": {"b": 1}}]
    assert (await call("sort_group", data=data, group=["a.b"]))["items"] == [{"a.b": 2, "count": 1}]


async def test_equal_numbers_are_one_group_and_true_is_another(call: Call) -> None:
    data = [{"a": 1}, {"a": 1.0}, {"a": True}, {"a": [1]}, {"a": [1]}, {"a": "1"}]
    found = await call("sort_group", data=data, group=["a"])
    assert [item["count"] for item in found["items"]] == [2, 1, 2, 1]


async def test_what_is_too_large_to_add_is_refused(call: Call) -> None:
    with pytest.raises(UsageError, match="the sum of 'a' is too large for a number"):
        await call(
            "sort_group", data=[{"a": 1e308}] * 2 + [{"a": 1e308}], aggregates=[{"function": "sum", "field": "a"}]
        )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"a": 1}, r"the data must be an array of objects, not \{'a': 1\}"),
        ([{}, 2], r"the data must be an array of objects, and \$\[1\] is 2"),
        ([{"a": "x" * 32}] * 170_000, "the data has more than 500000 values"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_is_no_array_of_objects_is_refused(call: Call, data: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("sort_group", data=data)


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.json' is not allowed in profile 'high'") as caught:
        await call_without("sort_group", {}, path="a.json")
    assert "--allow-fs-read=" in caught.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(JSON, max_size=8))
def test_whatever_the_values_they_have_one_order(values: list[Any]) -> None:
    def value(item: Any, _: str) -> Any:
        return item

    up, down = ordered(values, ["x"], value), ordered(values, ["-x"], value)
    assert [key_of(each) for each in up] == sorted(map(key_of, values))
    some = [key_of(each) for each in up if each is not None]
    assert [key_of(each) for each in down if each is not None] == some[::-1]
    assert all(each is None for each in down[len(some) :])
