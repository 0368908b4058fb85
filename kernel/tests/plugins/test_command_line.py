"""A stranger's broken plugin stops neither the command line nor the plugins beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .site import Site, tool_module

BREAKAGES = {
    "missing dependency": "import a_module_that_is_missing",
    "exit": "import sys; sys.exit(3)",
    "syntax": "def (",
}


@pytest.fixture(params=BREAKAGES)
def broken(request: pytest.FixtureRequest, site: Site) -> Site:
    """A distribution that breaks, and a good one beside it."""
    points = {kind: {"mine_bad": "mine_bad"} for kind in ("tools", "agents", "engines", "hooks", "providers")}
    site.install("mine-bad", points, {"mine_bad": BREAKAGES[request.param]})
    site.install("mine-good", {"tools": {"mine_good": "mine_good"}}, {"mine_good": tool_module("mine_good")})
    return site


def test_a_broken_plugin_does_not_stop_the_version(broken: Site, tmp_path: Path) -> None:
    for words in (["--version"], ["version", "--json"], ["--help"]):
        ended = broken.llmspell(*words, cwd=tmp_path)
        assert (ended.returncode, ended.stderr) == (0, "")


def test_a_broken_plugin_does_not_stop_the_list(broken: Site, tmp_path: Path) -> None:
    ended = broken.llmspell("plugins", "--json", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    listed = {(each["kind"], each["name"]): each["status"] for each in json.loads(ended.stdout)["plugins"]}
    assert listed["tool", "mine_bad"] == "enabled"
    assert listed["tool", "mine_good"] == "enabled"


def test_checking_names_the_broken_ones_and_exits_with_3(broken: Site, tmp_path: Path) -> None:
    ended = broken.llmspell("plugins", "--check", "--json", cwd=tmp_path)
    assert ended.returncode == 3
    listed = {(each["kind"], each["name"]): each for each in json.loads(ended.stdout)["plugins"]}
    assert listed["tool", "mine_good"]["status"] == "ok"
    assert listed["tool", "calculator"]["status"] == "ok"
    for kind in ("tool", "agent", "engine", "hook", "provider"):
        assert listed[kind, "mine_bad"]["status"] == "broken"
        assert listed[kind, "mine_bad"]["problem"].startswith(f"{kind} 'mine_bad' of mine-bad does not load: ")
    assert "Traceback" not in ended.stderr


def test_a_broken_plugin_does_not_stop_a_spell(broken: Site, tmp_path: Path) -> None:
    code = "print(Tool.run('mine_good', {}).output)"
    ended = broken.llmspell("exec", "--engine", "lua", code, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ok\n", "")


def test_using_a_broken_plugin_says_whose_it_is(broken: Site, tmp_path: Path) -> None:
    ended = broken.llmspell("exec", "--engine", "mine_bad", "print(1)", cwd=tmp_path)
    assert ended.returncode == 3
    assert "engine 'mine_bad' of mine-bad does not load" in ended.stderr
    assert "LLMSPELL_BLOCK=mine-bad" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_blocked_plugin_is_listed_as_blocked_and_not_checked(broken: Site, tmp_path: Path) -> None:
    ended = broken.llmspell("plugins", "--check", cwd=tmp_path, LLMSPELL_BLOCK="other, mine-bad")
    assert (ended.returncode, ended.stderr) == (0, "")
    [line] = [line for line in ended.stdout.splitlines() if line.startswith("tool") and "mine_bad" in line]
    assert line.split()[-1] == "blocked"


@pytest.mark.parametrize("divider", [",", " ", ", "])
def test_block_takes_several_words(site: Site, tmp_path: Path, divider: str) -> None:
    ended = site.llmspell(
        "plugins", cwd=tmp_path, LLMSPELL_BLOCK=divider.join(["tool:calculator", "llmspell-agent-llm"])
    )
    blocked = [line.split()[1] for line in ended.stdout.splitlines() if line.endswith("blocked")]
    assert blocked == ["llm", "calculator"]


def test_a_plugin_is_blocked_by_configuration(site: Site, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text('[plugins]\nblock = ["tool:calculator"]\n')
    ended = site.llmspell("exec", "Tool.run('calculator', {expression = '1'})", cwd=tmp_path)
    assert ended.returncode != 0
    assert "no tool named 'calculator' is installed" in ended.stderr


def test_two_claims_to_one_name_are_both_named(site: Site, tmp_path: Path) -> None:
    site.install("mine-a", {"tools": {"mine_x": "mine_a"}}, {"mine_a": tool_module("mine_x", "a")})
    site.install("mine-b", {"tools": {"mine_x": "mine_b"}}, {"mine_b": tool_module("mine_x", "b")})
    code = "print(Tool.run('mine_x', {}).output)"
    ended = site.llmspell("exec", code, cwd=tmp_path)
    assert ended.returncode != 0
    assert "tool 'mine_x' is offered by mine-a and mine-b" in ended.stderr
    assert "Traceback" not in ended.stderr
    chosen = site.llmspell("exec", code, cwd=tmp_path, LLMSPELL_BLOCK="mine-a")
    assert (chosen.returncode, chosen.stdout) == (0, "b\n")


def test_damaged_metadata_stops_neither_the_list_nor_a_spell(site: Site, tmp_path: Path) -> None:
    site.damage("damaged", entry_points="[llmspell.tools]\nthis is no entry\n")
    site.damage("lost", entry_points="[llmspell.tools]\nlost = lost\n", metadata=False)
    listed = site.llmspell("plugins", cwd=tmp_path, LLMSPELL_BLOCK="something")
    assert listed.returncode == 0
    assert "calculator" in listed.stdout
    assert "the entry points of damaged in" in listed.stderr
    assert "Traceback" not in listed.stderr
    ended = site.llmspell("exec", "print(1)", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "1\n")
