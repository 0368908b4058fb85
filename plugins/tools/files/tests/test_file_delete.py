"""Deleting files and folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmspell.context import Context
from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell.tools import tool
from llmspell_tool_files import trees


class TestFileDelete(ToolContract):
    name = "file_delete"
    allow = {"fs.read": ["**"], "fs.write": ["**"]}
    good = ({"path": "a.txt"}, {"path": "folder", "recursive": True})
    bad = ({}, {"path": "gone"}, {"path": "full"}, {"path": "../x"}, {"path": ".", "recursive": True})

    def prepare(self, folder: Path) -> None:
        (folder / "full").mkdir()
        (folder / "full" / "b.txt").touch()
        (folder / "a.txt").touch()
        (folder / "folder").mkdir()


async def test_a_file_is_deleted(bench: Bench, project: Path) -> None:
    answer = await bench.call("file_delete", {"path": "docs/guide.md"})
    assert answer == {"path": "docs/guide.md", "files": 1, "folders": 0}
    assert not (project / "docs" / "guide.md").exists()


async def test_a_folder_is_deleted_only_when_that_is_wanted(bench: Bench, project: Path) -> None:
    (project / "docs" / "empty").mkdir()
    for path in ("docs", "docs/empty"):
        with pytest.raises(UsageError, match=f"'{path}' is a folder") as caught:
            await bench.call("file_delete", {"path": path})
        assert caught.value.hint == "pass recursive=true to delete it and all in it"
    answer = await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert answer == {"path": "docs", "files": 2, "folders": 3}
    assert os.listdir(project) == ["README.md"]


async def test_what_a_link_leads_to_stays(bench: Bench, project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside)
    (project / "docs" / "link").symlink_to(outside / "secret.txt")
    (project / "docs" / "up").symlink_to("..")
    await bench.call("file_delete", {"path": "link"})
    await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert os.listdir(project) == ["README.md"]
    assert (outside / "secret.txt").read_text() == "the secret"


async def test_a_folder_that_became_a_link_is_not_deleted(bench: Bench, project: Path) -> None:
    (project / "link").symlink_to("docs")

    @tool(name="probe")
    def probe(context: Context) -> None:
        """Does what file_delete does once it saw a folder."""
        trees.deletable(context, "link")

    with pytest.raises(UsageError, match="'link' is a link, not a folder"):
        await bench.call(probe)


@pytest.mark.parametrize("path", ["../outside/secret.txt", "../outside", "link/secret.txt"])
async def test_nothing_outside_is_deleted(bench: Bench, project: Path, outside: Path, path: str) -> None:
    (project / "link").symlink_to(outside)
    with pytest.raises(PermissionDenied):
        await bench.call("file_delete", {"path": path, "recursive": True})
    assert (outside / "secret.txt").read_text() == "the secret"


@pytest.mark.parametrize("path", [".", "docs/..", "link"])
async def test_the_folder_that_was_granted_is_not_emptied(bench: Bench, project: Path, path: str) -> None:
    (project / "docs" / "link").symlink_to("..")
    path = f"docs/{path}" if path == "link" else path
    before = sorted(os.listdir(project))
    if path == "docs/link":
        await bench.call("file_delete", {"path": path, "recursive": True})  # the link, and not what it leads to
    else:
        with pytest.raises(PermissionDenied, match="may not be deleted: it is what the run was granted"):
            await bench.call("file_delete", {"path": path, "recursive": True})
    assert sorted(os.listdir(project)) == before
    assert (project / "docs" / "sub" / "deep.txt").exists()


async def test_a_folder_that_may_only_be_read_is_not_emptied(project: Path) -> None:
    bench = Bench(project, allow={"fs.read": ["**"], "fs.write": ["other/**"]})
    with pytest.raises(PermissionDenied, match=r"fs.write of '.*docs' is not allowed"):
        await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert (project / "docs" / "guide.md").exists()


async def test_what_was_deleted_before_an_error_is_told(project: Path) -> None:
    bench = Bench(project, allow={"fs.read": ["**"], "fs.write": ["**"]}, deny={"fs.write": ["docs/sub/**"]})
    with pytest.raises(PermissionDenied, match="; 1 of the paths before it were deleted already") as caught:
        await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert caught.value.details["deleted"] == ["guide.md"]
    assert (project / "docs" / "sub" / "deep.txt").exists()


async def test_what_is_hidden_keeps_its_folder(project: Path) -> None:
    bench = Bench(
        project,
        allow={"fs.read": ["**"], "fs.write": ["**"]},
        deny={"fs.read": ["docs/sub/deep.txt"]},
    )
    with pytest.raises(UsageError, match="'sub' cannot be removed: the folder is not empty; 1 of the paths"):
        await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert (project / "docs" / "sub" / "deep.txt").exists()


async def test_pipes_and_folders_with_pipes_are_refused(bench: Bench, project: Path) -> None:
    os.mkfifo(project / "docs" / "pipe")
    with pytest.raises(PermissionDenied, match="'docs/pipe' may not be removed: it is not a regular file"):
        await bench.call("file_delete", {"path": "docs/pipe"})
    with pytest.raises(PermissionDenied, match="'pipe' in 'docs' is neither a file nor a folder"):
        await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert (project / "docs" / "guide.md").exists()


async def test_only_so_much_is_deleted_at_once(bench: Bench, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST", 2)
    with pytest.raises(UsageError, match="'docs' has more than 2 files and folders in it") as caught:
        await bench.call("file_delete", {"path": "docs", "recursive": True})
    assert caught.value.hint == "do it folder by folder"
    assert (project / "docs" / "guide.md").exists()


@pytest.mark.parametrize("allow", ["fs.read", "fs.write"])
async def test_without_either_permission_nothing_is_deleted(project: Path, allow: str) -> None:
    lacking = "fs.write" if allow == "fs.read" else "fs.read"
    with pytest.raises(PermissionDenied, match=f"tool 'file_delete' uses {lacking}, which is not allowed") as caught:
        await Bench(project, allow={allow: ["**"]}).call("file_delete", {"path": "README.md"})
    assert caught.value.hint == f"run again with --allow-{lacking.replace('.', '-')}=PATH"
    assert (project / "README.md").exists()
