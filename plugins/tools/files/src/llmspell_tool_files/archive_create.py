"""The tool `archive_create`: files and folders become an archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import attrs

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.files import Files
from llmspell.files.reading import Seen
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path
from llmspell_tool_files.members import MOST_MEMBERS
from llmspell_tool_files.packing import Packed, packed
from llmspell_tool_files.tree import Tree

_MOST_BYTES = 64 << 20
Format = Literal["auto", "zip", "tar", "tar.gz"]


@tool(
    category="files",
    tags=("zip", "tar", "pack", "compress"),
    needs=("fs.read", "fs.write"),
    timeout=180.0,
    examples=(Example({"sources": ["docs", "README.md"], "destination": "docs.zip"}, "a folder and a file in a zip"),),
)
def archive_create(
    sources: Annotated[list[Path], {"minItems": 1, "maxItems": 1000}],
    destination: Path,
    context: Context,
    format: Format = "auto",  # noqa: A002 it is what the argument is called
    overwrite: bool = False,
) -> dict[str, Any]:
    """Packs files and folders into a zip, tar or tar.gz archive.

    Each source is stored under its last name: "src/docs" becomes "docs/...", and "." what is in the project folder.
    Links are left out, and named in `skipped`.

    Args:
        sources: files and folders, relative to the project folder; 64 MiB and 10,000 entries together at most.
        destination: the archive; its name's end tells the format.
        format: what the name does not tell.
        overwrite: replace a file that is there.
        context: what the call may use.
    """
    made = _format_of(destination, format)
    gathering = _Gathering(context.files, PurePosixPath(destination))
    for source in sources:
        gathering.add(source)
    content = packed(gathering.found.values(), made)
    context.writing.write(destination, content, new=not overwrite)
    return {
        "path": destination,
        "format": made,
        "entry_count": len(gathering.found),
        "total_bytes": gathering.size,
        "size_bytes": len(content),
        "skipped": gathering.skipped,
    }


def _format_of(destination: str, wanted: Format) -> str:
    if wanted != "auto":
        return wanted
    ends = {".zip": "zip", ".tar": "tar", ".tar.gz": "tar.gz", ".tgz": "tar.gz"}
    for end, found in ends.items():
        if destination.lower().endswith(end):
            return found
    raise UsageError(f"{destination!r} does not tell the archive's format", hint='say format="zip", "tar" or "tar.gz"')


@attrs.define
class _Gathering:
    """What becomes the archive, by its name there, and how many bytes that are."""

    files: Files
    destination: PurePosixPath
    found: dict[str, Packed] = attrs.Factory(dict)
    skipped: list[str] = attrs.Factory(list)
    size: int = 0

    def add(self, source: str) -> None:
        """Add a file, or a folder with all in it.

        Raises:
            UsageError: there is no such source, or it is too much, or another has its name.
        """
        seen = self.files.look(source)
        if seen is None:
            raise UsageError(f"{source!r} does not exist", kind="not_found", hint="file_list tells what there is")
        name = PurePosixPath(source).name
        if name == "..":
            raise UsageError(f"{source!r} has no last name to be stored under", hint="name the folder")
        if seen.kind == "folder":
            self._add_folder(source, name, seen)
        else:
            self._add(name, source, self.files, seen)

    def _add_folder(self, source: str, name: str, seen: Seen) -> None:
        inside = self.files.within(source)
        if name:
            self._add(name, "", inside, seen)
        for path, each in self._below(source, inside):
            self._add(f"{name}/{path}" if name else path, path, inside, each)

    def _below(self, source: str, inside: Files) -> Iterator[tuple[str, Seen]]:
        tree = Tree(inside)
        for found in tree:
            if PurePosixPath(source, found.path) == self.destination:
                continue  # the archive is not put into itself
            if found.seen.kind in ("file", "folder"):
                yield found.path, found.seen
            else:
                self.skipped.append(f"{source}/{found.path}")
        if tree.cut or tree.skipped:
            raise UsageError(f"{source!r} cannot be packed whole: {tree.cut or tree.skipped[0]}")

    def _add(self, name: str, path: str, files: Files, seen: Seen) -> None:
        if name in self.found:
            raise UsageError(f"two sources would be stored as {name!r}", hint="pack the folder that both are in")
        if len(self.found) == MOST_MEMBERS:
            raise UsageError(f"there are more than {MOST_MEMBERS} files and folders to pack")
        if self.size + seen.size > _MOST_BYTES and seen.kind == "file":
            raise UsageError(f"there are more than {_MOST_BYTES} bytes to pack, with {path!r}")
        content = None if seen.kind == "folder" else files.read_bytes(path, _MOST_BYTES - self.size)
        self.size += len(content or b"")
        self.found[name] = Packed(name, content, seen.modified)
