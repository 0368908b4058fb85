"""`[router.NAME]` on the command line, as a process: as a model, and what is told of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

SPELL = 'return Provider.complete{ prompt = "The tide is high at noon." }.text'
SPELLS = {
    "ask.lua": """
local text = ""
for event in Agent.create{ name = "a", model = "router/steady" }:stream("The tide is high at noon. The moon is full. When is the tide high?") do
  if event.type == "text" then text = text .. event.text end
end
return text
""",
    "ask.js": """
let text = "";
const agent = await Agent.create({ name: "a", model: "router/steady" });
for await (const event of await agent.stream("The tide is high at noon. The moon is full. When is the tide high?")) {
  if (event.type === "text") text += event.text;
}
return text;
""",
}
ROUTED = '[run]\nmodel = "router/steady"\n[router.steady]\nmodels = ["offline/extractive"]\n'


@pytest.mark.parametrize("name", SPELLS)
def test_an_agent_streams_through_a_router_in_each_language(llmspell: Llmspell, tmp_path: Path, name: str) -> None:
    (tmp_path / "llmspell.toml").write_text(ROUTED)
    (tmp_path / name).write_text(SPELLS[name])
    ended = llmspell("run", "--json", name)
    assert ended.returncode == 0, ended.stderr
    assert "tide is high" in json.loads(ended.stdout)["result"]


def test_a_router_is_the_model_of_a_spell(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text(ROUTED)
    (tmp_path / "ask.lua").write_text(SPELL)
    ended = llmspell("run", "--jsonl", "ask.lua")
    assert ended.returncode == 0, ended.stderr
    shown = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(each["path"], each["data"]["model"]) for each in shown if each.get("kind") == "router.chosen"] == [
        ("run/router:steady", "offline/extractive")
    ]


def test_a_router_is_named_on_the_command_line(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text('[router.steady]\nmodels = ["offline/extractive"]\n')
    (tmp_path / "ask.lua").write_text(SPELL)
    ended = llmspell("run", "--json", "--model", "router/stedy", "ask.lua")
    assert ended.returncode != 0
    assert "no router is called 'stedy'" in ended.stdout + ended.stderr
    assert llmspell("run", "--model", "router/steady", "ask.lua").returncode == 0


def test_routers_are_listed_as_models(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text(ROUTED)
    assert llmspell("models", "router").stdout == "router/steady\n"


def test_validate_lists_every_problem_of_every_router(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text(
        '[router.a]\nmodels = ["router/b"]\nquorum = 1\n[router.b]\nmodels = ["router/a"]\n'
    )
    ended = llmspell("config", "validate")
    assert (ended.returncode, ended.stderr) == (
        3,
        "error: llmspell.toml:3: `router.a.quorum` is for consensus, and the strategy is fallback\n"
        "error: llmspell.toml:2: `router.a.models` comes back to itself: router/a -> router/b -> router/a\n",
    )


def test_validate_names_a_model_whose_provider_is_not_installed(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text('[router.a]\nmodels = ["offlin/x"]\n')
    ended = llmspell("config", "validate")
    assert (ended.returncode, ended.stderr) == (
        3,
        "error: llmspell.toml:2: `router.a.models` names 'offlin/x', and no provider 'offlin' is installed; "
        "did you mean 'offline'?\n",
    )
