"""Values by namespace and key, with their versions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence

import attrs

from llmspell.store import VERSION_KEPT, Change, Check, Delete, Entry, Put
from llmspell.stores import changed_meanwhile, check_changes
from llmspell.values import loads

_PURGE_EVERY = 1000  # writes


@attrs.frozen
class _Cell:
    """What a key has: JSON text, or None once it was deleted; it counts until `expires`."""

    text: str | None
    version: int
    expires: float | None


class Entries:
    """All values of a store; what was deleted or has expired stays for a while, for its version.

    Args:
        store: the store's name, for errors.
        clock: seconds since 1970.
    """

    def __init__(self, store: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._cells: dict[str, dict[str, _Cell]] = {}
        self._keys: dict[str, list[str]] = {}  # of each namespace, sorted
        self._writes = 0

    def get(self, namespace: str, key: str) -> Entry | None:
        """The value of a key; None when it is not set."""
        cell = self._cells.get(namespace, {}).get(key)
        if cell is None or not self._counts(cell):
            return None
        assert cell.text is not None  # else it would not count
        return Entry(key, loads(cell.text), cell.version, cell.expires)

    def scan(self, namespace: str, prefix: str, after: str | None, limit: int) -> list[Entry]:
        """The entries that start with a prefix and come after a key, sorted by key."""
        keys = self._keys.get(namespace, [])
        begin = bisect_left(keys, prefix)
        if after is not None:
            begin = max(begin, bisect_right(keys, after))
        found: list[Entry] = []
        for index in range(begin, len(keys)):
            if len(found) == limit or not keys[index].startswith(prefix):
                break
            if entry := self.get(namespace, keys[index]):
                found.append(entry)
        return found

    def namespaces(self) -> list[str]:
        """Those that have a value, sorted."""
        return sorted(name for name, cells in self._cells.items() if any(map(self._counts, cells.values())))

    def write(self, namespace: str, changes: Sequence[Change]) -> list[int]:
        """Make all changes, or none; the new version of each."""
        texts = check_changes(namespace, changes)
        for change in changes:
            self._check(namespace, change)
        self._writes += 1
        if self._writes % _PURGE_EVERY == 0:
            self._purge()
        return [self._change(namespace, change, text) for change, text in zip(changes, texts, strict=True)]

    def _check(self, namespace: str, change: Change) -> None:
        entry = self.get(namespace, change.key)
        found = entry.version if entry else 0
        if change.version is not None and change.version != found:
            raise changed_meanwhile(self._store, change.key, change.version, found)

    def _change(self, namespace: str, change: Change, text: str | None) -> int:
        old = self._cells.get(namespace, {}).get(change.key)
        match change:
            case Put():
                expires = None if change.ttl is None else self._clock() + change.ttl
                self._keep(namespace, change.key, _Cell(text, old.version + 1 if old else 1, expires))
                return old.version + 1 if old else 1
            case Delete() if old is not None and self._counts(old):
                self._keep(namespace, change.key, _Cell(None, old.version, self._clock()))
            case Check():
                return change.version
        return 0

    def _keep(self, namespace: str, key: str, cell: _Cell) -> None:
        cells = self._cells.setdefault(namespace, {})
        if key not in cells:
            insort(self._keys.setdefault(namespace, []), key)
        cells[key] = cell

    def _counts(self, cell: _Cell) -> bool:
        return cell.text is not None and (cell.expires is None or cell.expires > self._clock())

    def _purge(self) -> None:
        """Forget the versions of what has been gone for long."""
        for namespace, key in list(self._long_gone()):
            del self._cells[namespace][key]
            self._keys[namespace].remove(key)
            if not self._cells[namespace]:
                del self._cells[namespace], self._keys[namespace]

    def _long_gone(self) -> Iterator[tuple[str, str]]:
        end = self._clock() - VERSION_KEPT
        for namespace, cells in self._cells.items():
            for key, cell in cells.items():
                if cell.expires is not None and cell.expires <= end:
                    yield namespace, key
