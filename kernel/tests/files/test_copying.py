"""Copying and renaming: what is read must be readable, what is replaced must be meant to be."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import BudgetExceeded, LlmspellError, PermissionDenied, UsageError
from llmspell.files import Files
from llmspell.files.writing import Writing
from llmspell.quota import Quota

from .racing import race

SECRET = "the secret"
LARGE = os.urandom(3 << 20)


def writing(*roots: Path, quota: Quota | None = None) -> Writing:
    """What may be written below these folders, and read as well."""
    return Writing(roots, readable=Files(roots), quota=quota or Quota())


def test_a_copy_has_the_content_whatever_its_size(project: Path) -> None:
    (project / "large").write_bytes(LARGE)
    assert writing(project).copy("large", "docs/copy") == len(LARGE)
    assert (project / "docs" / "copy").read_bytes() == LARGE == (project / "large").read_bytes()
    assert sorted(os.listdir(project / "docs")) == ["copy", "guide.md"]


def test_a_copy_replaces_what_is_there_unless_it_must_be_new(project: Path) -> None:
    files = writing(project)
    with pytest.raises(UsageError, match=r"'docs/guide.md' exists already") as caught:
        files.copy("README.md", "docs/guide.md", new=True)
    assert caught.value.kind == "conflict"
    (project / "docs" / "guide.md").chmod(0o640)
    files.copy("README.md", "docs/guide.md")
    assert (project / "docs" / "guide.md").read_text() == "read me\n"
    assert stat.S_IMODE((project / "docs" / "guide.md").stat().st_mode) == 0o640


def test_a_copy_of_a_program_is_none(project: Path) -> None:
    (project / "program").write_text("x")
    (project / "program").chmod(0o4755)
    writing(project).copy("program", "copy")
    assert stat.S_IMODE((project / "copy").stat().st_mode) & 0o7111 == 0


@pytest.mark.parametrize("path", ["../outside/secret.txt", "link", "/etc/passwd"])
def test_what_may_not_be_read_is_not_copied(project: Path, path: str) -> None:
    (project / "link").symlink_to("../outside/secret.txt")
    with pytest.raises(PermissionDenied, match="leads out of"):
        writing(project).copy(path, "copy")
    assert not (project / "copy").exists()


@pytest.mark.parametrize("target", ["../outside/new", "link", "folder/new"])
def test_nothing_is_copied_out(project: Path, target: str) -> None:
    (project / "link").symlink_to("../outside/secret.txt")
    (project / "folder").symlink_to("../outside")
    with pytest.raises(PermissionDenied, match="leads out of"):
        writing(project).copy("README.md", target)
    assert os.listdir(project.parent / "outside") == ["secret.txt"]
    assert (project.parent / "outside" / "secret.txt").read_text() == SECRET


def test_special_files_are_neither_copied_nor_copied_to(project: Path) -> None:
    os.mkfifo(project / "fifo")
    for source, target in (("fifo", "copy"), ("README.md", "fifo")):
        with pytest.raises(PermissionDenied, match=r"'fifo' may not be .*: it is not a regular file"):
            writing(project).copy(source, target)
    with pytest.raises(UsageError, match="'docs' is a folder, not a file"):
        writing(project).copy("docs", "copy")


def test_each_piece_counts_before_it_is_written_and_nothing_is_left_of_what_is_too_much(project: Path) -> None:
    (project / "large").write_bytes(LARGE)
    before = sorted(os.listdir(project))
    with pytest.raises(BudgetExceeded, match="the budget write_bytes of 2097152 bytes is used up"):
        writing(project, quota=Quota(write_bytes=2 << 20)).copy("large", "copy")
    assert sorted(os.listdir(project)) == before


def test_a_copy_is_read_from_where_it_is_said_to_be(project: Path) -> None:
    (project / "papers").mkdir()
    files = writing(project)
    files.within("papers").copy("guide.md", "guide.md", source=Files([project]).within("docs"))
    assert (project / "papers" / "guide.md").read_text() == "guide\n"


def test_nothing_stays_open_when_a_copy_fails(project: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for source, target in (("gone", "x"), ("docs", "x"), ("README.md", "docs"), ("README.md", "gone/x")):
        with pytest.raises(LlmspellError):
            writing(project).copy(source, target)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_name_that_must_be_free_is_not_taken_by_a_rename(project: Path) -> None:
    files = writing(project)
    with pytest.raises(UsageError, match=r"'docs/guide.md' exists already"):
        files.rename("README.md", "docs/guide.md", replace=False)
    assert (project / "docs" / "guide.md").read_text() == "guide\n"
    files.rename("README.md", "docs/readme", replace=False)
    assert (project / "docs" / "readme").read_text() == "read me\n"
    assert not (project / "README.md").exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda files: files.rename("README.md", "taken", replace=False),
        lambda files: files.copy("README.md", "taken", new=True),
    ],
    ids=["rename", "copy"],
)
def test_a_name_that_is_taken_meanwhile_is_not_taken_over(
    project: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Writing], Any]
) -> None:
    link = os.link

    def take_then_link(*names: Any, **options: Any) -> None:
        (project / "taken").write_text("precious")
        link(*names, **options)

    monkeypatch.setattr(os, "link", take_then_link)
    with pytest.raises(LlmspellError, match="was changed while it was being opened") as caught:
        act(writing(project))
    assert caught.value.kind == "conflict"
    assert (project / "taken").read_text() == "precious"
    assert (project / "README.md").read_text() == "read me\n"


@pytest.mark.parametrize("swapped", ["source", "target"])
def test_a_file_or_a_folder_swapped_for_a_link_never_leads_out(project: Path, swapped: str) -> None:
    source, target = project / "docs" / "guide.md", project / "docs" / "sub"
    target.mkdir()
    trap = project / "trap"
    trap.symlink_to(project.parent / "outside" / ("secret.txt" if swapped == "source" else ""))

    def copy(_: int) -> str:
        writing(project).copy("docs/guide.md", "docs/sub/copy")
        return "copied"

    found = race(source if swapped == "source" else target, trap, 1000, copy)
    assert os.listdir(project.parent / "outside") == ["secret.txt"]
    assert (target / "copy").read_text() == "guide\n"
    assert "copied" in found
