"""Writing and appending."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract

ALLOW = {"fs.write": ["**"]}
BAD: Sequence[dict[str, Any]] = (
    {"path": "a.txt"},
    {"path": "", "text": "x"},
    {"path": "a.txt", "text": 3},
    {"path": "gone/a.txt", "text": "x"},
    {"path": "../a.txt", "text": "x"},
    {"path": "a.txt", "text": "x", "encoding": "klingon"},
    {"path": "a.txt", "text": "ä", "encoding": "ascii"},
    {"path": "folder", "text": "x"},
    {"path": "a\0b", "text": "x"},
    {"path": "a/" * 200 + "b", "text": "x", "parents": True},
)


class TestFileWrite(ToolContract):
    name = "file_write"
    allow = ALLOW
    bad = BAD

    def prepare(self, folder: Path) -> None:
        (folder / "folder").mkdir()


class TestFileAppend(ToolContract):
    name = "file_append"
    allow = ALLOW
    bad = (*BAD, {"path": "a.txt", "text": "x", "encoding": "utf-16"})

    def prepare(self, folder: Path) -> None:
        (folder / "folder").mkdir()


async def test_a_text_is_written_as_it_is(bench: Bench, project: Path) -> None:
    answer = await bench.call("file_write", {"path": "new.txt", "text": "ä\r\nb\n"})
    assert answer == {"path": "new.txt", "bytes_written": 6}
    assert (project / "new.txt").read_bytes() == "ä\r\nb\n".encode()


async def test_a_file_is_replaced_unless_that_is_not_wanted(bench: Bench, project: Path) -> None:
    await bench.call("file_write", {"path": "README.md", "text": "new"})
    assert (project / "README.md").read_text() == "new"
    with pytest.raises(UsageError, match=r"'README.md' exists already") as caught:
        await bench.call("file_write", {"path": "README.md", "text": "newer", "overwrite": False})
    assert caught.value.kind == "conflict"
    assert (project / "README.md").read_text() == "new"


async def test_a_text_is_written_in_the_encoding_that_is_named(bench: Bench, project: Path) -> None:
    await bench.call("file_write", {"path": "new.txt", "text": "é", "encoding": "Latin1"})
    assert (project / "new.txt").read_bytes() == b"\xe9"
    with pytest.raises(UsageError, match="latin-1 has no '€', which the text has in line 2") as caught:
        await bench.call("file_write", {"path": "new.txt", "text": "a\n€", "encoding": "latin-1"})
    assert caught.value.hint == "choose utf-8"
    assert (project / "new.txt").read_bytes() == b"\xe9"


@pytest.mark.parametrize(
    "encoding", ["rot13", "base64", "punycode", "idna", "unicode_escape", "../../x", "os", "x" * 99, "utf-8\0", "ütf-8"]
)
async def test_what_is_no_encoding_of_text_files_is_refused(bench: Bench, encoding: str) -> None:
    with pytest.raises(UsageError, match=r"the encoding '.*' is not known"):
        await bench.call("file_write", {"path": "new.txt", "text": "x", "encoding": encoding})


@pytest.mark.parametrize("name", ["file_write", "file_append"])
async def test_missing_folders_are_made_when_that_is_wanted(bench: Bench, project: Path, name: str) -> None:
    arguments = {"path": "a/b/c.txt", "text": "x"}
    with pytest.raises(UsageError, match=r"'a/b/c.txt' does not exist") as caught:
        await bench.call(name, arguments)
    assert caught.value.hint == "pass parents=true to make its folder"
    assert not (project / "a").exists()
    await bench.call(name, {**arguments, "parents": True})
    assert (project / "a" / "b" / "c.txt").read_text() == "x"


async def test_no_folder_is_made_that_may_not_be_written(project: Path) -> None:
    bench = Bench(project, allow={"fs.write": ["docs/new/**"]})
    await bench.call("file_write", {"path": "docs/new/sub/a.txt", "text": "x", "parents": True})
    assert (project / "docs" / "new" / "sub" / "a.txt").read_text() == "x"
    with pytest.raises(PermissionDenied, match="is not allowed in profile 'high'"):
        await bench.call("file_write", {"path": "docs/other/a.txt", "text": "x", "parents": True})
    assert not (project / "docs" / "other").exists()


async def test_folders_are_made_only_so_deep(bench: Bench, project: Path) -> None:
    with pytest.raises(UsageError, match="is more than 100 folders deep"):
        await bench.call("file_write", {"path": "d/" * 101 + "f", "text": "x", "parents": True})
    assert not (project / "d").exists()


async def test_what_is_appended_comes_last_and_makes_the_file(bench: Bench, project: Path) -> None:
    for text in ("one\n", "two\n"):
        await bench.call("file_append", {"path": "log.txt", "text": text})
    assert (project / "log.txt").read_text() == "one\ntwo\n"


async def test_no_mark_is_put_into_the_middle_of_a_file(bench: Bench, project: Path) -> None:
    with pytest.raises(UsageError, match="utf-16 would put a byte order mark into the middle of 'a'") as caught:
        await bench.call("file_append", {"path": "a", "text": "x", "encoding": "utf-16"})
    assert caught.value.hint == "say utf-16-le"
    await bench.call("file_append", {"path": "a", "text": "x", "encoding": "utf-16-le"})
    assert (project / "a").read_bytes() == b"x\0"


@pytest.mark.parametrize("name", ["file_write", "file_append"])
@pytest.mark.parametrize("path", ["../outside/new", "link", "folder/new", "/etc/llmspell-new"])
async def test_nothing_is_written_outside(bench: Bench, project: Path, outside: Path, name: str, path: str) -> None:
    (project / "link").symlink_to(outside / "secret.txt")
    (project / "folder").symlink_to(outside)
    with pytest.raises(PermissionDenied):
        await bench.call(name, {"path": path, "text": "x", "parents": True})
    assert os.listdir(outside) == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "the secret"


@pytest.mark.parametrize("name", ["file_write", "file_append"])
async def test_without_permission_nothing_is_written(project: Path, name: str) -> None:
    with pytest.raises(PermissionDenied, match=f"tool '{name}' uses fs.write, which is not allowed") as caught:
        await Bench(project, allow={"fs.read": ["**"]}).call(name, {"path": "new", "text": "x"})
    assert caught.value.hint == "run again with --allow-fs-write=PATH"
    assert not (project / "new").exists()


async def test_a_text_is_only_so_long(bench: Bench) -> None:
    with pytest.raises(UsageError, match=r"\$.text: the value is longer than 10000000 characters"):
        await bench.call("file_write", {"path": "big", "text": "x" * 10_000_001})
