"""Values in memory, each as the JSON text that it is copied from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import attrs

from llmspell.errors import BudgetExceeded
from llmspell.state.conflicts import Overtaken
from llmspell.store import Change, Delete, Put
from llmspell.stores import encode


@attrs.frozen
class Cell:
    """One value: its JSON text, its version, and seconds since 1970 after which it is gone, None for never."""

    text: str
    version: int
    expires: float | None = None


class Cells:
    """Values by key.

    Args:
        room: bytes that all values may take together.
        clock: seconds since 1970.
    """

    def __init__(self, room: int, clock: Callable[[], float] = time.time) -> None:
        self.room = room
        self.clock = clock
        self._cells: dict[str, Cell] = {}
        self._shared = False  # with copies, until one of them is changed
        self._bytes = 0
        self._version = 0  # of the last change: one count for all keys, so that no version comes twice

    def get(self, key: str) -> Cell | None:
        """What a key has; None when it is not set, or has expired."""
        cell = self._cells.get(key)
        if cell is None or cell.expires is None or cell.expires > self.clock():
            return cell
        self._remove(key)
        return None

    def keys(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        return sorted(key for key in list(self._cells) if key.startswith(prefix) and self.get(key))

    def copy(self) -> Cells:
        """The same values, to be changed apart from these."""
        twin = Cells(self.room, self.clock)
        twin._cells, twin._bytes, twin._version = self._cells, self._bytes, self._version
        self._shared = twin._shared = True
        return twin

    def change(self, changes: Sequence[Change]) -> None:
        """Make all changes, or none.

        Raises:
            Overtaken: a version is not what it must have been.
            UsageError: a value cannot be kept.
            BudgetExceeded: there is no room.
        """
        texts = {change.key: self._encoded(change) for change in changes if isinstance(change, Put)}
        for change in changes:
            found = self.get(change.key)
            if change.version is not None and change.version != (found.version if found else 0):
                raise Overtaken(f"the state key {change.key!r} has changed meanwhile", retryable=True)
        self._make_room(changes, texts)
        for change in changes:
            match change:
                case Put():
                    self._put(change, texts[change.key])
                case Delete():
                    self._remove(change.key)

    def _encoded(self, change: Put) -> str:
        return encode(f"the value of the state key {change.key!r}", change.value)

    def _make_room(self, changes: Sequence[Change], texts: dict[str, str]) -> None:
        replaced = {change.key for change in changes if isinstance(change, Put | Delete)}
        old = sum(len(self._cells[key].text) for key in replaced if key in self._cells)
        more = sum(map(len, texts.values())) - old
        if more > 0 and self._bytes + more > self.room:
            self._purge()
        if more > 0 and self._bytes + more > self.room:
            raise BudgetExceeded("state_bytes", self.room, unit="bytes", setting="limits.state_bytes")

    def _purge(self) -> None:
        for key in list(self._cells):
            self.get(key)

    def _put(self, change: Put, text: str) -> None:
        self._remove(change.key)
        self._version += 1
        expires = None if change.ttl is None else self.clock() + change.ttl
        self._own()[change.key] = Cell(text, self._version, expires)
        self._bytes += len(text)

    def _remove(self, key: str) -> None:
        if key in self._cells:
            self._bytes -= len(self._own().pop(key).text)

    def _own(self) -> dict[str, Cell]:
        """The values, for changing them: many copies are made, and few are changed."""
        if self._shared:
            self._cells = dict(self._cells)
            self._shared = False
        return self._cells
