"""Moving files and folders."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract


class TestFileMove(ToolContract):
    name = "file_move"
    allow = {"fs.read": ["**"], "fs.write": ["**"]}
    good = ({"source": "a.txt", "destination": "a.txt", "overwrite": True},)
    bad = (
        {"source": "a.txt"},
        {"source": "gone", "destination": "b"},
        {"source": "a.txt", "destination": "folder"},
        {"source": "a.txt", "destination": "a.txt"},
        {"source": "a.txt", "destination": "../b"},
        {"source": "folder", "destination": "folder/inside"},
        {"source": ".", "destination": "inside"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.txt").write_text("a")
        (folder / "folder").mkdir()


async def test_a_file_gets_another_path(bench: Bench, project: Path) -> None:
    (project / "README.md").chmod(0o750)
    answer = await bench.call("file_move", {"source": "README.md", "destination": "docs/readme"})
    assert answer == {"source": "README.md", "destination": "docs/readme", "files": 1}
    assert (project / "docs" / "readme").read_text() == "read me\n"
    assert (project / "docs" / "readme").stat().st_mode & 0o777 == 0o750
    assert not (project / "README.md").exists()


async def test_a_file_that_is_there_is_replaced_only_when_that_is_wanted(bench: Bench, project: Path) -> None:
    arguments = {"source": "README.md", "destination": "docs/guide.md"}
    with pytest.raises(UsageError, match=r"'docs/guide.md' exists already"):
        await bench.call("file_move", arguments)
    assert (project / "docs" / "guide.md").read_text() == "guide\n"
    assert (project / "README.md").exists()
    await bench.call("file_move", {**arguments, "overwrite": True})
    assert (project / "docs" / "guide.md").read_text() == "read me\n"


async def test_missing_folders_are_made_when_that_is_wanted(bench: Bench, project: Path) -> None:
    arguments = {"source": "README.md", "destination": "a/b"}
    with pytest.raises(UsageError, match="'a/b' does not exist"):
        await bench.call("file_move", arguments)
    await bench.call("file_move", {**arguments, "parents": True})
    assert (project / "a" / "b").read_text() == "read me\n"


async def test_a_folder_moves_with_all_in_it(bench: Bench, project: Path) -> None:
    answer = await bench.call("file_move", {"source": "docs", "destination": "papers"})
    assert answer["files"] == 2
    assert not (project / "docs").exists()
    assert (project / "papers" / "sub" / "deep.txt").read_text() == "deep\n"
    with pytest.raises(UsageError, match="the folder 'a' does not exist") as caught:
        await bench.call("file_move", {"source": "papers", "destination": "a/b"})
    assert caught.value.hint == "pass parents=true to make it"
    await bench.call("file_move", {"source": "papers", "destination": "a/b", "parents": True})
    assert (project / "a" / "b" / "guide.md").read_text() == "guide\n"


async def test_a_folder_does_not_move_into_one_that_is_there_nor_into_itself(bench: Bench, project: Path) -> None:
    (project / "papers").mkdir()
    with pytest.raises(UsageError, match="'papers' exists already"):
        await bench.call("file_move", {"source": "docs", "destination": "papers", "overwrite": True})
    (project / "link").symlink_to("docs/sub")
    for destination in ("docs/sub/new", "link/new"):
        with pytest.raises(UsageError, match="one is inside the other"):
            await bench.call("file_move", {"source": "docs", "destination": destination})
    assert (project / "docs" / "guide.md").read_text() == "guide\n"


async def test_links_are_not_moved(bench: Bench, project: Path, outside: Path) -> None:
    (project / "docs" / "link").symlink_to(outside / "secret.txt")
    with pytest.raises(UsageError, match="'docs' has links in it, such as 'link', which are not moved"):
        await bench.call("file_move", {"source": "docs", "destination": "papers"})
    with pytest.raises(UsageError, match="'docs/link' is a link, which is not moved"):
        await bench.call("file_move", {"source": "docs/link", "destination": "link"})
    assert not (project / "papers").exists()


async def test_the_folder_that_was_granted_is_not_moved(bench: Bench, project: Path) -> None:
    with pytest.raises(PermissionDenied, match="may not be deleted: it is what the run was granted"):
        await bench.call("file_move", {"source": str(project), "destination": "new"})
    assert (project / "README.md").exists()
    assert not (project / "new").exists()


async def test_a_file_moves_to_another_file_system_as_a_copy(
    bench: Bench, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def refuse(old: str, new: str, **options: Any) -> None:
        if old == "README.md":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        rename(old, new, **options)

    monkeypatch.setattr(os, "rename", refuse)
    await bench.call("file_move", {"source": "README.md", "destination": "moved", "overwrite": True})
    assert (project / "moved").read_text() == "read me\n"
    assert not (project / "README.md").exists()


@pytest.mark.parametrize(
    ("source", "destination"),
    [("../outside/secret.txt", "x"), ("README.md", "../outside/x"), ("README.md", "folder/x"), ("docs", "folder/x")],
)
async def test_nothing_is_moved_from_or_to_outside(
    bench: Bench, project: Path, outside: Path, source: str, destination: str
) -> None:
    (project / "folder").symlink_to(outside)
    with pytest.raises(PermissionDenied):
        await bench.call("file_move", {"source": source, "destination": destination, "parents": True})
    assert os.listdir(outside) == ["secret.txt"]
    assert (project / "README.md").exists()
    assert (project / "docs" / "guide.md").exists()


async def test_what_may_only_be_read_stays(project: Path) -> None:
    bench = Bench(project, allow={"fs.read": ["**"], "fs.write": ["docs/**"]})
    for source in ("README.md", "other"):
        (project / "other").mkdir(exist_ok=True)
        with pytest.raises(PermissionDenied, match=r"fs.write of '.*' is not allowed"):
            await bench.call("file_move", {"source": source, "destination": "docs/new"})
    assert (project / "README.md").exists()
    assert not (project / "docs" / "new").exists()


async def test_without_permission_nothing_is_moved(project: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"tool 'file_move' uses fs.write, which is not allowed") as caught:
        await Bench(project, allow={"fs.read": ["**"]}).call("file_move", {"source": "README.md", "destination": "x"})
    assert caught.value.hint == "run again with --allow-fs-write=PATH"
