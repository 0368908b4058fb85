"""The Python files of a project's `tools/` folder.

They are read once, together with the configuration: what the user trusts is what was read, and nothing else is ever
imported, whatever becomes of the files meanwhile.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import attrs

FOLDER = "tools"
LARGEST = 1 << 20
"""Bytes of one file."""
MOST = 1000
"""Python files of the folder; one with more holds something else."""


@attrs.frozen
class ToolFile:
    """One file.

    Attributes:
        name: how people know it: `tools/shout.py`.
        path: where it is, absolute.
        content: what it says; empty where it cannot be read.
        problem: why it cannot be read; empty where it can.
    """

    name: str
    path: Path
    content: bytes = attrs.field(default=b"", repr=False)
    problem: str = ""


def read_tool_files(project: Path) -> tuple[ToolFile, ...]:
    """The files of a project that may hold tools, sorted.

    Those are the ones that mention llmspell: a folder of this name often has other programs in it. What begins with
    an underscore or a dot is left alone.
    """
    folder = project / FOLDER
    if not folder.is_dir():
        return ()
    return tuple(_files(folder))


def _files(folder: Path) -> Iterator[ToolFile]:
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".py" and path.name[0] not in "._")
    except OSError as error:
        yield ToolFile(FOLDER, folder, problem=f"it cannot be listed: {error.strerror or error}")
        return
    if len(names) > MOST:
        yield ToolFile(FOLDER, folder, problem=f"it has {len(names)} Python files, and at most {MOST} are looked at")
        return
    for name in names:
        file = _read(folder / name)
        if file.problem or b"llmspell" in file.content:
            yield file


def _read(path: Path) -> ToolFile:
    name = f"{FOLDER}/{path.name}"
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe could wait for ever
            return ToolFile(name, path, problem="it is not a regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return ToolFile(name, path, problem=f"it cannot be read: {error.strerror or error}")
    if len(content) > LARGEST:
        return ToolFile(name, path, problem=f"it has more than {LARGEST} bytes")
    return ToolFile(name, path, content)
