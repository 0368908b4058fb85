"""Excel files (ECMA-376, part 1, section 18), read sheet by sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import attrs

from llmspell.errors import UsageError, did_you_mean
from llmspell_tool_documents.cells import MOST_ROWS, Range, parse_cell, shifted
from llmspell_tool_documents.formats import kind_of, moment
from llmspell_tool_documents.package import Package

_FORMAT = "spreadsheetml"
_MOST_TEXTS = 1_000_000
_MOST_SHEETS = 1_000
_EXACT = 2**53
_LONGEST_FORMULA = 8_192  # characters, in Excel
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
Value = str | int | float | bool | None


@attrs.frozen
class Row:
    """The cells of one row that hold something, by column; rows and columns are counted from 1."""

    number: int
    cells: dict[int, Value]


class Workbook:
    """An Excel file.

    Args:
        package: the file.

    Attributes:
        sheets: the names of its sheets, in order, and the part that each one is.

    Raises:
        UsageError: it is no Excel file, or damaged.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main(_FORMAT)
        self._parts = {relation.id: relation for relation in package.relations(self._main)}
        self._since_1904 = False
        self.sheets: dict[str, str] = {}
        for each in package.elements(self._main, "workbookPr", "sheet"):
            if each.tag == "workbookPr":
                self._since_1904 = each.get("date1904") in ("1", "true")
            else:
                self.sheets[each.get("name", "")] = each.get("id", "")
        if not 0 < len(self.sheets) <= _MOST_SHEETS:
            raise package.error(f"it has {len(self.sheets) or 'no'} sheets, and at most {_MOST_SHEETS} are listed")

    def rows(self, sheet: str, wanted: Range, *, formulas: bool) -> Iterator[Row]:
        """The rows of a sheet that hold something in the wanted range, in order.

        Args:
            sheet: its name.
            wanted: what is outside of it is passed over.
            formulas: whether a formula is given as it is written, with its `=`, rather than its value.

        Raises:
            UsageError: there is no such sheet, or it is no table of cells, or damaged.
        """
        part = self._part(sheet)
        values = _Values(self._texts(), self._kinds(), self._since_1904, self._package)
        shared: dict[str, tuple[int, int, str]] = {}
        number = 0
        for element in self._package.elements(part, "row"):
            self._package.deadline.check()
            number = self._next(element, number, part)
            if number > wanted.bottom:
                return
            cells: dict[int, Value] = {}
            for at, cell in self._cells(element, number, part):
                formula = self._formula(cell, (number, at), shared) if formulas else ""
                if wanted.left <= at <= wanted.right:
                    value = formula or values.of(cell)
                    if value is not None:
                        cells[at] = value
            if number >= wanted.top and cells:
                yield Row(number, cells)

    def _part(self, sheet: str) -> str:
        if sheet not in self.sheets:
            hint = did_you_mean(sheet, list(self.sheets)[:50])
            raise UsageError(f"{self._package.name!r} has no sheet {sheet[:60]!r}", kind="not_found", hint=hint)
        relation = self._parts.get(self.sheets[sheet])
        if relation is None:
            raise self._package.error(f"the sheet {sheet[:60]!r} leads to no part")
        if relation.kind != "worksheet":
            raise UsageError(f"the sheet {sheet[:60]!r} of {self._package.name!r} is a {relation.kind}, not cells")
        return relation.part

    def _texts(self) -> list[str]:
        texts: list[str] = []
        for part in (relation.part for relation in self._parts.values() if relation.kind == "sharedStrings"):
            for each in self._package.elements(part, "si"):
                texts.append(_rich(each))
                if len(texts) > _MOST_TEXTS:
                    raise self._package.error(f"it has more than {_MOST_TEXTS} texts")
        return texts

    def _kinds(self) -> list[str]:
        """What each style of cells shows, as `formats.kind_of`."""
        codes: dict[int, str] = {}
        kinds: list[str] = []
        for part in (relation.part for relation in self._parts.values() if relation.kind == "styles"):
            for each in self._package.elements(part, "numFmt", "cellXfs"):
                if each.tag == "numFmt":
                    codes[_whole(each.get("numFmtId"))] = each.get("formatCode", "")
                    continue
                for style in each:
                    found = _whole(style.get("numFmtId"))
                    kinds.append(kind_of(found, codes.get(found)))
        return kinds

    def _next(self, element: Element, last: int, part: str) -> int:
        """The number of a row; one without follows the last one."""
        number = _whole(element.get("r")) if "r" in element.attrib else last + 1
        if not last < number <= MOST_ROWS:
            raise self._package.error(f"{part}: the row {element.get('r', '')[:20]!r} follows the row {last}")
        return number

    def _cells(self, row: Element, number: int, part: str) -> Iterator[tuple[int, Element]]:
        column = 0
        for cell in row.iterfind("c"):
            column += 1
            if "r" in cell.attrib:
                place = parse_cell(cell.attrib["r"])
                if place is None or place[0] != number or place[1] < column:
                    raise self._package.error(f"{part}: the row {number} has a cell {cell.attrib['r'][:20]!r}")
                column = place[1]
            yield column, cell

    def _formula(self, cell: Element, place: tuple[int, int], shared: dict[str, tuple[int, int, str]]) -> str:
        """The formula of a cell, with its `=`; empty if it has none, or none of its own."""
        element = cell.find("f")
        if element is None:
            return ""
        text, group = element.text or "", element.get("si", "")
        if len(text) > _LONGEST_FORMULA:
            raise self._package.error(f"a formula has {len(text)} characters, and Excel has at most {_LONGEST_FORMULA}")
        if element.get("t") == "shared":
            if text:
                shared[group] = (*place, text)
            elif group in shared:
                row, column, first = shared[group]
                text = shifted(first, place[0] - row, place[1] - column)
        return f"={text}" if text else ""


@attrs.frozen
class _Values:
    """What cells hold."""

    texts: list[str]
    kinds: list[str]
    since_1904: bool
    package: Package

    def of(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _rich(cell.find("is"))
        written = (cell.findtext("v") or "").strip() if kind != "str" else cell.findtext("v") or ""
        if kind == "str":
            return _unescaped(written)
        if not written:
            return None
        if kind == "s":
            index = _whole(written)
            if not 0 <= index < len(self.texts):
                raise self.package.error(f"a cell has the text {written[:20]!r} of {len(self.texts)}")
            return self.texts[index]
        if kind == "b":
            return written in ("1", "true")
        if kind in ("e", "d"):  # the name of an error; a date as ISO 8601
            return written
        return self._number(written, _whole(cell.get("s", "0")))

    def _number(self, written: str, style: int) -> Value:
        try:
            number = float(written)
        except ValueError:
            raise self.package.error(f"a cell has the number {written[:20]!r}") from None
        if number - number != 0:  # an infinity, or none
            raise self.package.error(f"a cell has the number {written[:20]!r}")
        kind = self.kinds[style] if 0 <= style < len(self.kinds) else ""
        found = moment(number, kind, since_1904=self.since_1904) if kind else None
        if found is not None:
            return found
        return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def _rich(element: Element | None) -> str:
    """The text of a cell, whose parts may look different; how it is read aloud in Japanese is left out."""
    if element is None:
        return ""
    parts = [element.findtext("t") or "", *(run.findtext("t") or "" for run in element.iterfind("r"))]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    """The text with the characters that XML cannot have, such as `_x0007_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _whole(written: str | None) -> int:
    """A whole number, -1 for what is none."""
    return int(written) if written and len(written) < 10 and written.isascii() and written.isdigit() else -1
