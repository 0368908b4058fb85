"""What stands at a path and in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.files import Files


def test_a_folder_tells_what_stands_in_it_and_follows_no_link(project: Path) -> None:
    (project / "link").symlink_to("../outside/secret.txt")
    os.mkfifo(project / "fifo")
    found = Files([project]).entries()
    kinds = {"README.md": "file", "docs": "folder", "fifo": "other", "link": "link"}
    assert {name: seen.kind for name, seen in found.items()} == kinds
    assert list(found) == sorted(found)
    assert found["README.md"].size == 8
    assert found["README.md"].modified == (project / "README.md").stat().st_mtime


def test_only_a_folder_has_entries(project: Path) -> None:
    with pytest.raises(UsageError, match=r"'README.md' is a file, not a folder"):
        Files([project]).entries("README.md")
    with pytest.raises(PermissionDenied, match="leads out of"):
        Files([project]).entries("../outside")
    with pytest.raises(UsageError, match="'gone' does not exist"):
        Files([project]).entries("gone")


def test_a_folder_with_too_many_names_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmspell.files.reading._MOST_NAMES", 1)
    for look in (Files([project]).entries, Files([project]).names):
        with pytest.raises(UsageError, match=r"'\.' has more than 1 names"):
            look()


def test_a_link_is_looked_at_or_through(project: Path) -> None:
    (project / "link").symlink_to("README.md")
    (project / "dangling").symlink_to("gone")
    (project / "out").symlink_to("../outside/secret.txt")
    files = Files([project])
    assert files.look("link") == files.look("README.md")
    for name in ("link", "dangling", "out"):
        seen = files.look(name, follow=False)
        assert seen is not None
        assert seen.kind == "link"
    assert files.look("dangling") is None
    with pytest.raises(PermissionDenied, match="leads out of"):
        files.look("out")


def test_whoever_reads_says_how_much_at_most(project: Path) -> None:
    files = Files([project], max_bytes=4)
    with pytest.raises(UsageError, match=r"'README.md' has 8 bytes, and at most 4 are read"):
        files.read_bytes("README.md")
    assert files.read_bytes("README.md", 8) == b"read me\n"
    with pytest.raises(UsageError, match="at most 0 are read"):
        files.read_bytes("README.md", 0)
