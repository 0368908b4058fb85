"""`llmspell new`: what it writes, what it tells, and what it refuses. That it all works is in tests/packaging."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import environment

from llmspell.errors import LlmspellError, UsageError
from llmspell.scaffold.placing import place
from llmspell.scaffold.template import KINDS

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

PLUGINS = sorted(kind for kind, of_plugin in KINDS.items() if of_plugin)


def made(llmspell: Llmspell, *words: str) -> dict[str, Any]:
    """What `llmspell new WORDS --json` tells. Any: JSON."""
    ended = llmspell("new", *words, "--json")
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_there_are_the_kinds_that_the_help_names(llmspell: Llmspell) -> None:
    shown = llmspell("new", "--help").stdout
    assert set(KINDS) == {"agent", "engine", "hook", "pack", "provider", "spell", "tool"}
    assert all(kind in shown for kind in KINDS)


def test_it_tells_what_it_wrote_and_three_commands_to_type(llmspell: Llmspell) -> None:
    ended = llmspell("new", "tool", "word-count")
    assert ended.stderr.splitlines() == [
        "wrote llmspell-tool-word-count/README.md",
        "wrote llmspell-tool-word-count/pyproject.toml",
        "wrote llmspell-tool-word-count/src/llmspell_tool_word_count/word_count.py",
        "wrote llmspell-tool-word-count/src/llmspell_tool_word_count/__init__.py",
        "wrote llmspell-tool-word-count/src/llmspell_tool_word_count/py.typed",
        "wrote llmspell-tool-word-count/tests/test_word_count.py",
    ]
    assert ended.stdout.splitlines() == [
        "next:",
        "  pip install -e './llmspell-tool-word-count[dev]'",
        "  pytest ./llmspell-tool-word-count",
        '  llmspell tools run word_count --arg text="one two three"',
    ]


@pytest.mark.parametrize("kind", PLUGINS)
def test_what_it_tells_programs_is_what_it_wrote(kind: str, llmspell: Llmspell, tmp_path: Path) -> None:
    told = made(llmspell, kind, "mine")
    folder = tmp_path / told["folder"]
    assert [told["schema"], told["kind"], len(told["next"])] == ["llmspell.new/1", kind, 3]
    assert sorted(told["files"]) == [path for path in everything(folder) if (folder / path).is_file()]


@pytest.mark.parametrize("kind", PLUGINS)
def test_every_name_is_filled_in(kind: str, llmspell: Llmspell, tmp_path: Path) -> None:
    told = made(llmspell, kind, "sea_level")
    texts = {name: (tmp_path / told["folder"] / name).read_text() for name in told["files"]}
    for name, text in texts.items():
        assert "{{" not in text, name
        assert not {"NAME", "PACKAGE"} & set(Path(name).parts), name
        if name.endswith(".py"):
            assert ast.get_docstring(ast.parse(text)), name
    project = tomllib.loads(texts["pyproject.toml"])["project"]
    assert project["name"] == told["folder"] == f"llmspell-{KINDS[kind]}-sea-level"
    assert "sea_level" in project["entry-points"][f"llmspell.{KINDS[kind]}s"]
    assert texts["README.md"].startswith(f"# {project['name']}\n")


@pytest.mark.parametrize("kind", PLUGINS)
def test_the_code_is_as_a_formatter_writes_it(kind: str, llmspell: Llmspell, tmp_path: Path) -> None:
    folder = tmp_path / made(llmspell, kind, "mine")["folder"]
    ruff = [str(Path(sys.executable).parent / "ruff"), "--isolated", "--config", "line-length = 120"]
    for command in (["format", "--check"], ["check", "--select", "E,F,W,I,B,UP,SIM,RET,ANN001,ANN201"]):
        ended = subprocess.run([*ruff, *command, "."], cwd=folder, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout


@pytest.mark.slow
def test_the_code_is_typed(llmspell: Llmspell, tmp_path: Path) -> None:
    folders = [made(llmspell, kind, f"my_{kind}")["folder"] for kind in PLUGINS]
    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", "--cache-dir", "cache", *folders]
    environ = environment(MYPYPATH=":".join(f"{folder}/src" for folder in folders))
    ended = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("language", ["lua", "javascript"])
def test_a_new_spell_runs_as_it_tells(language: str, llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "my spells").mkdir()
    told = made(llmspell, "spell", "say-it", "--language", language, "--dir", "my spells")
    assert [*told["files"]] == everything(tmp_path / "my spells")
    for command in told["next"]:
        ended = subprocess.run(command, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)  # fmt: skip
        assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "The tide is high at noon. It is low at six.\n"


def test_a_spell_is_in_lua_and_here_unless_told_otherwise(llmspell: Llmspell, tmp_path: Path) -> None:
    made(llmspell, "spell", "brief")
    assert everything(tmp_path) == ["brief.lua"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("tols", "x"), "nothing of the kind 'tols' can be made", "did you mean 'tool'?"),
        (("zzz", "x"), "nothing of the kind 'zzz' can be made", "known: agent, engine, hook, pack, provider, spell, tool"),
        (("tool", "WordCount"), "'WordCount' is no name: small letters and digits, in words with - or _ between them, make one", "try 'word_count'"),
        (("tool", "../up"), "'../up' is no name: small letters and digits, in words with - or _ between them, make one", "try 'up'"),
        (("spell", "2fast"), "'2fast' is no name: small letters and digits, in words with - or _ between them, make one", "such as word-count"),
        (("tool", "x" * 41), f"the name {'x' * 40!r}... is longer than 40 characters", "shorten it"),
        (("tool", "llmspell-tool-x"), "'llmspell-tool-x' begins with llmspell, which is put before it anyway", "give the rest alone"),
        (("tool", "yield"), "'yield' is a keyword of Python, which the plugin's code would hide", "try 'my_yield'"),
        (("agent", "random"), "'random' is a module of Python's standard library, which the plugin's code would hide", "try 'my_random'"),
        (("hook", "print"), "'print' is a name that Python has built in, which the plugin's code would hide", "try 'my_print'"),
        (("tool", "calculator"), "the tool 'calculator' is installed already, from llmspell-tool-core", "choose another name; `llmspell plugins` lists those that are taken"),
        (("engine", "js"), "the extension 'js' is installed already, from llmspell-engine-javascript", "choose another name; `llmspell plugins` lists those that are taken"),
        (("tool", "x", "--language", "lua"), "--language is for spells, and a new tool is written in Python", "leave it out"),
        (("spell", "x", "--language", "lau"), "there is no spell in 'lau' to begin with", "did you mean 'lua'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_and_leaves_nothing(
    words: tuple[str, ...], message: str, hint: str, llmspell: Llmspell, tmp_path: Path
) -> None:
    ended = llmspell("new", *words)
    assert (ended.returncode, ended.stderr) == (2, f"error: {message}\nhint: {hint}\n")
    assert everything(tmp_path) == []


def test_what_is_blocked_is_taken_all_the_same(llmspell: Llmspell) -> None:
    ended = llmspell("new", "tool", "calculator", LLMSPELL_BLOCK="llmspell-tool-core")
    assert "the tool 'calculator' is installed already" in ended.stderr


def test_an_empty_folder_is_filled_and_a_missing_one_is_made(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "a/new/one"):
        made(llmspell, "tool", "mine", "--dir", folder)
        assert (tmp_path / folder / "pyproject.toml").is_file()


def test_a_folder_that_holds_something_is_left_alone(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / ".git").write_text("mine")
    ended = llmspell("new", "tool", "mine", "--dir", "full")
    assert ended.stderr.startswith("error: 'full' is there already, and nothing is written over it\n")
    assert everything(tmp_path) == ["full", "full/.git"]


def test_a_spell_that_is_there_is_left_alone(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "mine.lua").write_text("mine")
    ended = llmspell("new", "spell", "mine")
    assert (ended.returncode, "'mine.lua' is there already" in ended.stderr) == (2, True)
    assert (tmp_path / "mine.lua").read_text() == "mine"


def test_a_file_in_the_place_of_a_folder_is_an_error(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert "error: 'file' is there already" in llmspell("new", "tool", "mine", "--dir", "file").stderr
    ended = llmspell("new", "tool", "mine", "--dir", "file/below")
    assert (ended.returncode, "cannot be made: Not a directory" in ended.stderr) == (2, True)
    assert everything(tmp_path) == ["file"]


def test_a_failure_takes_away_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(UsageError, match=r"cannot be made: Not a directory"):
        place(tmp_path, {"a/b/one": "1", "a/two": "2", "a/two/three": "3"})
    with pytest.raises(LlmspellError, match=r"kept' is there already"):
        place(tmp_path, {"new/one": "1", "kept": "2"})
    assert everything(tmp_path) == ["kept"]
    assert (tmp_path / "kept").read_text() == "mine"
