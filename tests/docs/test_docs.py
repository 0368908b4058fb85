"""Every Lua, JavaScript and TypeScript block and every command in the documentation runs, and prints what the page says."""

from __future__ import annotations

import atexit
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("plugins/*/*/README.md")])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DATA = {"LLMSPELL_DATA_HOME": tempfile.mkdtemp(prefix="llmspell-docs-")}
"""What pages keep, they keep here."""
atexit.register(shutil.rmtree, _DATA["LLMSPELL_DATA_HOME"], ignore_errors=True)
_FILE_NAME = re.compile(r"(?:--|//) ([\w-]+\.\w+)\n")
"""The first line of a block that is no spell but a module of those on its page."""
_ASKED = re.compile(r"^(?:--|//) llmspell: (allow-[^\n]+)$", re.MULTILINE)
"""What a block asks for in its header."""


def blocks(*languages: str) -> list[Any]:
    """The spells, programs or commands of the languages in all pages, with the page and the number in it as id."""
    found = []
    for page in PAGES:
        for number, (language, text) in enumerate(_BLOCK.findall(page.read_text())):
            if language in languages and not _FILE_NAME.match(text):
                found.append(pytest.param(page, language, text, id=f"{page.relative_to(ROOT)}-{number}"))
    return found


def run(words: list[str], *, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command with llmspell on the path and no configuration but that of the folder."""
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.devnull, **_DATA}
    return subprocess.run(words, cwd=cwd, env=environ, capture_output=True, text=True, timeout=60, check=False)


def run_spell(page: Path, language: str, text: str, folder: Path, *options: str) -> None:
    """The block must succeed, beside the files that the page names, in a folder of its own if it asks to write.

    What its header asks for is granted. One that asks for the network is not run, but must be a spell.
    """
    for _, other in _BLOCK.findall(page.read_text()):
        if named := _FILE_NAME.match(other):
            (folder / named[1]).write_text(other)
    spell = folder / f"block.{language}"
    spell.write_text(text)
    asked = [f"--{each}" for line in _ASKED.findall(text) for each in shlex.split(line) if each.startswith("allow-")]
    if any(each.startswith("--allow-net") for each in asked):
        asked.append("--dry-run")
    ended = run(["llmspell", "run", *options, *asked, str(spell)], cwd=folder if asked else ROOT)
    assert ended.returncode == 0, ended.stderr


def test_there_are_blocks_of_each_language() -> None:
    assert all(blocks(language) for language in ("lua", "js", "ts", "python", "console"))


@pytest.mark.parametrize(("page", "language", "text"), blocks("lua"))
def test_a_lua_block_runs(page: Path, language: str, text: str, tmp_path: Path) -> None:
    run_spell(page, language, text, tmp_path)


@pytest.mark.parametrize("engine", ["javascript", "quickjs"])
@pytest.mark.parametrize(("page", "language", "text"), blocks("js", "ts"))
def test_a_javascript_block_runs(page: Path, language: str, text: str, engine: str, tmp_path: Path) -> None:
    run_spell(page, language, text, tmp_path, "--engine", engine)


def test_the_configuration_in_the_readme_chooses_quickjs(tmp_path: Path) -> None:
    [configuration] = [
        text for language, text in _BLOCK.findall((ROOT / "README.md").read_text()) if language == "toml"
    ]
    (tmp_path / "llmspell.toml").write_text(configuration)
    (tmp_path / "spell.js").write_text("console.log(typeof InternalError);")  # an error of QuickJS's own
    ended = run(["llmspell", "run", "spell.js"], cwd=tmp_path)
    assert (ended.stdout, ended.stderr) == ("function\n", "")


@pytest.mark.parametrize(("page", "language", "text"), blocks("python"))
def test_a_python_block_runs(page: Path, language: str, text: str, tmp_path: Path) -> None:
    program = tmp_path / f"{page.stem}.py"
    program.write_text(text)
    ended = run([sys.executable, str(program)])
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(("page", "language", "text"), blocks("console"))
def test_a_command_prints_what_the_page_says(page: Path, language: str, text: str) -> None:
    steps = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    assert steps
    for step in steps:
        line, _, expected = step.partition("\n")
        ended = run(shlex.split(line))
        assert ended.stdout + ended.stderr == expected, f"{page}: {line}"
