"""Listing and looking."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.files import Files
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_files import tree
from llmspell_tool_files.tree import Tree

DENIED = "tool '{}' uses fs.read, which is not allowed in profile 'high'"


class TestFileList(ToolContract):
    name = "file_list"
    allow = {"fs.read": ["**"]}
    bad = (
        {"path": "gone"},
        {"path": "a.md"},
        {"path": "../"},
        {"glob": "/etc/*"},
        {"glob": "../*"},
        {"glob": "a/" * 50},
        {"max_entries": 0},
        {"max_entries": 10_001},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.md").write_text("a")


class TestFileStat(ToolContract):
    name = "file_stat"
    allow = {"fs.read": ["**"]}
    bad = ({}, {"path": "gone"}, {"path": "../x"}, {"path": ""}, {"path": "README.md/x"})

    def prepare(self, folder: Path) -> None:
        (folder / "README.md").write_text("a")


def paths(answer: dict[str, list[dict[str, object]]]) -> list[object]:
    return [entry["path"] for entry in answer["entries"]]


async def test_a_folder_is_listed_with_sizes_and_kinds(bench: Bench, project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside)
    os.mkfifo(project / "pipe")
    os.utime(project / "README.md", (0, 86400))
    answer = await bench.call("file_list", {})
    assert {entry["path"]: entry["kind"] for entry in answer["entries"]} == {
        "README.md": "file",
        "docs": "folder",
        "link": "link",
        "pipe": "other",
    }
    readme = answer["entries"][0]
    assert readme == {"path": "README.md", "kind": "file", "size_bytes": 8, "modified": "1970-01-02T00:00:00Z"}
    assert (answer["truncated"], answer["truncated_because"], answer["skipped"]) == (False, "", [])


async def test_folders_in_it_are_listed_when_that_is_wanted_and_links_are_not_entered(
    bench: Bench, project: Path
) -> None:
    (project / "docs" / "loop").symlink_to("..")
    answer = await bench.call("file_list", {"recursive": True})
    assert paths(answer) == ["README.md", "docs", "docs/guide.md", "docs/loop", "docs/sub", "docs/sub/deep.txt"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"path": "docs"}, ["docs/guide.md", "docs/sub"]),
        ({"path": "./docs/"}, ["./docs/guide.md", "./docs/sub"]),
        ({"path": "docs", "recursive": True, "glob": "sub/*"}, ["docs/sub/deep.txt"]),
        ({"recursive": True, "glob": "*.md"}, ["README.md", "docs/guide.md"]),
        ({"recursive": True, "glob": "docs/*.md"}, ["docs/guide.md"]),
        ({"recursive": True, "glob": "**/deep.*"}, ["docs/sub/deep.txt"]),
        ({"glob": "*.txt"}, []),
    ],
)
async def test_a_glob_chooses_by_the_path_from_the_folder_on(
    bench: Bench, arguments: dict[str, object], found: list[str]
) -> None:
    assert paths(await bench.call("file_list", arguments)) == found


async def test_what_is_cut_is_told(bench: Bench, project: Path) -> None:
    for number in range(5):
        (project / "docs" / f"{number}").touch()
    answer = await bench.call("file_list", {"path": "docs", "max_entries": 3})
    assert paths(answer) == ["docs/0", "docs/1", "docs/2"]
    assert answer["truncated"]
    assert answer["truncated_because"] == "only the first 3 entries are answered"
    exact = await bench.call("file_list", {"path": "docs", "max_entries": 7})
    assert not exact["truncated"]


async def test_what_may_not_be_read_is_not_listed(project: Path) -> None:
    bench = Bench(project, allow={"fs.read": ["**"]}, deny={"fs.read": ["docs/sub", "docs/sub/**", "README.md"]})
    answer = await bench.call("file_list", {"recursive": True})
    assert paths(answer) == ["docs", "docs/guide.md"]


@pytest.mark.parametrize(("name", "arguments"), [("file_list", {}), ("file_stat", {"path": "README.md"})])
async def test_without_permission_nothing_is_told(project: Path, name: str, arguments: dict[str, str]) -> None:
    with pytest.raises(PermissionDenied, match=DENIED.format(name)) as caught:
        await Bench(project, allow={"fs.write": ["**"]}).call(name, arguments)
    assert caught.value.hint == "run again with --allow-fs-read=PATH"


@pytest.mark.parametrize("name", ["file_list", "file_stat"])
async def test_what_is_outside_is_not_told(bench: Bench, project: Path, outside: Path, name: str) -> None:
    (project / "link").symlink_to(outside)
    for path in ("../outside", str(outside), "link", "../none"):
        with pytest.raises(PermissionDenied):
            await bench.call(name, {"path": path})


def test_a_tree_is_walked_only_so_far(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_MOST", 2)
    walked = Tree(Files([project]))
    assert [found.path for found in walked] == ["README.md", "docs"]
    assert walked.cut == "only the first 2 names were looked at"


def test_a_tree_is_walked_only_so_deep(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_DEEPEST", 2)
    walked = Tree(Files([project]))
    assert [found.path for found in walked] == ["README.md", "docs", "docs/guide.md", "docs/sub"]
    assert walked.cut == "folders more than 2 deep were not entered"


def test_a_tree_is_walked_only_so_long(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_SECONDS", -1.0)
    walked = Tree(Files([project]))
    assert list(walked) == []
    assert walked.cut == "only what was found within -1 seconds was looked at"


def test_a_folder_that_is_gone_when_it_is_entered_is_told(project: Path) -> None:
    walked = Tree(Files([project]))
    found = []
    for each in walked:
        found.append(each.path)
        if each.path == "docs/guide.md":
            (project / "docs" / "sub" / "deep.txt").unlink()
            (project / "docs" / "sub").rmdir()
    assert found == ["README.md", "docs", "docs/guide.md", "docs/sub"]
    assert walked.skipped == ["'docs/sub' does not exist"]


async def test_a_file_is_looked_at(bench: Bench, project: Path) -> None:
    (project / "a.json").write_text("[1, 2]\n\n")
    os.utime(project / "a.json", (0, 0))
    assert await bench.call("file_stat", {"path": "a.json"}) == {
        "path": "a.json",
        "kind": "file",
        "size_bytes": 8,
        "modified": "1970-01-01T00:00:00Z",
        "link": False,
        "media_type": "application/json",
    }


async def test_links_folders_and_pipes_are_told_apart(bench: Bench, project: Path) -> None:
    (project / "link").symlink_to("docs")
    (project / "dangling").symlink_to("gone")
    os.mkfifo(project / "pipe")
    found = {name: await bench.call("file_stat", {"path": name}) for name in ("docs", "link", "dangling", "pipe")}
    kinds = {name: (answer["kind"], answer["link"]) for name, answer in found.items()}
    assert kinds == {
        "docs": ("folder", False),
        "link": ("folder", True),
        "dangling": ("link", True),
        "pipe": ("other", False),
    }


async def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(UsageError, match="'gone' does not exist") as caught:
        await bench.call("file_stat", {"path": "gone"})
    assert caught.value.kind == "not_found"
    assert caught.value.hint == "file_list tells what there is"
