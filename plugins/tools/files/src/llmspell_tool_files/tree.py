"""What stands below a folder, found one folder at a time, without following links, and never without end."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from llmspell.errors import LlmspellError
from llmspell.files import Files
from llmspell.files.reading import Seen
from llmspell_tool_files.deadline import Deadline

_DEEPEST = 100  # folders; guarded files go little further
_MOST = 100_000  # names looked at, wanted or not
_SECONDS = 20.0


@attrs.frozen
class Found:
    """Something below a folder: its path from there, with `/` between names, and what it is."""

    path: str
    seen: Seen


class Tree:
    """All that may be read below a folder, sorted by name within each folder; a folder comes before what is in it.

    Args:
        files: what may be read.
        folder: where it begins.
        recursive: whether folders in the folder are entered.

    Attributes:
        cut: why there may be more than was found: it was too much, too deep, or took too long; empty if not.
        skipped: the folders that could not be listed, each with the reason.
    """

    def __init__(self, files: Files, folder: str = ".", *, recursive: bool = True) -> None:
        self.cut = ""
        self.skipped: list[str] = []
        self._files = files
        self._folder = folder
        self._recursive = recursive
        self._deadline = Deadline(_SECONDS)
        self._count = 0

    def __iter__(self) -> Iterator[Found]:
        """Begin; what goes wrong with the folder itself is raised, what goes wrong further down is skipped."""
        waiting = [self._entries("")]
        while waiting:
            found = next(waiting[-1], None)
            if found is None:
                waiting.pop()
                continue
            if self._is_too_much():
                return
            yield found
            if found.seen.kind == "folder" and self._recursive:
                if len(waiting) >= _DEEPEST:
                    self.cut = f"folders more than {_DEEPEST} deep were not entered"
                    continue
                try:
                    waiting.append(self._entries(found.path))
                except LlmspellError as error:  # denied, or changed meanwhile
                    self.skipped.append(error.message)

    def _is_too_much(self) -> bool:
        self._count += 1
        if self._count > _MOST:
            self.cut = f"only the first {_MOST} names were looked at"
        elif self._deadline.passed:
            self.cut = f"only what was found within {_SECONDS:g} seconds was looked at"
        else:
            return False
        return True

    def _entries(self, path: str) -> Iterator[Found]:
        entries = self._files.entries(joined(self._folder, path))
        return iter([Found(joined(path, name), seen) for name, seen in entries.items()])


def joined(folder: str, path: str) -> str:
    """A path below a folder, as a tool takes it; the project folder itself is not named."""
    if not path:
        return folder
    return path if folder in ("", ".") else f"{folder.rstrip('/')}/{path}"
