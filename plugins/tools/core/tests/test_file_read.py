"""The file reader."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from llmspell.config import load
from llmspell.config.settings import Settings
from llmspell.errors import ConfigError, PermissionDenied, UsageError
from llmspell.files import Files
from llmspell.plugins import Plugins
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_core.file_read import FileRead, Options

if TYPE_CHECKING:
    from llmspell.context import Context


class TestFileReadContract(ToolContract):
    name = "file_read"
    allow = {"fs.read": ["**"]}
    good = ({"path": "notes.txt"}, {"path": "notes.txt", "offset": 2, "limit": 1})
    bad = ({}, {"path": ""}, {"path": "none.txt"}, {"path": "../x"}, {"path": "notes.txt", "offset": 0})

    def prepare(self, folder: Path) -> None:
        (folder / "notes.txt").write_text("one\ntwo\n")


def read(folder: Path, max_chars: int = 1000, **arguments: Any) -> str:
    context = cast("Context", SimpleNamespace(files=Files([folder])))
    return FileRead(Options(max_chars=max_chars)).run(arguments, context)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "notes.txt").write_bytes(b"one\r\ntwo\nthree\n")
    return tmp_path


def test_a_whole_file_is_answered_as_it_is(notes: Path) -> None:
    assert read(notes, path="notes.txt") == "one\r\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"offset": 2}, "two\nthree\n"),
        ({"limit": 1}, "one\r\n"),
        ({"offset": 2, "limit": 1}, "two\n"),
        ({"offset": 3, "limit": 9}, "three\n"),
    ],
)
def test_offset_and_limit_choose_lines(notes: Path, arguments: dict[str, int], text: str) -> None:
    assert read(notes, path="notes.txt", **arguments) == text


def test_an_offset_after_the_end_is_refused(notes: Path) -> None:
    with pytest.raises(UsageError, match=r"'notes.txt' has 3 lines, and the offset is 4"):
        read(notes, path="notes.txt", offset=4)


def test_an_empty_file_has_an_empty_first_line(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert read(tmp_path, path="empty") == read(tmp_path, path="empty", offset=1) == ""


def test_what_is_too_long_is_refused_and_never_cut(notes: Path) -> None:
    message = "would be 15 characters in 3 lines, and at most 10 are answered"
    with pytest.raises(UsageError, match=message) as caught:
        read(notes, 10, path="notes.txt")
    assert caught.value.hint == "read it in parts, with offset and limit"
    assert read(notes, 10, path="notes.txt", offset=2) == "two\nthree\n"


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"\x89PNG\r\n\0")
    with pytest.raises(UsageError, match="'image' is not text: it has a NUL byte at offset 6"):
        read(tmp_path, path="image")


def test_a_path_out_of_the_project_is_denied(notes: Path) -> None:
    with pytest.raises(PermissionDenied, match="leads out of"):
        read(notes, path="/etc/passwd")


def test_it_needs_the_permission_to_read_files() -> None:
    assert FileRead.needs == ("fs.read",)


def test_the_longest_answer_is_configured(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("123456")
    tool = Plugins(Settings(load(tmp_path, {}, ["tool.file_read.max_chars=5"]))).get("tool", "file_read")
    with pytest.raises(UsageError, match="at most 5 are answered"):
        tool.run({"path": "notes.txt"}, cast("Context", SimpleNamespace(files=Files([tmp_path]))))
    with pytest.raises(ConfigError, match="max_chars"):
        Plugins(Settings(load(tmp_path, {}, ["tool.file_read.max_chars=0"]))).get("tool", "file_read")
