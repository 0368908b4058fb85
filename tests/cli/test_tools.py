"""`llmspell tools`: what is listed, found, shown, checked and written, with a pack that the test makes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

MODULE = '''"""Tools of a test."""
from typing import Annotated

from llmspell.tools import Example, tool


@tool(category="text", tags=("loud",), idempotent=True, cost=None, group="voice",
      examples=(Example({"text": "it's"}, "shouts two syllables"),))
def shout(text: Annotated[str, {"maxLength": 9}]) -> str:
    """Says a text in capitals. Nothing more.

    Args:
        text: what to say.
    """
    return text.upper()


@tool(category="lists", needs=("env",), examples=(Example({}),))
def broken_list() -> list[object]:
    """Answers what no model can read."""
    return [object()]
'''
PROJECT = '[project]\nname = "demo-pack"\n[project.entry-points."llmspell.tools"]\n'
NAMES = ("broken_list", "shout")


class Pack:
    """A pack in a folder of its own, installed there; `run` calls the command line with it."""

    def __init__(self, llmspell: Llmspell, folder: Path) -> None:
        self._llmspell = llmspell
        self.folder = folder / "pack"
        self.package = self.folder / "demo_pack"
        self.index = self.package / "tools.json"
        info = self.folder / "demo_pack-1.0.dist-info"
        self.package.mkdir(parents=True)
        info.mkdir()
        (self.package / "__init__.py").write_text('raise RuntimeError("imported")\n')
        points = "".join(f"{name} = demo_pack.tools\n" for name in NAMES)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo-pack\nVersion: 1.0\nSummary: Loud tools.\n")
        (info / "entry_points.txt").write_text(f"[llmspell.tools]\n{points}")
        (self.folder / "pyproject.toml").write_text(
            PROJECT + "".join(f'{name} = "demo_pack.tools"\n' for name in NAMES)
        )

    def importable(self) -> None:
        (self.package / "__init__.py").write_text("")
        (self.package / "tools.py").write_text(MODULE)

    def run(self, *words: str, **extra: str) -> tuple[int, str, str]:
        ended = self._llmspell("tools", *words, PYTHONPATH=str(self.folder), PYTHONDONTWRITEBYTECODE="1", **extra)
        return ended.returncode, ended.stdout, ended.stderr

    def json(self, *words: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.run(*words, "--json")[1])
        return found


@pytest.fixture
def pack(llmspell: Llmspell, tmp_path: Path) -> Pack:
    return Pack(llmspell, tmp_path)


@pytest.fixture
def indexed(pack: Pack) -> Pack:
    """The same pack with its index, broken again, so that whoever imports it fails."""
    pack.importable()
    assert pack.run("index", str(pack.folder))[0] == 0
    (pack.package / "__init__.py").write_text('raise RuntimeError("imported")\n')
    return pack


def test_the_index_of_a_pack_is_written_and_checked(pack: Pack) -> None:
    pack.importable()
    folder = str(pack.folder)
    assert pack.run("index", folder, "--check")[0] == 1
    assert not pack.index.exists()
    assert pack.run("index", folder) == (0, f"{pack.index}: 2 tools\n", "")
    assert pack.run("index", folder) == (0, f"{pack.index}: 2 tools, as before\n", "")
    assert pack.run("index", folder, "--check") == (0, f"{pack.index} is current\n", "")
    assert json.loads(pack.index.read_text())["tools"]["shout"] == {
        "description": "Says a text in capitals.", "category": "text", "tags": ["loud"], "needs": [],
    }  # fmt: skip
    pack.index.write_text("{}")
    assert pack.json("index", folder, "--check")["current"] is False


def test_the_index_of_what_is_no_pack_is_refused(pack: Pack, tmp_path: Path) -> None:
    assert "has no pyproject.toml" in pack.run("index", str(tmp_path))[2]
    pack.importable()
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text(PROJECT + 'shout = "demo_pack.tools"\n')
    code, _, told = pack.run("index", str(other))
    assert (code, "hint: type: pip install -e" in told) == (2, True)
    assert f"the package demo_pack is installed from {pack.package}" in told
    (other / "pyproject.toml").write_text(PROJECT)
    assert "lie in one package, and there are none" in pack.run("index", str(other))[2]
    (other / "pyproject.toml").write_text("[project")
    assert pack.run("index", str(other))[0] == 3


def test_a_list_has_category_and_description_and_imports_nothing(indexed: Pack) -> None:
    code, shown, told = indexed.run("list")
    assert (code, told) == (0, "")
    [line] = [line.split(maxsplit=2) for line in shown.splitlines() if line.startswith("shout ")]
    assert line[:2] == ["shout", "text"]
    assert line[2].startswith("Says a text in capitals.")
    assert line[2].endswith("demo-pack")


def test_a_pack_without_an_index_is_listed_with_what_its_distribution_says(pack: Pack) -> None:
    found = {tool["name"]: tool for tool in pack.json("list")["tools"]}  # type: ignore[attr-defined]  # JSON
    assert (found["shout"]["description"], found["shout"]["category"]) == ("Loud tools.", "")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"schema": "x"}', '{"schema": "llmspell.tool-index/1", "tools": {"shout": 1}}']
)
def test_an_index_that_cannot_be_read_is_told_and_stops_nothing(pack: Pack, text: str) -> None:
    pack.index.write_text(text)
    code, shown, told = pack.run("list")
    assert (code, "Loud tools." in shown) == (0, True)
    assert "the index of the tools of demo_pack cannot be read" in told


def test_a_list_of_one_category(indexed: Pack) -> None:
    found = indexed.json("list", "--category", "lists")
    assert found["schema"] == "llmspell.tools/1"
    assert "broken_list" in [tool["name"] for tool in found["tools"]]  # type: ignore[attr-defined]  # JSON
    code, _, told = indexed.run("list", "--category", "list")
    assert code == 2
    assert told == "error: no tool is of category 'list'\nhint: did you mean 'lists'?\n"


def test_a_search_finds_and_imports_nothing(indexed: Pack) -> None:
    found = indexed.json("search", "loud", "capitals", "--limit", "1")
    assert (found["schema"], found["query"]) == ("llmspell.tool-search/1", "loud capitals")
    assert [tool["name"] for tool in found["tools"]] == ["shout"]  # type: ignore[attr-defined]  # JSON
    assert indexed.run("search", "shuot")[1].splitlines()[1].startswith("shout  text")
    assert indexed.run("search", "qqxx") == (0, "", "no tool fits 'qqxx'; `llmspell tools list` shows all\n")


def test_a_tool_is_shown_with_all_that_it_says_and_a_call_to_copy(pack: Pack) -> None:
    pack.importable()
    shown = pack.run("show", "shout")[1]
    assert shown.startswith("shout: Says a text in capitals. Nothing more.\n\n  text: string  what to say.\n\n")
    for line in ("category: text", "tags: loud", "idempotent: yes", "timeout: 60 seconds", "group: voice, one",
                 "cost: depends", "from: demo-pack 1.0", "# shouts two syllables"):  # fmt: skip
        assert f"\n{line}" in shown
    words = shlex.split(shown.splitlines()[-1])
    assert words[:2] == ["llmspell", "tools"]
    assert pack.run(*words[2:])[1] == "IT'S\n"
    data = pack.json("show", "shout")
    assert (data["schema"], data["idempotent"], data["version"]) == ("llmspell.tool/1", True, "1.0")


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("json-schema", {"type", "properties", "required", "additionalProperties"}),
        ("chat-completions", {"type", "function"}),
        ("messages", {"name", "description", "input_schema"}),
        ("mcp", {"name", "description", "inputSchema", "annotations"}),
    ],
)
def test_a_schema_is_printed_as_each_api_takes_it(pack: Pack, form: str, keys: set[str]) -> None:
    pack.importable()
    assert json.loads(pack.run("schema", "shout", "--format", form)[1]).keys() == keys
    report = pack.json("schema", "shout", "--format", form)
    assert (report["schema"], report["name"], report["format"]) == ("llmspell.tool-schema/1", "shout", form)


def test_a_tool_that_keeps_the_contract_passes_and_one_that_does_not_fails(pack: Pack) -> None:
    pack.importable()
    code, shown, told = pack.run("test", "shout")
    assert (code, told, "failed" in shown) == (0, "", False)
    assert "passed   it answers good arguments with data" in shown
    code, shown, _ = pack.run("test", "broken_list", "--allow-env=NOTHING")
    assert code == 1
    assert "failed   it answers good arguments with data: " in shown
    assert "cannot be passed to a script" in shown


def test_a_tool_is_not_called_without_what_it_needs(pack: Pack) -> None:
    pack.importable()
    code, shown, told = pack.run("test", "broken_list")
    assert code == 0
    assert "skipped  it answers good arguments with data: it needs env" in shown
    assert told == "note: broken_list needs env; to call it, add --allow-env=...\n"
    report = pack.json("test", "broken_list")
    assert (report["schema"], report["failed"]) == ("llmspell.tool-test/1", 0)


def test_an_index_that_is_out_of_date_fails_the_contract(indexed: Pack) -> None:
    indexed.importable()
    indexed.index.write_text(indexed.index.read_text().replace("capitals", "letters"))
    code, shown, _ = indexed.run("test", "shout")
    assert code == 1
    assert "failed   the index of its pack agrees with it: AssertionError: run: llmspell tools index FOLDER" in shown


def test_files_are_copied_to_where_the_tool_is_called(pack: Pack, tmp_path: Path) -> None:
    pack.importable()
    text = MODULE.replace("return text.upper()", 'return context.files.read_text("a.txt")')
    text = text.replace("9}]) -> str", "9}], context: Context) -> str").replace("group=", 'needs=("fs.read",), group=')
    (pack.package / "tools.py").write_text(f"from llmspell.context import Context\n{text}")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("here")
    assert pack.run("test", "shout", "--allow-fs-read=**")[0] == 1
    assert pack.run("test", "shout", "--allow-fs-read=**", "--files", "files")[0] == 0


def test_without_pytest_it_is_told_what_to_install(pack: Pack) -> None:
    pack.importable()
    (pack.folder / "pytest.py").write_text("raise ModuleNotFoundError('no pytest', name='pytest')\n")
    code, _, told = pack.run("test", "shout")
    assert code == 2
    assert told == (
        'error: checking a tool needs pytest, which is not installed\nhint: pip install "llmspell[testing]"\n'
    )


@pytest.mark.parametrize("command", ["show", "schema", "run", "test"])
def test_a_name_that_is_wrong_has_a_hint(pack: Pack, command: str) -> None:
    code, _, told = pack.run(command, "shoot")
    assert (code, told.splitlines()[-1]) == (2, "hint: did you mean 'shout'?")


def test_a_toolset_is_listed_shown_and_run_by_the_names_that_it_has(pack: Pack, tmp_path: Path) -> None:
    pack.importable()
    (tmp_path / "llmspell.toml").write_text('[toolset.loud]\ntools = ["shout"]\nprefix = "my_"\n')
    chosen = ("--toolset", "loud")
    assert [line.split()[0] for line in pack.run("list", *chosen)[1].splitlines()] == ["name", "my_shout"]
    shown = pack.run("show", "my_shout", *chosen)[1]
    assert shlex.split(shown.splitlines()[-1])[-2:] == ["--toolset", "loud"]
    assert pack.run("run", "my_shout", *chosen, "--arg", "text=a")[1] == "A\n"
    code, _, told = pack.run("run", "my_shout", *chosen, "--arg", "text=a", "--deny-tool=shout")
    assert (code, "tools of 'shout' is denied" in told) == (4, True)
    code, _, told = pack.run("list", "--toolset", "lout")
    assert (code, told.splitlines()[-1]) == (2, "hint: did you mean 'loud'?")


def test_a_toolset_that_asks_asks_somebody_else_when_told_to_wait(pack: Pack, tmp_path: Path) -> None:
    pack.importable()
    (tmp_path / "llmspell.toml").write_text('[toolset.loud]\ntools = ["shout"]\napproval = ["*"]\n')
    words = ("run", "shout", "--toolset", "loud", "--arg", "text=a", "--set", "approvals.timeout=0.2")
    assert "there is nobody to ask" in pack.run(*words)[2]
    state = {"HOME": str(tmp_path)}
    assert "nobody answered in time" in pack.run(*words, "--set", "approvals.wait=true", **state)[2]


def test_a_toolset_about_nothing_is_a_problem_of_the_configuration(
    pack: Pack, llmspell: Llmspell, tmp_path: Path
) -> None:
    pack.importable()
    (tmp_path / "llmspell.toml").write_text('[toolset.loud]\ntools = ["shuot"]\n')
    ended = llmspell("config", "validate", PYTHONPATH=str(pack.folder))
    assert ended.returncode == 3
    assert "llmspell.toml:2: `toolset.loud.tools`: no tool fits 'shuot'; did you mean 'shout'?" in ended.stderr
