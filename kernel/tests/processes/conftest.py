"""Each test begins and ends with the same processes, descriptors and temporary folders."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from .ground import Ground, held_by_this_process


@pytest.fixture(autouse=True)
async def _clean(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[None]:
    if sys.platform != "linux":
        pytest.skip("programs are started on Linux only")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = held_by_this_process()
    yield
    assert held_by_this_process() == before


@pytest.fixture
def ground(tmp_path: Path) -> Callable[..., Ground]:
    """Makes a project where the commands of some patterns may be run."""

    def make(*allow: str, **options: object) -> Ground:
        return Ground(tmp_path, *allow, **options)  # type: ignore[arg-type]  # passed on as they are

    return make
