"""Copying files and folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmspell.config import LoadedConfig
from llmspell.config.schema import Config
from llmspell.errors import BudgetExceeded, PermissionDenied, UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_files import trees


class TestFileCopy(ToolContract):
    name = "file_copy"
    allow = {"fs.read": ["**"], "fs.write": ["**"]}
    good = (
        {"source": "a.txt", "destination": "b.txt", "overwrite": True},
        {"source": "folder", "destination": "copy", "recursive": True, "overwrite": True},
    )
    bad = (
        {"source": "a.txt"},
        {"source": "gone", "destination": "b"},
        {"source": "a.txt", "destination": "a.txt"},
        {"source": "a.txt", "destination": "folder"},
        {"source": "a.txt", "destination": "../b"},
        {"source": "../b", "destination": "b"},
        {"source": "folder", "destination": "other"},
        {"source": "folder", "destination": "folder/inside", "recursive": True},
        {"source": "folder", "destination": "gone/new", "recursive": True},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.txt").write_text("a")
        (folder / "folder").mkdir()
        (folder / "folder" / "c.txt").write_text("c")


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


async def test_a_file_is_copied(bench: Bench, project: Path) -> None:
    answer = await bench.call("file_copy", {"source": "README.md", "destination": "docs/copy.md"})
    assert answer == {
        "source": "README.md",
        "destination": "docs/copy.md",
        "files": 1,
        "bytes": 8,
        "skipped_links": [],
    }
    assert (project / "docs" / "copy.md").read_text() == (project / "README.md").read_text() == "read me\n"


async def test_a_file_that_is_there_is_replaced_only_when_that_is_wanted(bench: Bench, project: Path) -> None:
    arguments = {"source": "README.md", "destination": "docs/guide.md"}
    with pytest.raises(UsageError, match=r"'docs/guide.md' exists already") as caught:
        await bench.call("file_copy", arguments)
    assert caught.value.kind == "conflict"
    assert (project / "docs" / "guide.md").read_text() == "guide\n"
    await bench.call("file_copy", {**arguments, "overwrite": True})
    assert (project / "docs" / "guide.md").read_text() == "read me\n"


async def test_missing_folders_are_made_when_that_is_wanted(bench: Bench, project: Path) -> None:
    arguments = {"source": "README.md", "destination": "a/b/c.md"}
    with pytest.raises(UsageError, match=r"'a/b/c.md' does not exist") as caught:
        await bench.call("file_copy", arguments)
    assert caught.value.hint == "pass parents=true to make its folder"
    await bench.call("file_copy", {**arguments, "parents": True})
    assert (project / "a" / "b" / "c.md").read_text() == "read me\n"


async def test_a_folder_is_copied_with_all_in_it_but_its_links(bench: Bench, project: Path, outside: Path) -> None:
    (project / "docs" / "link").symlink_to(outside / "secret.txt")
    (project / "docs" / "empty").mkdir()
    with pytest.raises(UsageError, match="'docs' is a folder") as caught:
        await bench.call("file_copy", {"source": "docs", "destination": "copy"})
    assert caught.value.hint == "pass recursive=true to copy it and all in it"
    answer = await bench.call("file_copy", {"source": "docs", "destination": "copy", "recursive": True})
    assert (answer["files"], answer["bytes"], answer["skipped_links"]) == (2, 11, ["link"])
    assert tree(project / "copy") == {"guide.md": "guide\n", "sub/deep.txt": "deep\n"}
    assert (project / "copy" / "empty").is_dir()


async def test_a_folder_that_is_there_is_added_to_only_when_that_is_wanted(bench: Bench, project: Path) -> None:
    (project / "copy").mkdir()
    (project / "copy" / "own").write_text("own")
    arguments = {"source": "docs", "destination": "copy", "recursive": True}
    with pytest.raises(UsageError, match="'copy' exists already"):
        await bench.call("file_copy", arguments)
    await bench.call("file_copy", {**arguments, "overwrite": True})
    assert set(tree(project / "copy")) == {"own", "guide.md", "sub/deep.txt"}


@pytest.mark.parametrize("destination", ["docs/sub/copy", "docs", ".", "link/copy", "./docs/x"])
async def test_a_folder_is_not_copied_into_itself(bench: Bench, project: Path, destination: str) -> None:
    (project / "link").symlink_to("docs/sub")
    arguments = {"source": "docs", "destination": destination, "recursive": True, "overwrite": True}
    with pytest.raises(UsageError, match="one is inside the other"):
        await bench.call("file_copy", arguments)
    assert tree(project / "docs") == {"guide.md": "guide\n", "sub/deep.txt": "deep\n"}


async def test_a_folder_has_only_so_much_in_it(bench: Bench, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST", 2)
    with pytest.raises(UsageError, match="'docs' has more than 2 files and folders in it"):
        await bench.call("file_copy", {"source": "docs", "destination": "copy", "recursive": True})
    assert not (project / "copy").exists()


async def test_a_folder_of_which_not_all_is_found_is_not_copied(
    bench: Bench, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = {"source": "docs", "destination": "copy", "recursive": True}
    with monkeypatch.context() as patched:
        patched.setattr("llmspell_tool_files.tree._MOST", 2)
        with pytest.raises(UsageError, match="'docs' is too much: only the first 2 names were looked at"):
            await bench.call("file_copy", arguments)
    for number in range(5):
        (project / "docs" / "sub" / f"{number}").touch()
    monkeypatch.setattr("llmspell.files.reading._MOST_NAMES", 4)
    with pytest.raises(PermissionDenied, match="not all of 'docs' can be read: 'sub' has more than 4 names"):
        await bench.call("file_copy", arguments)
    assert not (project / "copy").exists()


async def test_a_folder_with_a_pipe_in_it_is_not_copied(bench: Bench, project: Path) -> None:
    os.mkfifo(project / "docs" / "pipe")
    with pytest.raises(PermissionDenied, match="'pipe' in 'docs' is neither a file nor a folder"):
        await bench.call("file_copy", {"source": "docs", "destination": "copy", "recursive": True})
    with pytest.raises(PermissionDenied, match="'docs/pipe' may not be copied: it is not a regular file"):
        await bench.call("file_copy", {"source": "docs/pipe", "destination": "copy"})
    assert not (project / "copy").exists()


async def test_what_was_copied_before_an_error_is_told(project: Path) -> None:
    for number in range(4):
        (project / "docs" / f"{number}").write_bytes(b"x" * 400)
    loaded = LoadedConfig(config=Config(), project=project)
    grants = Grants.of({"tools": ["*"], "fs.read": ["**"], "fs.write": ["**"]}, {}, origin="the test", base=project)
    async with Kernel(loaded, environ={}) as kernel:
        run = kernel.open_run(RunOptions(profile="high", permissions=(grants,)))
        run.quota.take("write_bytes", (256 << 20) - 1000)
        arguments = {"source": "docs", "destination": "copy", "recursive": True}
        with pytest.raises(BudgetExceeded, match=r"write_bytes .*; 2 of the paths before it were copied") as caught:
            await run.call_tool(run.find_tool("file_copy"), arguments, run.root)
        await run.close()
    assert caught.value.details["copied"] == ["0", "1"]
    assert set(tree(project / "copy")) == {"0", "1"}


@pytest.mark.parametrize("allow", ["fs.read", "fs.write"])
async def test_without_either_permission_nothing_is_copied(project: Path, allow: str) -> None:
    lacking = "fs.write" if allow == "fs.read" else "fs.read"
    with pytest.raises(PermissionDenied, match=f"tool 'file_copy' uses {lacking}, which is not allowed") as caught:
        await Bench(project, allow={allow: ["**"]}).call("file_copy", {"source": "README.md", "destination": "copy"})
    assert caught.value.hint == f"run again with --allow-{lacking.replace('.', '-')}=PATH"


@pytest.mark.parametrize(
    ("source", "destination"),
    [("../outside/secret.txt", "copy"), ("link", "copy"), ("README.md", "../outside/x"), ("README.md", "folder/x")],
)
async def test_nothing_is_copied_from_or_to_outside(
    bench: Bench, project: Path, outside: Path, source: str, destination: str
) -> None:
    (project / "link").symlink_to(outside / "secret.txt")
    (project / "folder").symlink_to(outside)
    with pytest.raises(PermissionDenied):
        await bench.call("file_copy", {"source": source, "destination": destination, "parents": True})
    assert os.listdir(outside) == ["secret.txt"]
    assert not (project / "copy").exists()


async def test_a_folder_with_a_part_that_may_not_be_read_is_copied_without_it(project: Path) -> None:
    bench = Bench(project, allow={"fs.read": ["**"], "fs.write": ["**"]}, deny={"fs.read": ["docs/sub", "docs/sub/**"]})
    await bench.call("file_copy", {"source": "docs", "destination": "copy", "recursive": True})
    assert tree(project / "copy") == {"guide.md": "guide\n"}
