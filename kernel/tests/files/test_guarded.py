"""Guarded files as a tool has them: what of a folder was granted, and what of it was denied."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.context import Context
from llmspell.errors import LlmspellError, PermissionDenied
from llmspell.testing.bench import Bench
from llmspell.tool import Tool

ALL = {"fs.read": ["**"], "fs.write": ["**"]}


class Probe(Tool):
    """Does what a test says with what the call may use."""

    name = "probe"
    description = "Does what a test says."
    parameters = {"type": "object"}

    def __init__(self, act: Callable[[Context], Any]) -> None:
        self._act = act

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the test makes of the call."""
        return self._act(context)


async def test_what_is_denied_is_neither_named_nor_told(project: Path) -> None:
    bench = Bench(project, allow=ALL, deny={"fs.read": ["docs/**"]})
    assert await bench.call(Probe(lambda context: context.files.names())) == ["README.md"]
    assert await bench.call(Probe(lambda context: list(context.files.entries()))) == ["README.md"]
    (project / "sub").mkdir()
    for name in ("hidden", "shown"):
        (project / "sub" / name).touch()
    bench = Bench(project, allow=ALL, deny={"fs.read": ["sub/hidden"]})
    assert await bench.call(Probe(lambda context: list(context.files.within("sub").entries()))) == ["shown"]


async def test_what_is_denied_stays_so_in_a_folder_that_was_entered(project: Path) -> None:
    bench = Bench(project, allow=ALL, deny={"fs.read": ["docs/guide.md"], "fs.write": ["docs/guide.md"]})
    for act in (
        lambda context: context.files.within("docs").read_text("guide.md"),
        lambda context: context.writing.within("docs").write("guide.md", b"x"),
        lambda context: context.writing.within("docs").remove("guide.md"),
        lambda context: context.writing.copy("docs/guide.md", "copy"),
        lambda context: context.writing.copy("README.md", "docs/guide.md"),
    ):
        with pytest.raises(PermissionDenied, match=r"of '.*docs/guide.md' is denied by"):
            await bench.call(Probe(act))
    assert (project / "docs" / "guide.md").read_text() == "guide\n"
    assert not (project / "copy").exists()


@pytest.mark.parametrize("path", ["../README.md", "up", "../docs/../README.md"])
async def test_a_granted_folder_beside_the_one_that_was_entered_is_out_of_it(project: Path, path: str) -> None:
    (project / "docs" / "up").symlink_to("../README.md")
    with pytest.raises(PermissionDenied, match="leads out of"):
        await Bench(project, allow=ALL).call(Probe(lambda context: context.files.within("docs").read_text(path)))


async def test_a_folder_that_is_gone_is_not_its_parent(project: Path) -> None:
    (project / "empty").mkdir()

    def write(context: Context) -> None:
        inside = context.writing.within("empty")
        (project / "empty").rmdir()
        inside.write("new", b"x")

    with pytest.raises(LlmspellError, match=r"empty' cannot be opened: No such file"):
        await Bench(project, allow=ALL).call(Probe(write))
    assert sorted(os.listdir(project)) == ["README.md", "docs"]


async def test_a_granted_folder_that_takes_the_place_of_the_one_that_was_entered_is_not_written(project: Path) -> None:
    (project / "other").mkdir()

    def write(context: Context) -> None:
        inside = context.writing.within("docs")
        (project / "docs").rename(project / "spare")
        (project / "docs").symlink_to("other")
        inside.write("new", b"x")

    with pytest.raises(LlmspellError, match="'docs' was changed while it was being opened"):
        await Bench(project, allow=ALL).call(Probe(write))
    assert os.listdir(project / "other") == []
