"""The commands beside `run`: what they list and show, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from llmspell import __version__

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell


@pytest.mark.parametrize("words", [("--version",), ("version",)])
def test_the_version_is_one_line(llmspell: Llmspell, words: tuple[str, ...]) -> None:
    ended = llmspell(*words)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"llmspell {__version__}\n", "")


def test_the_version_for_programs(llmspell: Llmspell) -> None:
    assert json.loads(llmspell("version", "--json").stdout)["llmspell"] == __version__


def test_help_lists_every_command(llmspell: Llmspell) -> None:
    shown = llmspell("--help").stdout
    for command in ("run", "exec", "plugins", "tools", "providers", "models", "config", "types", "version"):
        assert f"\n  {command} " in shown


def test_plugins_lists_kind_name_distribution_version_and_status(llmspell: Llmspell) -> None:
    lines = [line.split() for line in llmspell("plugins").stdout.splitlines()]
    assert lines[0] == ["kind", "name", "distribution", "version", "status"]
    assert ["engine", "lua", "llmspell-engine-lua", __version__, "enabled"] in lines


def test_plugins_check_loads_them_all(llmspell: Llmspell) -> None:
    ended = llmspell("plugins", "--check", "--json")
    shown = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert {plugin["status"] for plugin in shown["plugins"]} == {"ok"}


def test_a_blocked_plugin_is_shown_and_does_not_load(llmspell: Llmspell) -> None:
    blocked = {"LLMSPELL_BLOCK": "llmspell-tool-core, hook:metrics"}
    statuses = {
        (plugin["kind"], plugin["name"]): plugin["status"]
        for plugin in json.loads(llmspell("plugins", "--json", **blocked).stdout)["plugins"]
    }
    assert statuses["tool", "calculator"] == statuses["hook", "metrics"] == "blocked"
    assert statuses["hook", "logging"] == "enabled"
    ended = llmspell("tools", "show", "calculator", **blocked)
    assert (ended.returncode, "no tool named 'calculator' is installed" in ended.stderr) == (2, True)


def test_a_broken_plugin_is_named_and_stops_no_other(llmspell: Llmspell, tmp_path: Path) -> None:
    info = tmp_path / "broken_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[llmspell.tools]\nbroken = broken_pack\n")
    (tmp_path / "broken_pack.py").write_text("import a_package_that_nobody_has\n")
    extra = {"PYTHONPATH": str(tmp_path)}
    ended = llmspell("plugins", "--check", **extra)
    assert ended.returncode == 3
    assert "error: tool 'broken' of broken-pack does not load: ModuleNotFoundError" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert llmspell("--version", **extra).returncode == 0
    assert llmspell("plugins", **extra).returncode == 0
    assert llmspell("tools", "run", "calculator", "--arg", "expression=6*7", **extra).stdout == "42\n"


def test_tools_list_and_show(llmspell: Llmspell) -> None:
    lines = [line.split() for line in llmspell("tools", "list").stdout.splitlines()]
    assert ("calculator", "llmspell-tool-core") in [(line[0], line[-1]) for line in lines]
    names = [tool["name"] for tool in json.loads(llmspell("tools", "list", "--json").stdout)["tools"]]
    assert {"calculator", "datetime", "file_read", "json_query"} <= set(names)
    assert names == sorted(names)
    shown = llmspell("tools", "show", "file_read").stdout
    assert shown.startswith("file_read: ")
    assert "\n  path: string" in shown
    assert "needs: fs.read" in shown
    assert json.loads(llmspell("tools", "show", "file_read", "--json").stdout)["needs"] == ["fs.read"]


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("--arg", "expression=17% of 2390"), ""),
        (('{"expression": "17% of 2390"}',), ""),
        (("-",), '{"expression": "17% of 2390"}'),
    ],
)
def test_a_tool_runs_from_the_command_line(llmspell: Llmspell, words: tuple[str, ...], stdin: str) -> None:
    assert llmspell("tools", "run", "calculator", *words, stdin=stdin).stdout == "406.3\n"


def test_a_tools_answer_for_programs(llmspell: Llmspell) -> None:
    ended = llmspell("tools", "run", "calculator", "--arg", "expression=1+1", "--json")
    assert json.loads(ended.stdout) == {"schema": "llmspell.tool-result/1", "output": 2}


def test_a_tools_numbers_and_words_are_told_apart_by_its_schema(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\nthree\n")
    ended = llmspell("tools", "run", "file_read", "--arg", "path=a.txt", "--arg", "offset=2", "--arg", "limit=1")
    assert "two" in ended.stdout
    assert "three" not in ended.stdout
    assert llmspell("tools", "run", "file_read", "--arg", "path=a.txt", "--arg", "offset=x").returncode == 2


def test_providers_tell_which_is_set_up(llmspell: Llmspell) -> None:
    ended = llmspell("providers", "--json")
    found = {provider["name"]: provider["status"] for provider in json.loads(ended.stdout)["providers"]}
    assert (found["offline"], found["openai"]) == ("set up", "no default model")
    assert json.loads(ended.stdout)["default"] == "offline/extractive"
    with_key = json.loads(llmspell("providers", "--json", OPENAI_API_KEY="key").stdout)
    assert with_key["default"].startswith("openai/")
    people = llmspell("providers")
    assert people.stdout.startswith("name ")
    assert people.stderr == "model of agents that name none: offline/extractive\n"


def test_models_asks_one_provider_or_all(llmspell: Llmspell) -> None:
    assert llmspell("models", "offline").stdout == "offline/extractive\n"
    everything = llmspell("models", "--json", OLLAMA_HOST="http://127.0.0.1:9")
    shown = json.loads(everything.stdout)
    assert "offline/extractive" in shown["models"]
    assert any("openai" in problem for problem in shown["problems"])
    assert "Traceback" not in everything.stderr


def test_config_show_tells_where_each_value_comes_from(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text('# mine\n[budget]\ntokens = 5000\n[run]\nmodel = "a/b"\n')
    words = ("config", "show", "--origin", "--set", "budget.steps=7")
    found = {
        line.split()[0]: line.split(maxsplit=2)[1:]
        for line in llmspell(*words, LLMSPELL_BUDGET__TOOL_CALLS="9").stdout.splitlines()
    }
    assert found["budget.tokens"] == ["5000", "llmspell.toml:3"]
    assert found["budget.tool_calls"] == ["9", "LLMSPELL_BUDGET__TOOL_CALLS"]
    assert found["budget.steps"] == ["7", "--set budget.steps"]
    assert found["budget.hops"] == ["16", "default"]
    assert "budget.tokens = 5000\n" in llmspell("config", "show").stdout
    assert json.loads(llmspell("config", "show", "--json").stdout)["schema"] == "llmspell.config/1"


def test_config_validate_lists_every_problem(llmspell: Llmspell, tmp_path: Path) -> None:
    assert llmspell("config", "validate").returncode == 0
    (tmp_path / "llmspell.toml").write_text('[budget]\ntokens = "many"\nstps = 1\n[hook.loging]\nlevel = "info"\n')
    ended = llmspell("config", "validate")
    assert ended.returncode == 3
    assert "llmspell.toml:2: `budget.tokens`" in ended.stderr
    assert "llmspell.toml:3: `budget.stps`" in ended.stderr
    (tmp_path / "llmspell.toml").write_text('[hook.loging]\nlevel = "info"\n')
    assert "did you mean 'logging'?" in llmspell("config", "validate").stderr


def test_types_writes_the_annotations_for_both_languages(llmspell: Llmspell, tmp_path: Path) -> None:
    ended = llmspell("types", "--out", "typings")
    assert ended.returncode == 0
    assert ended.stderr.splitlines() == ["wrote typings/llmspell.lua", "wrote typings/llmspell.d.ts"]
    assert sorted(path.name for path in (tmp_path / "typings").iterdir()) == ["llmspell.d.ts", "llmspell.lua"]
    assert (tmp_path / "typings" / "llmspell.lua").read_text().startswith("---@meta llmspell\n")
    assert "declare const Agent: llmspell.AgentGlobal;" in (tmp_path / "typings" / "llmspell.d.ts").read_text()
    (tmp_path / "file").write_text("")
    ended = llmspell("types", "--out", "file/below")
    assert (ended.returncode, "Traceback" in ended.stderr) == (3, False)


def test_a_reader_that_goes_away_is_no_traceback(llmspell: Llmspell, tmp_path: Path) -> None:
    import subprocess

    from tests.cli.conftest import environment

    command = "llmspell config show | head -1; llmspell tools list | true"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr
