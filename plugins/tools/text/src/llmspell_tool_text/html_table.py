"""A table of HTML, as it comes, and as Markdown."""

from __future__ import annotations

import attrs

MOST_COLUMNS = 100


@attrs.define
class Table:
    """Rows of cells.

    Attributes:
        most: characters that its cells may have together.
        depth: 1, and one more for each table in it that is open; the text of those stands in one cell of this.
        full: whether something was left out.
    """

    most: int
    depth: int = 1
    full: bool = False
    _rows: list[list[list[str]]] = attrs.field(factory=list, init=False)
    _size: int = attrs.field(default=0, init=False)

    def add_row(self) -> None:
        """Begin a row."""
        self._rows.append([])

    def add_cell(self) -> None:
        """Begin a cell; what is beyond the last column stands in that one."""
        if not self._rows:
            self.add_row()
        if len(self._rows[-1]) < MOST_COLUMNS:
            self._rows[-1].append([])

    def put(self, text: str) -> None:
        """Add to the last cell; what comes before the first one of a row is a cell of its own."""
        self._size += len(text)
        if self._size > self.most:
            self.full = True
        elif text:
            if not (self._rows and self._rows[-1]):
                self.add_cell()
            self._rows[-1][-1].append(text)

    def markdown(self) -> str:
        """The first row as the header, as it must be in Markdown; later rows need not have all columns."""
        rows = [[" ".join(cell) for cell in row] for row in self._rows if any(row)]
        if not rows:
            return ""
        columns = max(map(len, rows))
        head = [*rows[0], *[""] * (columns - len(rows[0]))]
        return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * columns, *rows[1:]])
