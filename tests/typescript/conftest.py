"""The compiler, installed once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.typescript.compiler import install


@pytest.fixture(scope="session")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the compiler of TypeScript is installed."""
    folder = tmp_path_factory.mktemp("compiler")
    if problem := install(folder):
        pytest.skip(problem)
    return folder
