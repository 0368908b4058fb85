"""Whatever is swapped while a tool works, nothing outside of where it works is touched."""

from __future__ import annotations

import ctypes
import os
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llmspell.errors import LlmspellError
from llmspell.testing.bench import Bench

ROUNDS = 25
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux

pytestmark = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "renameat2"), reason="no two files can be exchanged")


@contextmanager
def swapping(victim: Path, trap: Path) -> Iterator[None]:
    """While this lasts, the two take each other's places again and again; at no time is nothing there."""
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            exchange(victim, trap)

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        yield
    finally:
        done.set()
        swapper.join()
        if victim.is_symlink():
            exchange(victim, trap)


def exchange(one: Path, other: Path) -> None:
    """Both get the other's name at once, unless one is gone."""
    ctypes.CDLL(None).renameat2(_HERE, bytes(one), _HERE, bytes(other), _EXCHANGE)


async def outcomes(bench: Bench, name: str, arguments: dict[str, object], rounds: int = ROUNDS) -> set[str]:
    """What happens, many times: `done`, or the kind of an error."""
    found: set[str] = set()
    for _ in range(rounds):
        try:
            await bench.call(name, arguments)
            found.add("done")
        except LlmspellError as error:
            found.add(error.kind)
    assert "internal" not in found
    return found


@pytest.fixture
def precious(project: Path, outside: Path) -> Path:
    """A granted folder with files of the names that the tools work with elsewhere; so has the folder outside."""
    folder = project / "precious"
    folder.mkdir()
    for each in (folder, outside):
        for number in range(20):
            (each / f"{number}").write_text("precious")
    return folder


def texts(folder: Path) -> set[str]:
    """What the files of a folder have, if it is there."""
    return {path.read_text() for path in folder.glob("*")}


def intact(*folders: Path) -> bool:
    """Whether the folders are as they were."""
    names = {f"{number}" for number in range(20)} | {"secret.txt"}
    return all(
        set(os.listdir(folder)) | {"secret.txt"} == names
        and all((folder / f"{number}").read_text() == "precious" for number in range(20))
        for folder in folders
    )


@pytest.mark.parametrize("where", ["outside", "precious"])
async def test_an_archive_is_extracted_nowhere_else(
    bench: Bench, project: Path, outside: Path, precious: Path, *, where: str
) -> None:
    with zipfile.ZipFile(project / "a.zip", "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}", "evil")
    (project / "out").mkdir()
    (project / "trap").symlink_to(outside if where == "outside" else precious)
    with swapping(project / "out", project / "trap"):
        arguments: dict[str, object] = {"path": "a.zip", "destination": "out", "overwrite": True}
        found = await outcomes(bench, "archive_extract", arguments)
    assert intact(outside)
    # A link that stands there when the extraction begins is followed, as far as was granted; half of the files here
    # and half there is what must not be.
    found_there = texts(precious)
    assert found_there in ({"precious"}, {"evil"})
    assert len(found) > 1, "the race never happened"


async def test_a_folder_in_the_destination_that_is_swapped_leads_nowhere_else(
    bench: Bench, project: Path, outside: Path, precious: Path
) -> None:
    with zipfile.ZipFile(project / "a.zip", "w") as archive:
        for number in range(20):
            archive.writestr(f"sub/{number}", "evil")
    (project / "out" / "sub").mkdir(parents=True)
    for target in (outside, precious):
        (project / "out" / "trap").symlink_to(target)
        with swapping(project / "out" / "sub", project / "out" / "trap"):
            await outcomes(bench, "archive_extract", {"path": "a.zip", "destination": "out", "overwrite": True})
        (project / "out" / "trap").unlink()
        assert intact(outside, precious)


@pytest.mark.parametrize("where", ["outside", "precious"])
async def test_a_folder_in_one_that_is_deleted_takes_nothing_else_with_it(
    bench: Bench, project: Path, outside: Path, precious: Path, *, where: str
) -> None:
    found: set[str] = set()
    for each in range(ROUNDS):
        folder, trap = project / "docs" / f"{each}" / "folder", project / "docs" / f"{each}" / "trap"
        folder.mkdir(parents=True)
        for number in range(20):
            (folder / f"{number}").write_text("mine")
        trap.symlink_to(outside if where == "outside" else precious)
        with swapping(folder, trap):
            found |= await outcomes(bench, "file_delete", {"path": f"docs/{each}/folder", "recursive": True}, 1)
    assert intact(outside, precious)
    assert len(found) > 1, "the race never happened"


@pytest.mark.parametrize("tool", ["file_copy", "file_move"])
@pytest.mark.parametrize("where", ["source", "destination"])
async def test_a_file_is_copied_and_moved_from_and_to_nowhere_else(
    bench: Bench, outside: Path, precious: Path, tool: str, where: str
) -> None:
    project = precious.parent
    (project / "from").mkdir()
    (project / "to").mkdir()
    (project / "trap").symlink_to(outside)
    victim = project / ("from" if where == "source" else "to")
    arguments: dict[str, object] = {"source": "from/1", "destination": "to/1", "overwrite": True}
    found: set[str] = set()
    for _ in range(ROUNDS):
        (project / "from" / "1").write_text("mine")
        with swapping(victim, project / "trap"):
            found |= await outcomes(bench, tool, arguments, 4)
    assert intact(outside, precious)
    assert texts(project / "to") <= {"mine"}
    assert len(found) > 1, "the race never happened"


async def test_a_folder_is_copied_from_nowhere_else(bench: Bench, project: Path, outside: Path, precious: Path) -> None:
    (project / "from").mkdir()
    for number in range(20):
        (project / "from" / f"{number}").write_text("mine")
    (project / "trap").symlink_to(outside)
    with swapping(project / "from", project / "trap"):
        arguments: dict[str, object] = {"source": "from", "destination": "to", "recursive": True, "overwrite": True}
        found = await outcomes(bench, "file_copy", arguments)
    assert texts(project / "to") <= {"mine"}
    assert intact(outside, precious)
    assert found
