"""What is installed, read from package metadata without importing any plugin."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

KINDS = ("agent", "engine", "hook", "provider", "store", "tool")
_EXTENSIONS = "llmspell.extensions"


class Entry:
    """One name that one distribution offers; `distribution` and `version` are read from its metadata on demand."""

    __slots__ = ("_point", "kind", "module", "name")

    def __init__(self, kind: str, point: EntryPoint) -> None:
        self.kind = kind
        self.name = point.name
        self.module = point.value
        self._point = point

    def __repr__(self) -> str:
        return f"Entry({self.kind} {self.name} = {self.module})"

    @property
    def distribution(self) -> str:
        """The distribution's name, or `(unknown)` where its metadata does not tell."""
        return _field(self._point.dist, "Name") or "(unknown)"

    @property
    def version(self) -> str:
        """The distribution's version; empty where its metadata does not tell."""
        return _field(self._point.dist, "Version")


def installed() -> tuple[Entry, ...]:
    """Every entry of every kind, and the file extensions (kind `extension`), sorted by kind, name and module."""
    groups = {f"llmspell.{kind}s": kind for kind in KINDS} | {_EXTENSIONS: "extension"}
    found = [Entry(groups[point.group], point) for point in _points(groups)]
    return tuple(sorted(found, key=lambda entry: (entry.kind, entry.name, entry.module)))


def _points(groups: Iterable[str]) -> Iterator[EntryPoint]:
    from importlib.metadata import entry_points

    try:
        everything = entry_points()
    except Exception:  # one distribution's metadata is damaged, and it must not stop the others
        yield from (point for point in _readable() if point.group in groups)
    else:
        for group in groups:
            yield from everything.select(group=group)


def _readable() -> Iterator[EntryPoint]:
    """The entry points of every distribution that can be read, with a warning about each that cannot."""
    from importlib.metadata import distributions

    seen: set[str] = set()
    for dist in distributions():
        name = _field(dist, "Name")
        if name and name in seen:
            continue  # the first on the path hides the others, as it does for imports
        seen.add(name)
        try:
            yield from dist.entry_points
        except Exception as cause:
            who = f"{name or '(unknown)'} in {dist.locate_file('')}"
            warnings.warn(f"the entry points of {who} cannot be read: {cause}", stacklevel=4)


def _field(dist: Distribution | None, field: str) -> str:
    # Without this look, a distribution that lost its METADATA file fails, differently in each Python.
    if dist is None or not (dist.read_text("METADATA") or dist.read_text("PKG-INFO")):
        return ""
    return dist.metadata[field] or ""
