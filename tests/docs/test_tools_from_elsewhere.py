"""The files of docs/plugins/tools-from-elsewhere.md make the tools that the page names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "plugins" / "tools-from-elsewhere.md").read_text()
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with all the files of the page."""
    blocks: dict[str, list[str]] = {}
    for language, text in _BLOCK.findall(PAGE):
        blocks.setdefault(language, []).append(text)
    folder = tmp_path / "project"
    (folder / "tools").mkdir(parents=True)
    (folder / "tools" / "shout.py").write_text(blocks["python"][0])
    (folder / "summarise.lua").write_text(blocks["lua"][0])
    (folder / "petstore.yaml").write_text(blocks["yaml"][0])
    (folder / "llmspell.toml").write_text("\n".join(blocks["toml"]))
    return folder


def llmspell(folder: Path, *words: str) -> str:
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder.parent)}
    ended = subprocess.run(
        ["llmspell", *words], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_tools_of_the_page_are_listed_shown_and_run(project: Path) -> None:
    llmspell(project, "trust")
    listed = llmspell(project, "tools", "list")
    for name, place in (
        ("shout", "tools/shout.py"),
        ("summarise", "summarise.lua"),
        ("petstore_show_pet", "petstore.yaml"),
    ):
        assert re.search(rf"^{name} .* {re.escape(place)}$", listed, re.MULTILINE)
    assert llmspell(project, "tools", "run", "shout", "--arg", "text=hi", "--arg", "marks=2") == "HI!!\n"
    assert llmspell(project, "tools", "run", "summarise", "--arg", "text=a b c", "--arg", "words=2") == "a b\n"
    assert "needs: net, secrets" in llmspell(project, "tools", "show", "petstore_show_pet")
