"""The tool `xlsx_read`: cells of an Excel file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from llmspell.context import Context
from llmspell.tools import Example, tool


@tool(
    category="documents",
    tags=("excel", "xlsx", "spreadsheet", "table"),
    needs=("fs.read",),
    idempotent=True,
    output_bytes=16 << 20,
    examples=(Example({"path": "sales.xlsx", "as": "objects"}, "the first sheet, its first row as keys"),),
)
def xlsx_read(
    path: Annotated[str, {"minLength": 1}],
    *,
    context: Context,
    sheet: str = "",
    range_: Annotated[str, {"maxLength": 40}] = "",
    as_: Literal["rows", "objects"] = "rows",
    formulas: bool = False,
    max_rows: Annotated[int, {"minimum": 1, "maximum": 100_000}] = 1_000,
) -> dict[str, Any]:
    """Reads cells of an Excel file (.xlsx): as rows, or as objects whose keys stand in the first row.

    Numbers, truth values and texts come as such, dates as ISO 8601 text, errors as their name (`#DIV/0!`), empty
    cells as null. Gives also the names of all sheets and the range that was read.

    Args:
        path: the file, relative to the project folder.
        sheet: the name of the sheet; empty for the first one.
        range: the cells wanted, such as A1:D20, A:C or 2:10; empty for all.
        as: `rows` for lists of values, `objects` for values by the texts of the first row.
        formulas: give formulas as they are written, such as `=SUM(A1:A9)`, rather than the values last computed.
        max_rows: the most rows wanted; where there are more, `truncated` is true.
    """
    from llmspell_tool_documents.cells import WHOLE, parse_range
    from llmspell_tool_documents.deadline import Deadline
    from llmspell_tool_documents.package import Package
    from llmspell_tool_documents.tables import objects, read
    from llmspell_tool_documents.workbook import Workbook

    wanted = parse_range(range_) if range_ else WHOLE
    workbook = Workbook(Package(context.files.read_bytes(path), path, "an Excel file", Deadline(path)))
    name = sheet or next(iter(workbook.sheets))
    found = read(workbook.rows(name, wanted, formulas=formulas), wanted, max_rows + (as_ == "objects"))
    rows = objects(found.rows, path) if as_ == "objects" else found.rows
    return {
        "sheet": name,
        "sheets": list(workbook.sheets),
        "range": str(found.covered) if found.covered else "",
        "rows": rows,
        "truncated": found.truncated,
    }
