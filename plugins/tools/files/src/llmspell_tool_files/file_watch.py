"""The tool `file_watch`: what changes in a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath
from time import monotonic
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.files import Files
from llmspell.threads import in_thread
from llmspell.tools import Example, tool
from llmspell_tool_files.arguments import Glob, Path
from llmspell_tool_files.globs import matcher
from llmspell_tool_files.tree import Tree, joined

_MOST = 10_000
Snapshot = dict[str, tuple[str, int, float]]


@tool(
    category="files",
    tags=("changes", "wait", "poll"),
    needs=("fs.read",),
    timeout=330.0,
    examples=(Example({"path": "inbox", "seconds": 2}, "the first thing that changes in a folder"),),
)
async def file_watch(
    path: Path,
    context: Context,
    *,
    seconds: Annotated[float, {"minimum": 0, "maximum": 300}] = 30,
    max_changes: Annotated[int, {"minimum": 1, "maximum": 1000}] = 1,
    interval: Annotated[float, {"minimum": 0.05, "maximum": 60}] = 0.5,
    recursive: bool = True,
    glob: Glob = "**",
) -> dict[str, Any]:
    """Waits until files are created, modified or deleted, or the time is over, and tells which.

    It looks again and again, so what comes and goes between two looks is not seen.

    Args:
        path: a file, which need not exist yet, or a folder of at most 10,000 entries.
        seconds: how long it waits.
        max_changes: it waits for so many changes; one look may find more, which are all told, up to 1000.
        interval: seconds between two looks.
        recursive: watch folders in the folder, too.
        glob: watch only what fits, such as "*.md".
        context: what the call may use.
    """
    look = partial(in_thread, _snapshot, context.files, path, recursive, matcher(glob))
    started, changes = monotonic(), list[dict[str, str]]()
    before = await look()
    while len(changes) < max_changes and (left := started + seconds - monotonic()) > 0:
        await asyncio.sleep(min(interval, left))
        after = await look()
        found = _changes(before, after)
        changes, before = changes + found, after
        if found:
            context.progress(_told(found), len(changes), max_changes)
    return {
        "changes": changes[:1000],
        "timed_out": len(changes) < max_changes,
        "waited_seconds": round(monotonic() - started, 3),
        "truncated": len(changes) > 1000,
    }


def _snapshot(files: Files, path: str, recursive: bool, fits: Callable[[str], bool]) -> Snapshot:
    seen = files.look(path)
    if seen is None:
        return {}
    if seen.kind != "folder":
        return {path: (seen.kind, seen.size, seen.modified)} if fits(PurePosixPath(path).name) else {}
    tree, found = Tree(files, path, recursive=recursive), Snapshot()
    for number, each in enumerate(tree):
        if number == _MOST:
            raise UsageError(f"{path!r} has more than {_MOST} entries", hint="watch a folder in it")
        if fits(each.path):
            # A folder changes when something in it comes or goes, which is told already.
            state = (0, 0.0) if each.seen.kind == "folder" else (each.seen.size, each.seen.modified)
            found[joined(path, each.path)] = (each.seen.kind, *state)
    if tree.cut:
        raise UsageError(f"{path!r} cannot be watched: {tree.cut}", hint="watch a folder in it")
    return found


def _told(changes: list[dict[str, str]]) -> str:
    more = f", and {len(changes) - 1} more changes" if changes[1:] else ""
    return f"{changes[0]['path']} was {changes[0]['change']}{more}"


def _changes(before: Snapshot, after: Snapshot) -> list[dict[str, str]]:
    found = dict.fromkeys(after.keys() - before.keys(), "created")
    found |= dict.fromkeys(before.keys() - after.keys(), "deleted")
    found |= {name: "modified" for name in after.keys() & before.keys() if after[name] != before[name]}
    return [{"path": name, "change": found[name]} for name in sorted(found)]
