"""The tool that asks CSV tables for rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract

Call = Callable[..., Awaitable[Any]]

SHOP = "item,price,sold,fresh\nfig,1.5,10,true\nplum,2,,false\nfig,3,4,\n"


class TestCsvQueryContract(ToolContract):
    name = "csv_query"
    allow = {"fs.read": ["**"]}
    good = ({"text": SHOP}, {"path": "shop.csv", "group": ["item"]}, {"text": SHOP, "sort": ["-price"], "limit": 1})
    bad = (
        {},
        {"text": SHOP, "path": "shop.csv"},
        {"text": ""},
        {"text": SHOP, "limit": 0},
        {"text": SHOP, "select": ["cost"]},
        {"text": SHOP, "where": [{"field": "price", "operator": "~", "value": 1}]},
        {"path": "none.csv"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "shop.csv").write_text(SHOP)


async def test_rows_are_objects_whose_columns_have_types(call: Call) -> None:
    assert await call("csv_query", text=SHOP) == {
        "columns": ["item", "price", "sold", "fresh"],
        "rows": [
            {"item": "fig", "price": 1.5, "sold": 10, "fresh": True},
            {"item": "plum", "price": 2, "sold": None, "fresh": False},
            {"item": "fig", "price": 3, "sold": 4, "fresh": None},
        ],
        "row_count": 3,
        "truncated": False,
    }


@pytest.mark.parametrize(
    ("field", "operator", "value", "prices"),
    [
        ("item", "=", "fig", [1.5, 3]),
        ("item", "!=", "fig", [2]),
        ("price", "<", 2, [1.5]),
        ("price", "<=", 2, [1.5, 2]),
        ("price", ">", 2, [3]),
        ("price", ">=", 2, [2, 3]),
        ("item", "<", "g", [1.5, 3]),
        ("price", "in", [2, 3.0], [2, 3]),
        ("price", "not_in", [2], [1.5, 3]),
        ("item", "contains", "lu", [2]),
        ("item", "starts_with", "f", [1.5, 3]),
        ("item", "ends_with", "m", [2]),
        ("fresh", "=", True, [1.5]),
        ("sold", "<", 100, [1.5, 3]),
    ],
)
async def test_conditions_choose_rows(call: Call, field: str, operator: str, value: Any, prices: list[float]) -> None:
    found = await call("csv_query", text=SHOP, where=[{"field": field, "operator": operator, "value": value}])
    assert [row["price"] for row in found["rows"]] == prices


@pytest.mark.parametrize(("operator", "prices"), [("is_null", [2]), ("not_null", [1.5, 3])])
async def test_an_empty_cell_is_null(call: Call, operator: str, prices: list[float]) -> None:
    found = await call("csv_query", text=SHOP, where=[{"field": "sold", "operator": operator}])
    assert [row["price"] for row in found["rows"]] == prices


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"field": "fresh", "operator": "=", "value": 1}, r"where: the column 'fresh' is boolean, and 1 is not"),
        ({"field": "sold", "operator": "!=", "value": "10"}, r"where: the column 'sold' is integer, and '10' is not"),
        ({"field": "price", "operator": "=", "value": True}, r"where: the column 'price' is number, and True is not"),
        ({"field": "item", "operator": "in", "value": ["fig", 3]}, r"where: the column 'item' is text, and 3 is not"),
        ({"field": "item", "operator": "<", "value": 3}, r"the condition on 'item' compares 'fig' < 3"),
        ({"field": "fresh", "operator": "<", "value": 3}, r"the condition on 'fresh' compares True < 3"),
        ({"field": "price", "operator": "<", "value": None}, r"with < needs a number or a text, not None"),
        ({"field": "price", "operator": "<"}, r"with < needs a value"),
        ({"field": "price", "operator": "is_null", "value": 1}, r"with is_null takes no value"),
        ({"field": "price", "operator": "in", "value": 1}, r"with in needs an array, not 1"),
        ({"field": "item", "operator": "starts_with", "value": 1}, r"with starts_with needs a text, not 1"),
        ({"field": "prise", "operator": "=", "value": 1}, r"where: the table has no column 'prise'"),
    ],
)
async def test_a_condition_that_cannot_be_is_refused(call: Call, condition: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("csv_query", text=SHOP, where=[condition])


async def test_a_column_without_values_is_compared_with_anything(call: Call) -> None:
    found = await call("csv_query", text="a,b\n1,\n", where=[{"field": "b", "operator": "!=", "value": 3}])
    assert found["row_count"] == 1


async def test_a_cell_is_compared_with_null(call: Call) -> None:
    found = await call("csv_query", text=SHOP, where=[{"field": "sold", "operator": "in", "value": [None, 4]}])
    assert [row["sold"] for row in found["rows"]] == [None, 4]


async def test_many_values_are_looked_up_at_once(call: Call) -> None:
    text = "a\n" + "".join(f"{n}\n" for n in range(50_000))
    where = [{"field": "a", "operator": "not_in", "value": list(range(50_000))}]
    assert (await call("csv_query", text=text, where=where))["row_count"] == 0


@pytest.mark.parametrize("argument", ["where", "aggregates", "group", "sort"])
async def test_conditions_and_the_like_are_few(call: Call, argument: str) -> None:
    each = {"where": {"field": "item", "operator": "not_null"}, "aggregates": {"function": "count"}}.get(
        argument, "item"
    )
    with pytest.raises(UsageError, match=rf"\$\.{argument}: .*50"):
        await call("csv_query", text=SHOP, **{argument: [each] * 51})


async def test_an_unknown_column_has_a_near_name_as_hint(call: Call) -> None:
    with pytest.raises(UsageError, match="select: the table has no column 'prise'") as caught:
        await call("csv_query", text=SHOP, select=["prise"])
    assert caught.value.hint == "did you mean 'price'?"


async def test_groups_have_one_row_with_their_aggregates(call: Call) -> None:
    functions = ("count", "sum", "mean", "median", "min", "max", "first", "last", "values", "distinct")
    aggregates = [{"function": each, "field": "price", "name": each} for each in functions]
    found = await call("csv_query", text=SHOP, group=["item"], aggregates=aggregates, sort=["item"], limit=1)
    assert found["rows"] == [
        {
            "item": "fig",
            "count": 2,
            "sum": 4.5,
            "mean": 2.25,
            "median": 2.25,
            "min": 1.5,
            "max": 3,
            "first": 1.5,
            "last": 3,
            "values": [1.5, 3],
            "distinct": 2,
        }
    ]
    assert found["row_count"] == 2
    assert found["truncated"] is True


async def test_without_groups_all_rows_are_aggregated(call: Call) -> None:
    found = await call("csv_query", text=SHOP, aggregates=[{"function": "count"}, {"function": "sum", "field": "sold"}])
    assert found["rows"] == [{"count": 3, "sum_sold": 14}]


async def test_of_no_rows_there_is_one_total_and_no_group(call: Call) -> None:
    none = [{"field": "price", "operator": ">", "value": 9}]
    total = [{"function": "mean", "field": "price"}]
    assert (await call("csv_query", text=SHOP, where=none, aggregates=total))["rows"] == [{"mean_price": None}]
    assert (await call("csv_query", text=SHOP, where=none, group=["item"]))["rows"] == []


@pytest.mark.parametrize(
    ("aggregates", "message"),
    [
        ([{"function": "sum", "field": "item"}], "the sum of 'item' is of numbers, and 'fig' is none"),
        ([{"function": "sum"}], "the aggregate sum needs a field"),
        ([{"function": "count"}, {"function": "count"}], "two values of a group would be called 'count'"),
        ([{"function": "sum", "field": "cost"}], "group: the table has no column 'cost'"),
    ],
)
async def test_an_aggregate_that_cannot_be_is_refused(call: Call, aggregates: list[Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("csv_query", text=SHOP, aggregates=aggregates)


async def test_null_is_last_whichever_way_is_sorted(call: Call) -> None:
    for sort, sold in ((["sold"], [4, 10, None]), (["-sold"], [10, 4, None])):
        found = await call("csv_query", text=SHOP, sort=sort, select=["sold"])
        assert [row["sold"] for row in found["rows"]] == sold


async def test_sorting_by_several_columns_goes_by_the_first_and_then_the_next(call: Call) -> None:
    found = await call("csv_query", text=SHOP, sort=["-item", "-price"], select=["item", "price"])
    assert [list(row.values()) for row in found["rows"]] == [["plum", 2], ["fig", 3], ["fig", 1.5]]


async def test_limit_and_offset_page_through_rows_and_say_whether_there_are_more(call: Call) -> None:
    first = await call("csv_query", text=SHOP, limit=2)
    rest = await call("csv_query", text=SHOP, limit=2, offset=2)
    assert (len(first["rows"]), first["row_count"], first["truncated"]) == (2, 3, True)
    assert (len(rest["rows"]), rest["row_count"], rest["truncated"]) == (1, 3, False)


async def test_an_answer_is_cut_to_what_may_be_passed_on(call: Call) -> None:
    found = await call("csv_query", text="a\n" + f"{'x' * 100_000}\n" * 20, limit=100)
    assert found["truncated"] is True
    assert len(found["rows"]) == 8


async def test_one_row_that_is_too_long_is_an_error(call: Call) -> None:
    cells = ",".join(["é" * 100_000] * 10)
    with pytest.raises(UsageError, match="the first result alone has more than 900000 bytes"):
        await call("csv_query", text=cells, header=False)


async def test_a_file_is_read_as_text_is(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfcity;n\r\nK\xc3\xb6ln;1\r\n")
    assert (await call("csv_query", path="a.csv"))["rows"] == [{"city": "Köln", "n": 1}]


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SHOP)
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.csv' is not allowed in profile 'high'") as caught:
        await call_without("csv_query", {}, path="a.csv")
    assert "--allow-fs-read=" in caught.value.hint


async def test_text_needs_no_permission(call_without: Call) -> None:
    assert (await call_without("csv_query", {}, text=SHOP))["row_count"] == 3
