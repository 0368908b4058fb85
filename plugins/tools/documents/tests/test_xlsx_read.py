"""Cells of Excel files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract

Make = Callable[[Mapping[str, "str | bytes"]], Path]
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = """<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="[h]:mm"/>
<numFmt numFmtId="166" formatCode="[$-409]0.00&quot;d&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>
<xf numFmtId="20"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>"""
PEOPLE = """<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>age</t></is></c></row>
<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>36</v></c></row><row r="4"><c r="B4"><v>1.5</v></c></row>"""


def parts(
    rows: str,
    *,
    texts: str = "<si><t>name</t></si><si><r><t>A</t></r><r><t>da</t></r><rPh><t>x</t></rPh></si>",
    workbook: str = "",
) -> dict[str, str | bytes]:
    listed = (("worksheet", "s1.xml"), ("styles", "st.xml"), ("sharedStrings", "ss.xml"), ("chartsheet", "c.xml"))
    rels = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(listed)
    )
    return {
        "xl/workbook.xml": f'<w xmlns:r="urn:r">{workbook}<sheet name="People" r:id="r0"/><sheet name="Chart" r:id="r3"/><sheet name="Lost" r:id="r9"/></w>',
        "xl/_rels/workbook.xml.rels": f"<R>{rels}</R>",
        "xl/s1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        "xl/st.xml": STYLES,
        "xl/ss.xml": f"<sst>{texts}</sst>",
    }


async def read(path: Path, **more: Any) -> dict[str, Any]:
    bench = Bench(path.parent, allow={"fs.read": ["**"]})
    found: dict[str, Any] = await bench.call("xlsx_read", {"path": path.name, **more})
    return found


class TestXlsxRead(ToolContract):
    name = "xlsx_read"
    allow = {"fs.read": ["**"]}
    good = ({"path": "a.xlsx"}, {"path": "a.xlsx", "sheet": "People", "range": "A1:A2", "formulas": True})
    bad = (
        {},
        {"path": "none.xlsx"},
        {"path": "a.xlsx", "sheet": "No"},
        {"path": "a.xlsx", "range": "B2:A1"},
        {"path": "a.xlsx", "max_rows": 0},
    )

    @pytest.fixture(autouse=True)
    def _files(self, make_xlsx: Make) -> None:
        make_xlsx(parts(PEOPLE))


async def test_rows_come_with_their_gaps(make_xlsx: Make) -> None:
    found = await read(make_xlsx(parts(PEOPLE)))
    assert found["rows"] == [["name", "age"], ["Ada", 36], [None, None], [None, 1.5]]
    assert found["sheets"] == ["People", "Chart", "Lost"]
    assert (found["sheet"], found["range"], found["truncated"]) == ("People", "A1:B4", False)


async def test_objects_have_the_first_row_as_keys(make_xlsx: Make) -> None:
    found = await read(make_xlsx(parts(PEOPLE)), **{"as": "objects", "range": "1:2"})
    assert found["rows"] == [{"name": "Ada", "age": 36}]


@pytest.mark.parametrize(
    ("wanted", "rows", "covered"),
    [
        ("B2", [[36]], "B2:B2"),
        ("$B$1:$B$2", [["age"], [36]], "B1:B2"),
        ("B:B", [["age"], [36], [None], [1.5]], "B1:B4"),
        ("2:3", [["Ada", 36]], "A2:B2"),
        ("a3:b4", [[None, None], [None, 1.5]], "A3:B4"),
        ("D1:F9", [], ""),
    ],
)
async def test_a_range_chooses_cells(make_xlsx: Make, wanted: str, rows: list[Any], covered: str) -> None:
    found = await read(make_xlsx(parts(PEOPLE)), range=wanted)
    assert (found["rows"], found["range"]) == (rows, covered)


@pytest.mark.parametrize(
    "wanted", ["x", "A1:", ":", "A1:B", "A0", "B2:A1", "A1:XFE2", "A1:A1048577", "1:2:3", "'S'!A1"]
)
async def test_what_is_no_range_is_refused(make_xlsx: Make, wanted: str) -> None:
    with pytest.raises(UsageError, match="is no range of cells") as caught:
        await read(make_xlsx(parts(PEOPLE)), range=wanted)
    assert caught.value.hint == "write one like A1:D20, A:C, 2:10 or B7"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c s="1"><v>46053</v></c>', "2026-01-31"),
        ('<c s="4"><v>46053</v></c>', "2026-01-31"),
        ('<c s="2"><v>46053.75</v></c>', "2026-01-31T18:00:00"),
        ('<c s="3"><v>0.5</v></c>', "12:00:00"),
        ('<c s="1"><v>1</v></c>', "1900-01-01"),
        ('<c s="1"><v>60</v></c>', 60),
        ('<c s="1"><v>-1</v></c>', -1),
        ('<c s="1"><v>1e300</v></c>', 1e300),
        ('<c s="5"><v>1.5</v></c>', 1.5),
        ('<c s="6"><v>2</v></c>', 2),
        ('<c s="99"><v>2</v></c>', 2),
        ("<c><v>1e15</v></c>", 10**15),
        ("<c><v>0.1</v></c>", 0.1),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="b"><v>0</v></c>', False),
        ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c t="d"><v>2026-01-31</v></c>', "2026-01-31"),
        ('<c t="str"><f>A9</f><v> x </v></c>', " x "),
        ('<c t="inlineStr"><is><t>a_x000A_b_x005F_x0041_</t></is></c>', "a\nb_x0041_"),
    ],
)
async def test_a_value_comes_as_what_it_is(make_xlsx: Make, cell: str, value: Any) -> None:
    [[found]] = (await read(make_xlsx(parts(f"<row>{cell}</row>"))))["rows"]
    assert found == value
    assert type(found) is type(value)


async def test_days_may_be_counted_from_1904(make_xlsx: Make) -> None:
    path = make_xlsx(parts('<row><c s="1"><v>0</v></c></row>', workbook='<workbookPr date1904="1"/>'))
    assert (await read(path))["rows"] == [["1904-01-01"]]


async def test_formulas_come_on_request_and_shared_ones_move(make_xlsx: Make) -> None:
    rows = """<row r="1"><c r="A1"><f>SUM(B1:B9)</f><v>6</v></c><c r="C1"><f t="shared" si="0">A1+$B$1*LOG10(B1)&amp;"A1"&amp;'A1'!C1</f><v>1</v></c></row>
    <row r="2"><c r="C2"><f t="shared" si="0"/><v>2</v></c><c r="D2"><f t="shared" si="9"/><v>3</v></c></row>"""
    path = make_xlsx(parts(rows))
    assert (await read(path))["rows"] == [[6, None, 1, None], [None, None, 2, 3]]
    assert (await read(path, formulas=True))["rows"] == [
        ["=SUM(B1:B9)", None, "=A1+$B$1*LOG10(B1)&\"A1\"&'A1'!C1", None],
        [None, None, "=A2+$B$1*LOG10(B2)&\"A1\"&'A1'!C2", 3],
    ]


async def test_more_rows_than_wanted_are_cut_and_said(make_xlsx: Make) -> None:
    path = make_xlsx(parts(PEOPLE))
    found = await read(path, max_rows=2)
    assert (found["rows"], found["truncated"]) == ([["name", "age"], ["Ada", 36]], True)
    found = await read(path, max_rows=1, **{"as": "objects", "range": "A1:B2"})
    assert (found["rows"], found["truncated"]) == ([{"name": "Ada", "age": 36}], False)


async def test_a_cell_in_the_last_corner_makes_no_giant(make_xlsx: Make) -> None:
    found = await read(
        make_xlsx(parts(PEOPLE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), max_rows=100_000
    )
    assert (len(found["rows"]), found["truncated"]) == (4, True)
    wide = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 100))
    found = await read(make_xlsx(parts(wide)))
    assert (len(found["rows"]), found["truncated"]) == (12, True)


async def test_long_texts_are_cut_and_said(make_xlsx: Make) -> None:
    texts = f"<si><t>{'x' * 600_000}</t></si>"
    found = await read(make_xlsx(parts('<row><c t="s"><v>0</v></c></row>' * 3, texts=texts)))
    assert (len(found["rows"]), found["truncated"]) == (1, True)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row r="2"/><row r="1"/>', "the row '1' follows the row 2"),
        ('<row r="1"/><row r="1"/>', "the row '1' follows the row 1"),
        ('<row r="1048577"/>', "the row '1048577' follows the row 0"),
        ('<row r="x"/>', "the row 'x' follows the row 0"),
        ('<row r="1"><c r="B2"/></row>', "the row 1 has a cell 'B2'"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "the row 1 has a cell 'A1'"),
        ('<row r="1"><c r="XFE1"/></row>', "the row 1 has a cell 'XFE1'"),
        ('<row><c t="s"><v>7</v></c></row>', "a cell has the text '7' of 2"),
        ('<row><c t="s"><v>-1</v></c></row>', "a cell has the text '-1' of 2"),
        ("<row><c><v>many</v></c></row>", "a cell has the number 'many'"),
        ("<row><c><v>nan</v></c></row>", "a cell has the number 'nan'"),
        ("<row><c><v>1e999</v></c></row>", "a cell has the number '1e999'"),
        (f"<row><c><f>{'1+' * 5000}1</f></c></row>", "a formula has 10001 characters, and Excel has at most 8192"),
    ],
)
async def test_a_sheet_that_contradicts_itself_is_refused(make_xlsx: Make, rows: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await read(make_xlsx(parts(rows)), formulas=True)


async def test_too_many_texts_are_refused(make_xlsx: Make) -> None:
    with pytest.raises(UsageError, match=r"it has more than 1000000 texts|takes longer than 20 seconds"):
        await read(make_xlsx(parts(PEOPLE, texts="<si/>" * 1_000_001)))


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("people", "'a.xlsx' has no sheet 'people'"),
        ("Chart", "is a chartsheet, not cells"),
        ("Lost", "leads to no part"),
    ],
)
async def test_a_sheet_without_cells_is_refused(make_xlsx: Make, sheet: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await read(make_xlsx(parts(PEOPLE)), sheet=sheet)


async def test_a_workbook_without_sheets_or_with_too_many_is_refused(make_xlsx: Make) -> None:
    with pytest.raises(UsageError, match="it has no sheets"):
        await read(make_xlsx({"xl/workbook.xml": "<workbook/>"}))
    many = "".join(f'<sheet name="{n}"/>' for n in range(1001))
    with pytest.raises(UsageError, match="it has 1001 sheets, and at most 1000 are listed"):
        await read(make_xlsx({"xl/workbook.xml": f"<workbook>{many}</workbook>"}))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("<row><c><v>1</v></c><c><v>1</v></c></row>", "two columns of 'a.xlsx' are called '1'"),
        ("<row><c><v>1</v></c></row><row><c/><c><v>2</v></c></row>", "the column 2 of 'a.xlsx' has no key"),
    ],
)
async def test_a_first_row_that_makes_no_keys_is_refused(make_xlsx: Make, rows: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        await read(make_xlsx(parts(rows)), **{"as": "objects"})
    assert caught.value.hint == "read it as rows"


async def test_long_keys_are_not_repeated_for_ever(make_xlsx: Make) -> None:
    texts = f"<si><t>{'x' * 900_000}</t></si>"
    rows = '<row><c t="s"><v>0</v></c></row>' + "<row><c><v>1</v></c></row>" * 9
    with pytest.raises(UsageError, match="too long to be the keys of 9 rows"):
        await read(make_xlsx(parts(rows, texts=texts)), **{"as": "objects"})


async def test_a_file_that_was_not_granted_is_denied(make_xlsx: Make) -> None:
    path = make_xlsx(parts(PEOPLE))
    with pytest.raises(PermissionDenied) as caught:
        await Bench(path.parent).call("xlsx_read", {"path": "a.xlsx"})
    assert "--allow-fs-read" in caught.value.hint
