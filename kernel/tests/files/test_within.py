"""Narrowed to one folder, guarded files reach nothing beside it, whatever else was granted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.files import Files
from llmspell.files.writing import Writing
from llmspell.quota import Quota

from .racing import race


def writing(*roots: Path) -> Writing:
    """What may be written below these folders, and read as well."""
    return Writing(roots, readable=Files(roots), quota=Quota())


def test_relative_paths_start_in_the_folder(project: Path) -> None:
    assert Files([project]).within("docs").read_text("guide.md") == "guide\n"
    writing(project).within("docs").write("new", b"x")
    assert (project / "docs" / "new").read_bytes() == b"x"


@pytest.mark.parametrize("path", ["../README.md", "up", "up-folder/README.md", "sub/../../README.md"])
def test_what_lies_beside_the_folder_is_out_of_it(project: Path, path: str) -> None:
    (project / "docs" / "sub").mkdir()
    (project / "docs" / "up").symlink_to("../README.md")
    (project / "docs" / "up-folder").symlink_to("..")
    with pytest.raises(PermissionDenied, match="leads out of"):
        Files([project]).within("docs").read_text(path)
    with pytest.raises(PermissionDenied, match="leads out of"):
        writing(project).within("docs").write(path, b"x")
    with pytest.raises(PermissionDenied, match="leads out of"):
        writing(project).within("docs").rename("guide.md", path + "/../stolen")
    assert (project / "README.md").read_text() == "read me\n"


def test_an_absolute_path_beside_the_folder_is_out_of_it(project: Path) -> None:
    with pytest.raises(PermissionDenied, match="leads out of"):
        Files([project]).within("docs").read_text(project / "README.md")
    assert Files([project]).within("docs").read_text(project / "docs" / "guide.md") == "guide\n"


def test_a_link_inside_the_folder_is_followed_inside_it(project: Path) -> None:
    (project / "docs" / "link").symlink_to("guide.md")
    assert Files([project]).within("docs").read_text("link") == "guide\n"


def test_a_folder_that_a_link_leads_to_is_entered_where_it_is(project: Path) -> None:
    (project / "papers").symlink_to("docs")
    files = Files([project]).within("papers")
    (project / "papers").unlink()
    assert files.read_text("guide.md") == "guide\n"


def test_a_link_is_not_entered_where_that_is_not_wanted(project: Path) -> None:
    (project / "papers").symlink_to("docs")
    for files in (Files([project]), writing(project)):
        with pytest.raises(UsageError, match="'papers' is a link, not a folder"):
            files.within("papers", follow=False)
        assert files.within("docs", follow=False).roots == (project / "docs",)


def test_a_folder_that_became_a_link_is_entered_no_more(project: Path) -> None:
    (project / "other").mkdir()
    reading, files = Files([project]).within("docs"), writing(project).within("docs")
    (project / "docs").rename(project / "spare")
    (project / "docs").symlink_to("other")
    with pytest.raises(LlmspellError, match="'new' cannot be written: 'docs' was changed while it was") as caught:
        files.write("new", b"x")
    assert caught.value.kind == "conflict"
    with pytest.raises(LlmspellError, match="'docs' was changed"):
        reading.names()
    assert os.listdir(project / "other") == []


def test_a_folder_that_is_gone_is_not_its_parent(project: Path) -> None:
    (project / "empty").mkdir()
    files = writing(project).within("empty")
    (project / "empty").rmdir()
    with pytest.raises(LlmspellError, match=r"'.*empty' cannot be opened: No such file"):
        files.write("new", b"x")
    assert not (project / "new").exists()


def test_what_is_no_folder_is_not_entered(project: Path) -> None:
    with pytest.raises(UsageError, match=r"'README.md' is a file, not a folder"):
        Files([project]).within("README.md")
    with pytest.raises(UsageError, match="'gone' does not exist"):
        Files([project]).within("gone")
    with pytest.raises(PermissionDenied, match="leads out of"):
        Files([project]).within("../outside")


def test_a_folder_that_may_not_be_read_is_not_entered_to_write(project: Path) -> None:
    files = Writing([project], readable=Files([project / "docs"]), quota=Quota())
    with pytest.raises(PermissionDenied, match="may not be entered"):
        files.within(project)


def test_a_folder_swapped_for_a_link_meanwhile_never_leads_elsewhere(project: Path) -> None:
    (project / "precious").mkdir()
    (project / "trap").symlink_to("precious")
    files = writing(project).within("docs")

    def write(number: int) -> str:
        files.write(f"new{number % 3}", b"x")
        return "written"

    found = race(project / "docs", project / "trap", 1500, write)
    assert os.listdir(project / "precious") == []
    assert "written" in found
