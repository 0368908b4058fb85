"""A project folder beside a folder with a secret, and what calls the tools in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.testing.bench import Bench

SECRET = "the secret"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nothing was granted in."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.txt").write_text(SECRET)
    return folder


@pytest.fixture
def project(tmp_path: Path, outside: Path) -> Path:
    """A project folder with a few files."""
    project = tmp_path / "project"
    (project / "docs" / "sub").mkdir(parents=True)
    (project / "README.md").write_text("read me\n")
    (project / "docs" / "guide.md").write_text("guide\n")
    (project / "docs" / "sub" / "deep.txt").write_text("deep\n")
    return project


@pytest.fixture
def bench(project: Path) -> Bench:
    """Calls a tool with the project folder granted, to read and to write."""
    return Bench(project, allow={"fs.read": ["**"], "fs.write": ["**"]})
