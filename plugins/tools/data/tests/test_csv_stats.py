"""The tool that describes the columns of CSV tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract

Call = Callable[..., Awaitable[Any]]

SHOP = "item,price,sold\nfig,1.5,10\nplum,2,\nfig,4,4\n"


class TestCsvStatsContract(ToolContract):
    name = "csv_stats"
    allow = {"fs.read": ["**"]}
    good = ({"text": SHOP}, {"path": "shop.csv", "top": 0})
    bad = ({}, {"text": ""}, {"text": SHOP, "top": 51}, {"path": "none.csv"}, {"text": "a,b\n1,2,3\n"})

    def prepare(self, folder: Path) -> None:
        (folder / "shop.csv").write_text(SHOP)


async def test_each_column_is_described(call: Call) -> None:
    found = await call("csv_stats", text=SHOP, top=1)
    assert found["row_count"] == 3
    assert found["separator"] == ","
    assert found["columns"] == [
        {
            "name": "item",
            "type": "text",
            "count": 3,
            "missing": 0,
            "distinct": 2,
            "min": "fig",
            "max": "plum",
            "top": [{"value": "fig", "count": 2}],
        },
        {
            "name": "price",
            "type": "number",
            "count": 3,
            "missing": 0,
            "distinct": 3,
            "min": 1.5,
            "max": 4,
            "top": [{"value": 1.5, "count": 1}],
            "mean": 2.5,
        },
        {
            "name": "sold",
            "type": "integer",
            "count": 2,
            "missing": 1,
            "distinct": 2,
            "min": 4,
            "max": 10,
            "top": [{"value": 4, "count": 1}],
            "mean": 7.0,
        },
    ]


async def test_an_empty_column_has_no_values(call: Call) -> None:
    found = (await call("csv_stats", text="a,b\n1,\n"))["columns"][1]
    assert (found["type"], found["count"], found["min"], found["top"]) == ("empty", 0, None, [])


async def test_the_mean_of_the_largest_numbers_is_one(call: Call) -> None:
    assert (await call("csv_stats", text="a\n1e308\n1e308\n"))["columns"][0]["mean"] == 1e308


async def test_long_text_is_cut(call: Call) -> None:
    found = (await call("csv_stats", text=f"a\n{'x' * 1_000}\n"))["columns"][0]
    assert found["max"] == found["top"][0]["value"] == "x" * 199 + "…"


async def test_a_text_that_is_too_long_is_refused(call: Call) -> None:
    with pytest.raises(UsageError, match="the text has 16000001 characters, and at most 16000000 are read"):
        await call("csv_stats", text="a" * 16_000_001)


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SHOP)
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.csv' is not allowed in profile 'high'") as caught:
        await call_without("csv_stats", {}, path="a.csv")
    assert "--allow-fs-read=" in caught.value.hint
