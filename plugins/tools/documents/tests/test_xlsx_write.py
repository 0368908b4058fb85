"""Rows made Excel files, and read again."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_documents.cells import WHOLE
from llmspell_tool_documents.deadline import Deadline
from llmspell_tool_documents.package import Package
from llmspell_tool_documents.sheets import SheetData, sheets_of
from llmspell_tool_documents.spreadsheet import workbook_bytes
from llmspell_tool_documents.tables import read
from llmspell_tool_documents.workbook import Workbook

ALLOW = {"fs.read": ["**"], "fs.write": ["**"]}


class TestXlsxWrite(ToolContract):
    name = "xlsx_write"
    allow = {"fs.write": ["**"]}
    good = (
        {"path": "a.xlsx", "rows": [[1, "x", None, True]]},
        {"path": "a.xlsx", "rows": []},
        {"path": "a.xlsx", "sheets": [{"name": "One", "rows": [{"a": 1}], "widths": [20]}]},
    )
    bad = (
        {"path": "a.xlsx"},
        {"path": "a.xlsx", "rows": [], "sheets": [{"name": "x", "rows": []}]},
        {"path": "a.xlsx", "header": ["a"], "sheets": [{"name": "x", "rows": []}]},
        {"path": "a.xlsx", "sheets": []},
        {"path": "a.xlsx", "rows": [3]},
        {"path": "none/a.xlsx", "rows": []},
    )


async def written(folder: Path, **more: Any) -> str:
    """The XML of the first sheet."""
    await Bench(folder, allow=ALLOW).call("xlsx_write", {"path": "a.xlsx", **more})
    with zipfile.ZipFile(io.BytesIO((folder / "a.xlsx").read_bytes())) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


async def again(folder: Path, **more: Any) -> Any:
    found = await Bench(folder, allow=ALLOW).call("xlsx_read", {"path": "a.xlsx", **more})
    return found["rows"]


async def test_objects_become_rows_below_a_header(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow=ALLOW)
    rows = [{"name": "Ada", "born": "1915-12-10"}, {"name": "Alan", "born": "1912-06-23T09:30:00", "note": "x"}]
    found = await bench.call("xlsx_write", {"path": "a.xlsx", "rows": rows})
    size = (tmp_path / "a.xlsx").stat().st_size
    assert found == {"path": "a.xlsx", "bytes": size, "sheets": [{"name": "Sheet1", "rows": 2, "columns": 3}]}
    assert await again(tmp_path, **{"as": "objects"}) == [{"name": "Ada", "born": "1915-12-10", "note": None}, rows[1]]


async def test_a_header_chooses_and_orders_keys(tmp_path: Path) -> None:
    await written(tmp_path, rows=[{"a": 1, "b": 2}, [3, 4]], header=["b", "a"])
    assert await again(tmp_path) == [["b", "a"], [2, 1], [3, 4]]


async def test_several_sheets_have_names_and_widths(tmp_path: Path) -> None:
    text = await written(
        tmp_path,
        sheets=[{"name": "A & <B>", "rows": [["x", "y" * 100]], "widths": [33.5]}, {"name": "Two", "rows": [[2]]}],
    )
    assert (
        '<col min="1" max="1" width="33.5" customWidth="1"/><col min="2" max="2" width="60" customWidth="1"/>' in text
    )
    assert await again(tmp_path, sheet="A & <B>") == [["x", "y" * 100]]
    assert await again(tmp_path, sheet="Two") == [[2]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
async def test_text_that_looks_like_a_formula_is_text(tmp_path: Path, text: str) -> None:
    sheet = await written(tmp_path, rows=[[text]], header=[text])
    assert "<f>" not in sheet
    assert '<c r="A2" s="4" t="inlineStr">' in sheet
    assert '<c r="A1" s="1" t="inlineStr">' in sheet  # both styles say quotePrefix
    assert await again(tmp_path, formulas=True) == [[text], [text]]


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("2026-01-31", "2"),
        ("2026-01-31T09:30", "3"),
        ("2026-01-31 09:30:00.5", "3"),
        ("2026-02-30", ""),
        ("2026-01-31T09:30Z", ""),
        ("1899-01-01", ""),
        ("20260131", ""),
    ],
)
async def test_iso_dates_become_dates(tmp_path: Path, text: str, style: str) -> None:
    sheet = await written(tmp_path, rows=[[text]])
    assert (f'<c r="A1" s="{style}"><v>' in sheet) == bool(style)
    assert "inlineStr" in await written(tmp_path, rows=[[text]], dates=False)
    assert await again(tmp_path) == [[text]]


async def test_long_numbers_keep_their_digits(tmp_path: Path) -> None:
    await written(tmp_path, rows=[[10**15, 10**15 - 1, -(10**20), 0.1, True]])
    assert await again(tmp_path) == [[str(10**15), 10**15 - 1, str(-(10**20)), 0.1, True]]


async def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    await written(tmp_path, rows=[{"a": 1}])
    before = (tmp_path / "a.xlsx").read_bytes()
    await written(tmp_path, rows=[{"a": 1}])
    assert (tmp_path / "a.xlsx").read_bytes() == before


async def test_a_file_that_is_there_is_kept_on_request(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("mine")
    with pytest.raises(UsageError, match=r"'a.xlsx' exists already"):
        await written(tmp_path, rows=[], new=True)
    assert (tmp_path / "a.xlsx").read_text() == "mine"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["x" * 32_768]], "row 1, column A of the sheet 'Sheet1' holds 32768 characters, and Excel has at most 32767"),
        ([[1, {"a": 1}]], "row 1, column B of the sheet 'Sheet1' holds a dict; give text, a number"),
        ([[1], {"a": 1}], r"row 2 of the sheet 'Sheet1' is not like the others: \{'a': 1\}"),
        (["abc"], "row 1 of the sheet 'Sheet1' is not like the others: 'abc'"),
        ([[None] * 16_385], "has 1 rows and 16385 columns, and Excel has at most 1048576 and 16384"),
        ([[0] * 10_000] * 51, "there are more than 500000 cells"),
        ([{"x" * 32_768: 1}], "the header, column A of the sheet 'Sheet1' holds 32768 characters"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_what_excel_cannot_have_is_refused(tmp_path: Path, rows: list[Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await written(tmp_path, rows=rows)
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800"])
def test_numbers_and_texts_that_are_none_are_refused(value: Any) -> None:
    with pytest.raises(UsageError, match=r"row 1, column A of the sheet 's' holds (nan|inf|half a character)"):
        sheets_of([{"name": "s", "rows": [[value]]}], dates=True)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a/b"], "cannot have '/' there"),
        (["'a"], """cannot have "'" there"""),
        (["A", "a"], "two sheets are called 'a'"),
    ],
)
async def test_a_name_that_excel_refuses_is_refused(tmp_path: Path, names: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await written(tmp_path, sheets=[{"name": name, "rows": []} for name in names])


async def test_a_place_that_was_not_granted_is_denied(tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied) as caught:
        await Bench(tmp_path).call("xlsx_write", {"path": "a.xlsx", "rows": []})
    assert "--allow-fs-write" in caught.value.hint
    with pytest.raises(PermissionDenied, match=r"fs\.write of '.*/a\.xlsx' is not allowed"):
        await Bench(tmp_path, allow=ALLOW).call("xlsx_write", {"path": "../a.xlsx", "rows": []})


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_VALUE = (
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(_VALUE, min_size=1, max_size=4), min_size=1, max_size=4))
def test_every_value_is_read_as_it_was_written(rows: list[list[Any]]) -> None:
    content = workbook_bytes(sheets_of([SheetData(name="s", rows=rows)], dates=False))
    workbook = Workbook(Package(content, "x", "an Excel file", Deadline("x")))
    found = read(workbook.rows("s", WHOLE, formulas=True), WHOLE, 100)
    top = found.covered.top - 1 if found.covered else 0
    for row, values in zip(found.rows, rows[top:], strict=False):
        padded = values + [None] * (len(row) - len(values))
        assert row == padded[: len(row)]
        assert all(value is None for value in padded[len(row) :])
