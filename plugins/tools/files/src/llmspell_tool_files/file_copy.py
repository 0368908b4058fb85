"""The tool `file_copy`: a file or a folder once more."""

from __future__ import annotations

from typing import Any

from llmspell.context import Context
from llmspell.errors import PermissionDenied, UsageError
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Path
from llmspell_tool_files.places import check_ways, kind_of
from llmspell_tool_files.trees import contents, copy_folder
from llmspell_tool_files.written import with_parents


@tool(
    category="files",
    tags=("duplicate", "backup"),
    needs=("fs.read", "fs.write"),
    timeout=120.0,
    examples=(Example({"source": "report.md", "destination": "report.bak.md"}, "a copy beside a file"),),
)
def file_copy(
    source: Path,
    destination: Path,
    context: Context,
    *,
    recursive: bool = False,
    parents: bool = False,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Copies a file, or with recursive a folder and all in it, to another path.

    Permissions are those of new files. Links in a folder are left out, and named in `skipped_links`.

    Args:
        source: what is copied, relative to the project folder; a link is followed.
        destination: the path of the copy itself, not of a folder to put it in.
        recursive: true is needed for a folder, of at most 10,000 files and folders.
        parents: make the folders of the destination that are missing.
        overwrite: replace files that are there; a folder that is there is added to then.
        context: what the call may use.
    """
    match kind_of(context.files, source):
        case "file":
            return _copy_file(context, source, destination, parents=parents, overwrite=overwrite)
        case "folder" if recursive:
            check_ways(context.files, source, destination, parents=parents, overwrite=overwrite)
            from_ = context.files.within(source)
            what = contents(from_, source)
            size = copy_folder(context, from_, destination, what, overwrite=overwrite)
            return _answer(source, destination, len(what.files), size, what.links)
        case "folder":
            raise UsageError(f"{source!r} is a folder", hint="pass recursive=true to copy it and all in it")
    raise PermissionDenied(f"{source!r} may not be copied: it is not a regular file")


def _copy_file(context: Context, source: str, destination: str, *, parents: bool, overwrite: bool) -> dict[str, Any]:
    writing, sizes = context.writing, list[int]()

    def copy() -> None:
        sizes.append(writing.copy(source, destination, new=not overwrite))

    with_parents(writing, destination, parents, copy)
    return _answer(source, destination, 1, sizes[0])


def _answer(source: str, destination: str, files: int, size: int, links: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "source": source,
        "destination": destination,
        "files": files,
        "bytes": size,
        "skipped_links": list(links),
    }
