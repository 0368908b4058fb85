"""The command line, as a process of its own in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Llmspell = Callable[..., subprocess.CompletedProcess[str]]


def environment(**extra: str) -> dict[str, str]:
    """No key, no configuration of the user's, and llmspell on the path."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": os.devnull, **kept, **extra}


@pytest.fixture
def llmspell(tmp_path: Path) -> Llmspell:
    """Runs `llmspell WORDS...` in the test's folder."""

    def run(*words: str, stdin: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["llmspell", *words],
            cwd=tmp_path,
            env=environment(**extra),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
