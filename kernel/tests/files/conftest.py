"""A project folder beside a folder with a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

SECRET = "the secret"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with a few files, next to a folder with a secret."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / "README.md").write_text("read me\n")
    (project / "docs" / "guide.md").write_text("guide\n")
    return project
