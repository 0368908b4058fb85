"""Every Lua and JavaScript block and every command in the documentation runs, and prints what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("plugins/*/*/README.md")])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[Any]:
    """The blocks of a language in all pages, each with the page and its number in it as id."""
    found = []
    for page in PAGES:
        for number, block in enumerate(_BLOCK.findall(page.read_text())):
            if block[0] == language:
                found.append(pytest.param(block[1], id=f"{page.relative_to(ROOT)}-{number}"))
    return found


def run(words: list[str], *, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A command with llmspell on the path and no configuration but the project's."""
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.devnull}
    return subprocess.run(
        words, cwd=ROOT, env=environ, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("text", blocks("lua"))
def test_a_lua_block_runs(text: str, tmp_path: Path) -> None:
    spell = tmp_path / "block.lua"
    spell.write_text(text)
    ended = run(["llmspell", "run", str(spell)])
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("engine", ["javascript", "quickjs"])
@pytest.mark.parametrize("text", blocks("js"))
def test_a_javascript_block_runs(text: str, engine: str, tmp_path: Path) -> None:
    spell = tmp_path / "block.js"
    spell.write_text(text)
    ended = run(["llmspell", "run", "--engine", engine, str(spell)])
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("text", blocks("python"))
def test_a_python_block_runs(text: str, tmp_path: Path) -> None:
    program = tmp_path / "block.py"
    program.write_text(text)
    ended = run([sys.executable, str(program)])
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("text", blocks("console"))
def test_a_command_prints_what_the_page_says(text: str) -> None:
    steps = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    assert steps
    for step in steps:
        line, _, expected = step.partition("\n")
        ended = run(shlex.split(line))
        assert ended.stdout + ended.stderr == expected, line
