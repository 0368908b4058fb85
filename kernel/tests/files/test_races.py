"""A file or folder that is swapped while it is being opened never leads out of a root."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import LlmspellError
from llmspell.files import Files

from .racing import race

SECRET = "the secret"


def swap_after_the_look(monkeypatch: pytest.MonkeyPatch, name: str, swap: Callable[[], object]) -> None:
    """Do `swap` at the worst moment: after `name` was looked at, and before it is opened."""
    look = os.stat

    def look_then_swap(path: Any, *args: Any, **options: Any) -> os.stat_result:
        found = look(path, *args, **options)
        if path == name:
            monkeypatch.setattr(os, "stat", look)
            swap()
        return found

    monkeypatch.setattr(os, "stat", look_then_swap)


def test_a_folder_that_becomes_a_link_is_not_entered(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def swap() -> None:
        (project / "docs").rename(project / "spare")
        (project / "docs").symlink_to("../outside")

    swap_after_the_look(monkeypatch, "docs", swap)
    with pytest.raises(LlmspellError, match="'docs' was changed while it was being opened") as caught:
        Files([project]).read_text("docs/secret.txt")
    assert caught.value.kind == "conflict"
    assert caught.value.retryable


def test_a_file_that_becomes_a_link_is_not_opened(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def swap() -> None:
        (project / "README.md").unlink()
        (project / "README.md").symlink_to("../outside/secret.txt")

    swap_after_the_look(monkeypatch, "README.md", swap)
    with pytest.raises(LlmspellError, match=r"'README.md' was changed while it was being opened"):
        Files([project]).read_text("README.md")


def test_a_file_that_becomes_a_fifo_is_not_waited_for(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def swap() -> None:
        (project / "README.md").unlink()
        os.mkfifo(project / "README.md")

    swap_after_the_look(monkeypatch, "README.md", swap)
    outcomes: list[str] = []

    def read() -> None:
        try:
            Files([project]).read_text("README.md")
        except LlmspellError as error:
            outcomes.append(error.kind)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(20)
    assert outcomes == ["permission"]


def test_a_folder_that_becomes_a_file_is_not_entered(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def swap() -> None:
        (project / "docs").rename(project / "spare")
        (project / "docs").write_text("a file")

    swap_after_the_look(monkeypatch, "docs", swap)
    with pytest.raises(LlmspellError, match="'docs' was changed while it was being opened"):
        Files([project]).read_text("docs/guide.md")


def test_a_folder_swapped_for_a_link_never_leads_out(project: Path) -> None:
    (project / "docs" / "secret.txt").write_text("harmless")
    (project / "trap").symlink_to("../outside")
    found = race(project / "docs", project / "trap", 3_000, lambda _: Files([project]).read_text("docs/secret.txt"))
    assert found <= {"harmless", "not_found", "conflict", "permission"}
    assert "harmless" in found


def test_a_folder_that_is_moved_out_does_not_take_the_walk_with_it(project: Path) -> None:
    # `..` means the folder that the walk came from, so a moved folder cannot make it mean somewhere else.
    (project / "docs" / "sub").mkdir()
    moved = project.parent / "outside" / "sub"
    done = threading.Event()

    def move() -> None:
        while not done.is_set():
            (project / "docs" / "sub").rename(moved)
            moved.rename(project / "docs" / "sub")

    mover = threading.Thread(target=move)
    mover.start()
    outcomes: set[str] = set()
    try:
        for _ in range(3_000):
            try:
                outcomes.add(Files([project]).read_text("docs/sub/../secret.txt"))
            except LlmspellError as error:
                outcomes.add(error.kind)
    finally:
        done.set()
        mover.join()
    assert outcomes == {"not_found"}


def test_a_fifo_swapped_in_for_a_file_is_refused(project: Path) -> None:
    os.mkfifo(project / "fifo")
    target, fifo, spare = project / "README.md", project / "fifo", project / "spare"
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            target.rename(spare)
            fifo.rename(target)
            target.rename(fifo)
            spare.rename(target)

    swapper = threading.Thread(target=swap)
    swapper.start()
    outcomes: set[str] = set()
    try:
        for _ in range(3_000):
            try:
                outcomes.add(Files([project]).read_text("README.md"))
            except LlmspellError as error:
                outcomes.add(error.kind)
    finally:
        done.set()
        swapper.join()
    assert outcomes <= {"read me\n", "permission", "not_found"}
