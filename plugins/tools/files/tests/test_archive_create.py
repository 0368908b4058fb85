"""Packing archives, listing them, and extracting what was packed."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_files import packing

BOTH = {"fs.read": ["**"], "fs.write": ["**"]}


def prepare(folder: Path) -> None:
    (folder / "a.txt").write_text("a")
    (folder / "taken.zip").touch()
    (folder / "folder").mkdir()
    with zipfile.ZipFile(folder / "in.zip", "w") as archive:
        archive.writestr("x/y.txt", "y")


class TestArchiveCreate(ToolContract):
    name = "archive_create"
    allow = BOTH
    good = ({"sources": ["a.txt"], "destination": "out.zip"}, {"sources": ["."], "destination": "out.tgz"})
    bad = (
        {"sources": [], "destination": "out.zip"},
        {"sources": ["gone"], "destination": "out.zip"},
        {"sources": ["a.txt"], "destination": "out"},
        {"sources": ["a.txt"], "destination": "taken.zip"},
        {"sources": ["a.txt"], "destination": "gone/out.zip"},
        {"sources": ["a.txt"], "destination": "../out.zip"},
        {"sources": ["../x"], "destination": "out.zip"},
        {"sources": ["folder/.."], "destination": "out.zip"},
        {"sources": ["a.txt", "./a.txt"], "destination": "out.zip"},
        {"sources": ["a.txt"], "destination": "out.zip", "format": "rar"},
    )

    def prepare(self, folder: Path) -> None:
        prepare(folder)


class TestArchiveList(ToolContract):
    name = "archive_list"
    allow = {"fs.read": ["**"]}
    good = ({"path": "in.zip"},)
    bad = ({}, {"path": "gone"}, {"path": "a.txt"}, {"path": "taken.zip"}, {"path": "folder"}, {"path": "../x"})

    def prepare(self, folder: Path) -> None:
        prepare(folder)


class TestArchiveExtract(ToolContract):
    name = "archive_extract"
    allow = BOTH
    good = ({"path": "in.zip", "destination": "out"},)
    bad = (
        {"path": "in.zip"},
        {"path": "a.txt", "destination": "out"},
        {"path": "in.zip", "destination": "a.txt"},
        {"path": "in.zip", "destination": "../out"},
        {"path": "in.zip", "destination": "out", "glob": "*.md"},
        {"path": "in.zip", "destination": "out", "glob": "/x"},
    )

    def prepare(self, folder: Path) -> None:
        prepare(folder)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
async def test_what_was_packed_comes_out_again(bench: Bench, project: Path, name: str) -> None:
    (project / "docs" / "ünicode – " / "x").mkdir(parents=True)
    (project / "docs" / ("long" * 50)).write_bytes(os.urandom(5000))
    (project / "docs" / "empty").touch()
    packed = await bench.call("archive_create", {"sources": ["docs", "README.md"], "destination": name})
    assert packed["entry_count"] == 9
    assert packed["size_bytes"] == (project / name).stat().st_size
    listed = await bench.call("archive_list", {"path": name})
    assert listed["format"] == packed["format"]
    assert listed["total_bytes"] == packed["total_bytes"] == 5000 + 19
    assert {entry["problem"] for entry in listed["entries"]} == {""}
    answer = await bench.call("archive_extract", {"path": name, "destination": "out/new"})
    assert (answer["file_count"], answer["folder_count"], answer["bytes"]) == (5, 4, 5019)
    for path in (project / "docs").rglob("*"):
        twin = project / "out" / "new" / path.relative_to(project)
        assert twin.is_dir() if path.is_dir() else twin.read_bytes() == path.read_bytes()


async def test_other_programs_read_what_was_packed(bench: Bench, project: Path) -> None:
    os.utime(project / "README.md", (0, 1_000_000_000))
    for name in ("a.zip", "a.tgz"):
        await bench.call("archive_create", {"sources": ["README.md", "docs"], "destination": name})
    with zipfile.ZipFile(project / "a.zip") as made:
        assert made.testzip() is None
        assert made.namelist() == ["README.md", "docs/", "docs/guide.md", "docs/sub/", "docs/sub/deep.txt"]
        assert made.getinfo("README.md").date_time == (2001, 9, 9, 1, 46, 40)
    with tarfile.open(project / "a.tgz") as packed:
        assert packed.getnames() == ["README.md", "docs", "docs/guide.md", "docs/sub", "docs/sub/deep.txt"]
        assert packed.getmember("README.md").mtime == 1_000_000_000
        assert packed.getmember("docs").isdir()


async def test_the_same_files_make_the_same_archive(bench: Bench, project: Path) -> None:
    for form in ("zip", "tar.gz"):
        for name in ("one", "two"):
            await bench.call(
                "archive_create", {"sources": ["docs"], "destination": name, "format": form, "overwrite": True}
            )
        assert (project / "one").read_bytes() == (project / "two").read_bytes()


async def test_a_source_is_stored_under_its_last_name(bench: Bench, project: Path) -> None:
    await bench.call("archive_create", {"sources": ["docs/sub", str(project / "README.md")], "destination": "a.zip"})
    names = [entry["name"] for entry in (await bench.call("archive_list", {"path": "a.zip"}))["entries"]]
    assert names == ["sub/", "sub/deep.txt", "README.md"]
    await bench.call("archive_create", {"sources": ["."], "destination": "b.zip"})
    names = [entry["name"] for entry in (await bench.call("archive_list", {"path": "b.zip"}))["entries"]]
    assert names == ["README.md", "a.zip", "docs/", "docs/guide.md", "docs/sub/", "docs/sub/deep.txt"]


async def test_an_archive_is_replaced_only_when_that_is_wanted_and_not_packed_itself(
    bench: Bench, project: Path
) -> None:
    arguments = {"sources": ["."], "destination": "a.zip"}
    first = await bench.call("archive_create", arguments)
    with pytest.raises(UsageError, match=r"'a.zip' exists already"):
        await bench.call("archive_create", arguments)
    second = await bench.call("archive_create", {**arguments, "overwrite": True})
    assert second["entry_count"] == first["entry_count"]


async def test_links_and_pipes_are_left_out_and_told(bench: Bench, project: Path, outside: Path) -> None:
    (project / "docs" / "link").symlink_to(outside / "secret.txt")
    (project / "docs" / "sub" / "folder").symlink_to(outside)
    os.mkfifo(project / "docs" / "pipe")
    answer = await bench.call("archive_create", {"sources": ["docs"], "destination": "a.tar"})
    assert sorted(answer["skipped"]) == ["docs/link", "docs/pipe", "docs/sub/folder"]
    assert b"the secret" not in (project / "a.tar").read_bytes()


async def test_two_sources_of_one_name_are_refused(bench: Bench, project: Path) -> None:
    (project / "docs" / "sub" / "guide.md").touch()
    with pytest.raises(UsageError, match=r"two sources would be stored as 'guide.md'"):
        await bench.call("archive_create", {"sources": ["docs/guide.md", "docs/sub/guide.md"], "destination": "a.zip"})


async def test_only_so_much_is_packed(bench: Bench, project: Path) -> None:
    (project / "large").touch()
    os.truncate(project / "large", (64 << 20) - 7)
    with pytest.raises(UsageError, match="there are more than 67108864 bytes to pack, with 'large'"):
        await bench.call("archive_create", {"sources": ["README.md", "large"], "destination": "a.zip"})
    (project / "many").mkdir()
    for number in range(10_001):
        (project / "many" / f"{number}").touch()
    with pytest.raises(UsageError, match="there are more than 10000 files and folders to pack"):
        await bench.call("archive_create", {"sources": ["many"], "destination": "a.zip"})
    assert not (project / "a.zip").exists()


async def test_times_that_zip_has_not_are_the_nearest(bench: Bench, project: Path) -> None:
    content = packing.packed([packing.Packed("a", b"", -1e9), packing.Packed("b", b"", 1e11)], "zip")
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert [info.date_time[0] for info in made.infolist()] == [1980, 2107]


@pytest.mark.parametrize(
    ("name", "arguments", "lacking"),
    [
        ("archive_create", {"sources": ["docs"], "destination": "a.zip"}, "fs.write"),
        ("archive_extract", {"path": "a.zip", "destination": "out"}, "fs.write"),
        ("archive_list", {"path": "a.zip"}, "fs.read"),
    ],
)
async def test_without_permission_nothing_is_packed_or_extracted(
    project: Path, name: str, arguments: dict[str, object], lacking: str
) -> None:
    allow = {"fs.read": ["**"]} if lacking == "fs.write" else {"fs.write": ["**"]}
    with pytest.raises(PermissionDenied, match=f"tool '{name}' uses {lacking}, which is not allowed") as caught:
        await Bench(project, allow=allow).call(name, arguments)
    assert caught.value.hint == f"run again with --allow-{lacking.replace('.', '-')}=PATH"


async def test_nothing_outside_is_packed_or_packed_to(bench: Bench, project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside)
    for source in ("../outside", "link", "link/secret.txt"):
        with pytest.raises(PermissionDenied):
            await bench.call("archive_create", {"sources": [source], "destination": "a.zip"})
    for destination in ("../outside/a.zip", "link/a.zip"):
        with pytest.raises(PermissionDenied):
            await bench.call("archive_create", {"sources": ["docs"], "destination": destination})
    assert os.listdir(outside) == ["secret.txt"]
