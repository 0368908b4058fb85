"""Workflows as the text of a Mermaid diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from llmspell.workflow.outline import Box, Column, Outline

# `%%{init: ...}%%` is a directive to Mermaid wherever it stands, and what is between backquotes is markup.
_ENTITIES = str.maketrans(
    {"&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "%": "#37;", "`": "#96;"}
)


def mermaid(outlines: Sequence[Outline]) -> str:
    """One flowchart of all of them."""
    numbers = count(1)
    lines = ["flowchart TD"]
    for each in outlines:
        lines += _Drawing(numbers).flow(each, f"n{next(numbers)}", "  ")
    return "\n".join(lines) + "\n"


class _Drawing:
    """Numbers what is drawn; equal workflows are drawn with equal text."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers

    def flow(self, drawn: Outline, name: str, indent: str) -> Iterator[str]:
        """A workflow as a subgraph."""
        title = f"{drawn.title}: {drawn.again}" if drawn.again else drawn.title
        yield f"{indent}subgraph {name}[{_label(title)}]"
        yield f"{indent}  direction TB"
        for column in drawn.columns:
            yield from self._column(column, bool(drawn.again), indent + "  ")
        yield f"{indent}end"

    def _column(self, column: Column, again: bool, indent: str) -> Iterator[str]:
        previous = first = ""
        if column.label:
            previous = f"n{next(self._numbers)}"
            yield f"{indent}{previous}{{{_label(column.label)}}}"
        for box in column.boxes:
            name = f"n{next(self._numbers)}"
            yield from self._box(box, name, indent)
            if previous:
                yield f"{indent}{previous} --> {name}"
            first, previous = first or name, name
        if again and len(column.boxes) > 1:
            yield f"{indent}{previous} -.-> {first}"

    def _box(self, box: Box, name: str, indent: str) -> Iterator[str]:
        if box.inner is None:
            yield f"{indent}{name}[{_label(*box.lines)}]"
        else:
            yield from self.flow(box.inner, name, indent)


def _label(*lines: str) -> str:
    return '"' + "<br/>".join(map(_escaped, lines)) + '"'


def _escaped(line: str) -> str:
    """The line as text that is nothing else; a line end, or what else cannot be seen, becomes a space."""
    return "".join(character if character.isprintable() else " " for character in line).translate(_ENTITIES)
