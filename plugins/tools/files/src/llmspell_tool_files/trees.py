"""Whole folders: what is in one, copying it, and deleting it."""

from __future__ import annotations

import attrs

from llmspell.context import Context
from llmspell.errors import PermissionDenied, UsageError
from llmspell.files import Files
from llmspell.files.writing import Writing
from llmspell_tool_files.folders import make_folders
from llmspell_tool_files.places import ANOTHER
from llmspell_tool_files.tree import Tree
from llmspell_tool_files.written import telling

MOST = 10_000
_TOLD = 100  # files between two events


@attrs.frozen
class Contents:
    """What is in a folder, as paths from there; a folder comes before what is in it."""

    folders: tuple[str, ...]
    files: tuple[str, ...]
    links: tuple[str, ...]


def contents(files: Files, path: str) -> Contents:
    """What is in a folder, which must be all of it.

    Args:
        files: what may be read, narrowed to the folder.
        path: what the folder is called, for messages.

    Raises:
        UsageError: there is too much in it.
        PermissionDenied: something in it may not be read, or is neither file, folder nor link.
    """
    found: dict[str, list[str]] = {"folder": [], "file": [], "link": []}
    tree = Tree(files)
    for number, each in enumerate(tree):
        if number == MOST:
            raise UsageError(f"{path!r} has more than {MOST} files and folders in it", hint="do it folder by folder")
        if each.seen.kind == "other":
            raise PermissionDenied(f"{each.path!r} in {path!r} is neither a file nor a folder")
        found[each.seen.kind].append(each.path)
    if tree.cut:
        raise UsageError(f"{path!r} is too much: {tree.cut}", hint="do it folder by folder")
    if tree.skipped:
        raise PermissionDenied(f"not all of {path!r} can be read: {tree.skipped[0]}")
    return Contents(tuple(found["folder"]), tuple(found["file"]), tuple(found["link"]))


def copy_folder(context: Context, from_: Files, destination: str, what: Contents, *, overwrite: bool) -> int:
    """Copy what is in a folder into another one, which is made; how many bytes that are. Links are left out.

    Args:
        context: what the call may use.
        from_: what may be read, narrowed to the folder.
        destination: the other folder.
        what: what is in the folder.
        overwrite: whether files that are there are replaced.

    Raises:
        LlmspellError: something cannot be read or written; it tells what was copied before.
    """
    make_folders(context.writing, destination)
    to = context.writing.within(destination)
    real, goal = from_.roots[0], to.roots[0]
    if real.is_relative_to(goal) or goal.is_relative_to(real):  # by way of links
        raise UsageError(f"{destination!r} and what is copied: one is inside the other", hint=ANOTHER)
    for folder in what.folders:
        to.make_folder(folder)
    size, done = 0, list[str]()
    with telling(done, "copied"):
        for number, file in enumerate(what.files):
            if number % _TOLD == 0:
                context.progress(file, number, len(what.files))
            size += to.copy(file, file, new=not overwrite, source=from_)
            done.append(file)
    return size


def deletable(context: Context, folder: str) -> tuple[Files, Writing]:
    """A folder that may be deleted, to read and to write what is in it; a link is none.

    Raises:
        PermissionDenied: it may not be read or written, or it is where what the run was granted begins.
        UsageError: it is no folder.
    """
    inside = context.writing.within(folder, follow=False)
    if inside.roots[0] in context.writing.roots:
        raise PermissionDenied(f"{folder!r} may not be deleted: it is what the run was granted")
    return context.files.within(inside.roots[0], follow=False), inside


def delete_folder(context: Context, inside: Writing, what: Contents) -> None:
    """Delete what was found in a folder, and the folder, which must have nothing else by then.

    Args:
        context: what the call may use.
        inside: what may be written, narrowed to the folder.
        what: what is in the folder.

    Raises:
        LlmspellError: something cannot be deleted; it tells what was deleted before.
    """
    done: list[str] = []
    with telling(done, "deleted"):
        for each in (*what.files, *what.links, *reversed(what.folders)):
            inside.remove(each)
            done.append(each)
        context.writing.remove(inside.roots[0])
