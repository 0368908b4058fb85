"""`llmspell graph`: a workflow file or the workflows of a spell as a drawing, without anything happening."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

WORKFLOW = """\
name: brief
steps:
  - {name: facts, tool: calculator, arguments: {expression: "{{input.x}}"}}
  - {name: summary, prompt: "Say {{steps.facts.text}}"}
"""
MERMAID = """\
flowchart TD
  subgraph n1["brief (sequential)"]
    direction TB
    n2["facts<br/>tool calculator"]
    n3["summary<br/>prompt"]
    n2 --> n3
  end
"""
LUA = """\
local first = Workflow.sequential{ name = "first", steps = { { name = "a", run = function() return 1 end } } }
local answer = first:run{}
Agent.create{ name = "x" }:run("hi")
Tool.run("calculator", { expression = "1+1" })
Workflow.map{ name = "second", over = { 1 }, steps = { { name = "b", agent = "x" } } }
"""


@pytest.mark.parametrize("name", ["brief.yaml", "brief.yml"])
def test_a_workflow_file_is_drawn(llmspell: Llmspell, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(WORKFLOW)
    ended = llmspell("graph", name)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, MERMAID, "")


def test_a_drawing_may_be_an_image_in_a_file(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "brief.yaml").write_text(WORKFLOW)
    ended = llmspell("graph", "brief.yaml", "--out", "brief.svg")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "wrote brief.svg\n")
    image = (tmp_path / "brief.svg").read_text()
    assert ElementTree.fromstring(image).tag == "{http://www.w3.org/2000/svg}svg"
    assert llmspell("graph", "brief.yaml", "--format", "svg").stdout == image


def test_the_workflows_of_a_spell_are_drawn_in_order_and_nothing_of_it_happens(
    llmspell: Llmspell, tmp_path: Path
) -> None:
    (tmp_path / "spell.lua").write_text(LUA)
    ended = llmspell("graph", "spell.lua")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.index('"first (sequential)"') < ended.stdout.index('"second (map): for each of 1 items"')
    assert 'n2["a<br/>function"]' in ended.stdout


def test_a_spell_that_keeps_state_is_drawn_and_nothing_is_kept(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "desk.lua").write_text("""
    local session = Session.resume("ann")
    State.scope("app"):set("drawn", true)
    Workflow.sequential{ name = "desk", steps = { { name = "a", prompt = "p" } } }
    """)
    home = {"LLMSPELL_DATA_HOME": str(tmp_path / "data")}
    ended = llmspell("graph", "desk.lua", **home)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert '"desk (sequential)"' in ended.stdout
    assert not (tmp_path / "data").exists()


def test_a_spell_in_javascript_is_drawn_as_the_same_in_lua(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text('Workflow.parallel{ name = "w", steps = { { name = "a", prompt = "p" } } }')
    (tmp_path / "a.js").write_text('await Workflow.parallel({ name: "w", steps: [{ name: "a", prompt: "p" }] });')
    assert llmspell("graph", "a.lua").stdout == llmspell("graph", "a.js").stdout != ""


def test_a_workflow_that_is_a_step_of_another_is_drawn_in_it_and_not_alone(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text("""
    local inner = Workflow.map{ name = "inner", over = { 1 }, steps = { { name = "a", prompt = "p" } } }
    Workflow.sequential{ name = "outer", steps = { { name = "b", workflow = inner } } }
    """)
    ended = llmspell("graph", "a.lua")
    assert ended.stdout.count("(map): for each of 1 items") == 1
    assert ended.stdout.startswith('flowchart TD\n  subgraph n1["outer (sequential)"]\n')


def test_a_spell_that_fails_is_drawn_as_far_as_it_went(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "spell.lua").write_text(LUA + 'error("ouch", 0)')
    ended = llmspell("graph", "spell.lua")
    assert (ended.returncode, ended.stderr) == (0, "note: the spell went no further than this: ouch\n")
    assert '"second (map)' in ended.stdout


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.yaml", "stpes: []\n", (2, "error: a.yaml:1: `stpes` is not known\nhint: did you mean 'steps'?")),
        ("a.lua", "return 1", (2, "error: a.lua makes no workflow")),
        ("a.lua", 'error("ouch", 0)', (1, "error: ouch")),
        ("a.json", "[1]", (2, "error: a.json:1:")),
    ],
)
def test_what_cannot_be_drawn_is_an_error(
    llmspell: Llmspell, tmp_path: Path, name: str, text: str, expected: tuple[int, str]
) -> None:
    (tmp_path / name).write_text(text)
    ended = llmspell("graph", name)
    assert (ended.returncode, ended.stdout) == (expected[0], "")
    assert ended.stderr.startswith(expected[1])


def test_a_file_that_cannot_be_written_is_an_error(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "brief.yaml").write_text(WORKFLOW)
    ended = llmspell("graph", "brief.yaml", "--out", "nowhere/brief.svg")
    assert (ended.returncode, ended.stderr) == (
        3,
        "error: nowhere/brief.svg cannot be written: No such file or directory\n",
    )
