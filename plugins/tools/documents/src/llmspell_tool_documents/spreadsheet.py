"""Excel files (ECMA-376, part 1, section 18), written: the same sheets always give the same bytes.

No cell ever is a formula: text is written as text, whatever it begins with, and what might be taken for a formula once
it is edited, or saved as CSV, carries Excel's mark for text (`quotePrefix`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

from llmspell_tool_documents.cells import column_name
from llmspell_tool_documents.sheets import Cell, Sheet

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_START = datetime(1899, 12, 30)
_NARROWEST, _WIDEST = 8.0, 60.0  # characters, where nobody says how wide
_LOOKS_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\r]|_(?=x[0-9A-Fa-f]{4}_)")
_HEADER, _DATE, _TIME, _QUOTED = 1, 2, 3, 4  # places in `cellXfs` below
_STYLES = f"""{_DECLARATION}<styleSheet xmlns="{_MAIN}">
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFE7ECF3"/></patternFill></fill></fills>
<borders count="2"><border/><border><left/><right/><top/><bottom style="thin"><color rgb="FF8A94A6"/></bottom>\
</border></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="5"><xf xfId="0"/>\
<xf xfId="0" fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" quotePrefix="1"/>\
<xf xfId="0" numFmtId="164" applyNumberFormat="1"/><xf xfId="0" numFmtId="165" applyNumberFormat="1"/>\
<xf xfId="0" quotePrefix="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The Excel file with these sheets."""
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": "".join(_worksheet(sheet)) for n, sheet in enumerate(sheets, 1)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name)  # its date is the first one that zip has
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return packed.getvalue()


def _content_types(sheets: int) -> str:
    overrides = [("workbook.xml", "sheet.main"), ("styles.xml", "styles")]
    overrides += [(f"worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheets + 1)]
    listed = "".join(f'<Override PartName="/xl/{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in overrides)
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>' for n, sheet in enumerate(sheets, 1)
    )
    return f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'


def _worksheet(sheet: Sheet) -> Iterator[str]:
    yield f'{_DECLARATION}<worksheet xmlns="{_MAIN}">'
    if sheet.header:  # stays in sight
        yield '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
        yield 'state="frozen"/></sheetView></sheetViews>'
    if sheet.columns:
        yield f"<cols>{''.join(_widths(sheet))}</cols>"
    yield "<sheetData>"
    if sheet.header:
        yield _row(1, "".join(_text(f"{column_name(at)}1", title, _HEADER) for at, title in enumerate(sheet.header, 1)))
    for number, row in enumerate(sheet.rows, 2 if sheet.header else 1):
        cells = "".join(_cell(f"{column_name(at)}{number}", value) for at, value in enumerate(row, 1))
        if cells:
            yield _row(number, cells)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Cell) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value!r}</v></c>'
        case datetime():
            return f'<c r="{place}" s="{_TIME}"><v>{_days(value)!r}</v></c>'
        case date():
            return f'<c r="{place}" s="{_DATE}"><v>{(value - _START.date()).days}</v></c>'
        case str():
            return _text(place, value, _QUOTED if value.startswith(_LOOKS_LIKE_A_FORMULA) else 0)


def _days(moment: datetime) -> float:
    passed = moment - _START
    return passed.days + (passed.seconds + passed.microseconds / 1e6) / 86_400


def _text(place: str, text: str, style: int) -> str:
    inner = escape(_NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>'


def _widths(sheet: Sheet) -> Iterator[str]:
    longest = [0] * sheet.columns
    for row in (sheet.header, *sheet.rows):
        for at, value in enumerate(row):
            longest[at] = max(longest[at], _length(value))
    for at, length in enumerate(longest):
        fitting = min(max(length + 2.0, _NARROWEST), _WIDEST)
        width = sheet.widths[at] if at < len(sheet.widths) else fitting
        yield f'<col min="{at + 1}" max="{at + 1}" width="{width:g}" customWidth="1"/>'


def _length(value: Cell) -> int:
    """The characters of its longest line."""
    return 0 if value is None else max(map(len, str(value).split("\n")))
