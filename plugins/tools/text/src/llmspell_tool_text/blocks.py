"""Blocks of text, one below another, in quotations and lists: what Markdown and plain text have in common."""

from __future__ import annotations

from typing import Literal

import attrs

DEEPEST = 32
"""How many quotations, lists and items may stand in one another; what is deeper stands in the last of them."""

_MARKERS = {False: ("-", "*"), True: (".", ")")}


@attrs.define
class _Container:
    """A quotation, a list, or an item.

    `marker` is a list's bullet or what follows its numbers, and what an item has yet to begin with.
    """

    kind: Literal["quote", "list", "item"]
    marker: str = ""
    indent: int = 0
    number: int | None = None
    items: int = 0


class Blocks:
    """Blocks, each written below the one before.

    Args:
        most: characters that are written; the block that would be too much is left out, and all that follow.
        quote: what each line of a quotation begins with.
    """

    def __init__(self, most: int, *, quote: str = "> ") -> None:
        self.truncated = False
        self._most = most
        self._quote = quote
        self._written: list[str] = []
        self._size = 0
        self._stack: list[_Container] = []
        self._deeper = 0
        self._shared = 0  # how many containers are those of the block before
        self._closed: tuple[int, str] | None = None  # depth and marker of the list that ended just now

    def open_quote(self) -> None:
        """What follows is quoted."""
        self._open(_Container("quote"))

    def open_list(self, start: int | None = None) -> None:
        """Items follow, numbered from `start` on; with bullets when it is None."""
        first, other = _MARKERS[start is not None]
        here = (len(self._stack), first)
        self._open(_Container("list", other if self._closed == here else first, number=start))

    def open_item(self) -> None:
        """What follows is an item; one that is open in this list ends."""
        self.close_item()
        holder = self._stack[-1] if self._stack and self._stack[-1].kind == "list" else None
        number = None if holder is None else holder.number
        ending = "-" if holder is None else holder.marker
        marker = f"{ending} " if number is None else f"{number}{ending} "
        if self._open(_Container("item", marker, len(marker))) and holder is not None:
            holder.items += 1
            holder.number = None if number is None else number + 1

    def close_item(self) -> None:
        """The item of the innermost list ends, if one is open."""
        if self._deeper:
            return
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index].kind == "list":
                return
            if self._stack[index].kind == "item":
                self._close(index)
                return

    def close(self, kind: Literal["quote", "list"]) -> None:
        """The innermost quotation or list ends, and all that is open in it."""
        if self._deeper:
            self._deeper -= 1
            return
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index].kind == kind:
                self._close(index)
                return

    def add(self, text: str) -> None:
        """Write one block; its lines have no empty one before or after them."""
        if self.truncated or not text:
            return
        separator, prefix = self._separator(), self._prefix(len(self._stack))
        size = len(separator) + len(text) + len(prefix) * (text.count("\n") + 1)
        if self._size + size > self._most:
            self.truncated = True
            if self._written:
                return
            text = text[: self._most // (len(prefix) + 1)]
        block = separator + self._indented(text, prefix)
        self._written.append(block)
        self._size += len(block)
        self._shared = len(self._stack)
        self._closed = None

    def text(self) -> str:
        """All blocks."""
        return "".join(self._written)

    def _open(self, container: _Container) -> bool:
        if self._deeper or len(self._stack) >= DEEPEST:
            self._deeper += container.kind != "item"
            return False
        self._stack.append(container)
        return True

    def _close(self, index: int) -> None:
        if self._stack[index].kind == "list" and self._stack[index].items:
            self._closed = (index, self._stack[index].marker)
        del self._stack[index:]
        self._shared = min(self._shared, index)

    def _separator(self) -> str:
        if not self._written:
            return ""
        waiting = [index for index, each in enumerate(self._stack) if each.kind == "item" and each.marker]
        if waiting and self._is_tight(waiting[0]):
            return "\n"
        return f"\n{self._prefix(self._shared).rstrip()}\n"

    def _is_tight(self, item: int) -> bool:
        """Whether an item follows right below: below another of its list, or below the text of the item it is in."""
        if item == 0 or self._stack[item - 1].kind != "list":
            return False
        return self._stack[item - 1].items > 1 or any(each.kind == "item" for each in self._stack[: item - 1])

    def _indented(self, text: str, rest: str) -> str:
        first = "".join(self._beginnings())
        head, *lines = text.split("\n")
        return "\n".join([first + head, *(rest + line if line else rest.rstrip() for line in lines)])

    def _beginnings(self) -> list[str]:
        """What the first line begins with; an item's marker is written once."""
        found = []
        for each in self._stack:
            if each.kind == "item":
                found.append(each.marker or " " * each.indent)
                each.marker = ""
            elif each.kind == "quote":
                found.append(self._quote)
        return found

    def _prefix(self, depth: int) -> str:
        return "".join(self._quote if each.kind == "quote" else " " * each.indent for each in self._stack[:depth])
