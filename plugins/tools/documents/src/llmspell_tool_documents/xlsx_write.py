"""The tool `xlsx_write`: rows made an Excel file."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_documents.sheets import SheetData

_NAME = "Sheet1"


@tool(
    category="documents",
    tags=("excel", "xlsx", "spreadsheet", "table"),
    needs=("fs.write",),
    idempotent=True,
    examples=(
        Example(
            {"path": "sales.xlsx", "rows": [{"month": "2026-01-31", "sold": 12}]}, "one sheet, its header from the keys"
        ),
    ),
)
def xlsx_write(
    path: Annotated[str, {"minLength": 1}],
    *,
    context: Context,
    rows: list[Any] | None = None,
    header: list[str] | None = None,
    sheets: Annotated[list[SheetData] | None, {"minItems": 1, "maxItems": 100}] = None,
    dates: bool = True,
    new: bool = False,
) -> dict[str, Any]:
    """Writes an Excel file (.xlsx): one sheet from `rows`, or several from `sheets`; a file that is there is replaced.

    A row is a list of values, or an object whose keys become the header. Values are text, numbers, true, false and
    null. No text becomes a formula, whatever it begins with. Gives path, bytes, and the size of each sheet.

    Args:
        path: the file, relative to the project folder; its folder must exist.
        rows: the rows of the only sheet.
        header: the names of its columns; for objects also which keys are wanted, and in what order.
        sheets: instead of rows and header, several sheets with name, rows, and if wanted header and column widths.
        dates: whether text like 2026-01-31 or 2026-01-31T09:30:00 becomes a date.
        new: whether there must be no such file yet.
    """
    from llmspell_tool_documents.sheets import sheets_of
    from llmspell_tool_documents.spreadsheet import workbook_bytes

    if (rows is None) == (sheets is None) or (header is not None and rows is None):
        raise UsageError(
            "xlsx_write takes either `rows`, with or without `header`, or `sheets`", hint="give one of them"
        )
    given = sheets or [SheetData(name=_NAME, rows=rows or [], header=header or [])]
    made = sheets_of(given, dates=dates)
    content = workbook_bytes(made)
    context.writing.write(path, content, new=new)
    sizes = [{"name": sheet.name, "rows": len(sheet.rows), "columns": sheet.columns} for sheet in made]
    return {"path": path, "bytes": len(content), "sheets": sizes}
