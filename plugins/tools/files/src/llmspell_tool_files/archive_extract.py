"""The tool `archive_extract`: what is in an archive becomes files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.files import Files
from llmspell.files.writing import Writing
from llmspell.tools import Example, tool
from llmspell_tool_files.archives import read_archive
from llmspell_tool_files.arguments import Glob, Path
from llmspell_tool_files.expansion import most_expanded, too_large
from llmspell_tool_files.folders import make_folders
from llmspell_tool_files.globs import matcher
from llmspell_tool_files.members import Archive, Member, check_members
from llmspell_tool_files.written import telling

_SHOWN = 1000


@tool(
    category="files",
    tags=("zip", "tar", "unpack", "decompress"),
    needs=("fs.read", "fs.write"),
    timeout=180.0,
    examples=(Example({"path": "release.zip", "destination": "release"}, "all that is in an archive, into a folder"),),
)
def archive_extract(
    path: Path, destination: Path, context: Context, glob: Glob = "**", overwrite: bool = False
) -> dict[str, Any]:
    """Extracts a zip or tar archive (also tar.gz, tar.bz2 and tar.xz) into a folder, and nowhere else.

    All is checked and expanded before the first file is written. Links, devices, absolute paths, paths that lead out
    of the folder, encrypted files and bombs are refused, and nothing is written then.

    Args:
        path: the archive, relative to the project folder.
        destination: the folder that it is extracted into; it is made if it is missing.
        glob: extract only what fits, such as "*.md" or "docs/**".
        overwrite: replace files that are there; without, one of them is enough for nothing to be written.
        context: what the call may use.
    """
    archive = read_archive(context.files, path)
    wanted = _wanted(archive, path, glob)
    check_members(wanted, path)
    if sum(member.size for member in wanted) > most_expanded(archive.packed):
        raise too_large(path, archive.packed)
    contents = {member.path: member.read() for member in wanted if member.kind == "file"}
    make_folders(context.writing, destination)
    inside = context.writing.within(destination)
    if not overwrite:
        _check_free(context.files.within(inside.roots[0], follow=False), contents, destination)
    folders = _make_folders(inside, wanted)
    _write(inside, contents, new=not overwrite)
    return {
        "path": path,
        "destination": destination,
        "files": list(contents)[:_SHOWN],
        "file_count": len(contents),
        "folder_count": folders,
        "bytes": sum(map(len, contents.values())),
        "truncated": len(contents) > _SHOWN,
    }


def _wanted(archive: Archive, path: str, glob: str) -> list[Member]:
    fits = matcher(glob)
    wanted = [member for member in archive.members if fits(member.path)]
    if not wanted:
        raise UsageError(
            f"{path!r} has nothing that fits {glob!r}" if archive.members else f"{path!r} is empty",
            kind="not_found",
            hint="archive_list shows what it has",
        )
    return wanted


def _check_free(files: Files, paths: Iterable[str], destination: str) -> None:
    for path in paths:
        if files.look(path, follow=False) is not None:
            message = f"{path!r} exists already in {destination!r}; nothing was extracted"
            raise UsageError(message, kind="conflict", hint="pass overwrite=true, or choose another destination")


def _make_folders(inside: Writing, wanted: Iterable[Member]) -> int:
    """Make the folders that there are in the archive, and those that its files are in; how many these are."""
    folders = set[str]()
    for member in wanted:
        path = member.path if member.kind == "folder" else member.path.rpartition("/")[0]
        while path and path not in folders:
            folders.add(path)
            path = path.rpartition("/")[0]
    for folder in sorted(folders):  # a folder before those in it
        inside.make_folder(folder)
    return len(folders)


def _write(inside: Writing, contents: dict[str, bytes], *, new: bool) -> None:
    done: list[str] = []
    with telling(done, "written"):
        for path, content in contents.items():
            inside.write(path, content, new=new)
            done.append(path)
