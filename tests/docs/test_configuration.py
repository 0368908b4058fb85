"""The files that docs/configuration.md shows are valid, and those that should mean the same do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llmspell.config import Config, load

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
FILES = re.findall(r"^```(toml|yaml|json)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def loaded(folder: Path, language: str, text: str) -> Config:
    folder.mkdir(exist_ok=True)
    (folder / f"llmspell.{language}").write_text(text)
    return load(folder, {"HOME": str(folder)}).config


@pytest.mark.parametrize(("language", "text"), FILES, ids=range(len(FILES)))
def test_a_file_on_the_page_is_valid(language: str, text: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, language, text).prompts


def test_the_page_says_the_same_in_three_formats(tmp_path: Path) -> None:
    assert [language for language, _ in FILES[:3]] == ["toml", "yaml", "json"]
    toml, yaml, json = (loaded(tmp_path / language, language, text) for language, text in FILES[:3])
    assert toml == yaml == json != Config()


def test_every_command_of_the_group_is_on_the_page() -> None:
    from llmspell.cli.config import config

    assert len(config.commands) >= 8
    for name in config.commands:
        assert f"`llmspell config {name}" in PAGE, name
