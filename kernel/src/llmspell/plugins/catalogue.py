"""What is installed, read from package metadata without importing any plugin."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

KINDS = ("agent", "engine", "hook", "provider", "tool")
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
        """The distribution's name, or `(unknown)` for an entry point without one."""
        return self._point.dist.name if self._point.dist else "(unknown)"

    @property
    def version(self) -> str:
        """The distribution's version."""
        return self._point.dist.version if self._point.dist else ""


def installed() -> tuple[Entry, ...]:
    """Every entry of every kind, and the file extensions (kind `extension`), sorted by kind, name and module."""
    groups = {f"llmspell.{kind}s": kind for kind in KINDS} | {_EXTENSIONS: "extension"}
    everything = entry_points()
    found = [Entry(kind, point) for group, kind in groups.items() for point in everything.select(group=group)]
    return tuple(sorted(found, key=lambda entry: (entry.kind, entry.name, entry.module)))
