"""The research pipeline: offline in every engine, and with a model that calls tools and fails."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from tests.examples.project import ENGINES, ROOT, Ended, Project

from llmspell.message import ModelRequest
from llmspell.testing import Calls, Fail, OpenAIServer, Text
from llmspell.testing.steps import Step

WRITE = "--allow-fs-write=research.md"
LANGUAGES = ["lua", "javascript"]


def spell(engine: str) -> str:
    return f"examples/research/research.{ENGINES[engine]}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.copied(tmp_path, "research")


class Researcher:
    """A model that reads each source with the tool, and is down when asked about some of them.

    Args:
        down: how often it fails for a source.
    """

    def __init__(self, down: dict[str, int]) -> None:
        self._down = dict(down)

    def __call__(self, request: ModelRequest) -> Step:
        last = request.messages[-1]
        if last.content.startswith("Divide"):
            return Text('{"questions": ["Who may write?", "Who may read?"]}')
        if last.content.startswith("Sum up"):
            return Text("Anybody may.")
        if last.role == "tool":
            return Text(f"It is about {last.content.splitlines()[0]}.")
        [source] = re.findall(r"Read (\S+) with", last.content)
        if self._down.get(source, 0):
            self._down[source] -= 1
            return Fail(500)
        return Calls(("file_read", {"path": source}))


async def researched(project: Project, engine: str, down: dict[str, int], *words: str) -> Ended:
    """How the spell ended with a model that is down for some sources; its provider does not ask twice."""
    async with OpenAIServer(Researcher(down), repeat=True) as server:
        options = ("--jsonl", WRITE, "--set", "provider.openai.max_retries=0", "--engine", engine)
        return await project.llmspell("run", *options, spell(engine), *words, server=server)


async def test_offline_every_engine_writes_the_same_report(tmp_path: Path) -> None:
    projects = {engine: Project.copied(tmp_path / engine, "research") for engine in ENGINES}
    every = await asyncio.gather(
        *(each.llmspell("run", "--json", WRITE, "--engine", engine, spell(engine)) for engine, each in projects.items())
    )
    reports = {(each.folder / "research.md").read_text() for each in projects.values()}
    first, *others = (ended.shown for ended in every)
    assert first["result"] == {"report": "research.md", "version": 1, "missing": ["docs/cookbook.md"]}
    assert others == [first, first]
    assert len(reports) == 1


async def test_offline_the_report_quotes_its_sources_and_names_the_one_that_is_missing(project: Project) -> None:
    await project.llmspell("run", WRITE, spell("lua"))
    report = (project.folder / "research.md").read_text()
    assert "Answered by 3 of 4 sources." in report
    assert "A turn that fails or is cancelled adds nothing to the history" in report
    assert "## docs/cookbook.md\n\nNot answered: 'docs/cookbook.md' does not exist\n" in report


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_an_agent_for_each_source_reads_it_with_the_tool(project: Project, engine: str) -> None:
    ended = await researched(project, engine, {})
    asked = [event["path"] for event in ended.happened("tool.started") if event["data"]["name"] == "file_read"]
    place = "run/workflow:research/step:study/workflow:study/step:answer"
    assert len(asked) == 3
    assert all(path.startswith(place) and "/agent:" in path for path in asked)
    report = (project.folder / "research.md").read_text()
    assert "Anybody may.\n\nAnswered by 3 of 4 sources.\n\n## docs/state.md\n\nIt is about # State.\n" in report


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_a_source_that_fails_once_is_asked_about_again(project: Project, engine: str) -> None:
    ended = await researched(project, engine, {"docs/state.md": 1})
    [again] = ended.happened("step.retry")
    assert (again["data"]["name"], again["data"]["attempt"], again["data"]["of"]) == ("answer", 2, 2)
    assert "## docs/state.md\n\nIt is about # State.\n" in (project.folder / "research.md").read_text()


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_where_the_model_stays_away_the_headings_stand_in_and_the_rest_goes_on(
    project: Project, engine: str
) -> None:
    ended = await researched(project, engine, {"docs/sessions.md": 2})
    assert ended.code == 0, ended.error
    assert ended.events[-1]["result"]["missing"] == ["docs/sessions.md", "docs/cookbook.md"]
    report = (project.folder / "research.md").read_text()
    assert "Answered by 2 of 4 sources." in report
    failed = (
        r"## docs/sessions.md\n\nNot answered: .*500.*\n\nIts headings:\n\n- Sessions and artifacts\n- A customer who"
    )
    assert re.search(failed, report)


async def test_the_report_is_an_artifact_with_versions_too(project: Project) -> None:
    for version in (1, 2):
        ended = await researched(project, "lua", {}, "--", f"--subject=Version {version}.")
        assert ended.events[-1]["result"]["version"] == version
    kept = [await project.llmspell("artifacts", "get", "research/report", "--version", number) for number in "12"]
    assert [each.output.splitlines()[0] for each in kept] == ["# Version 1.", "# Version 2."]
    shown = await project.llmspell("artifacts", "show", "research/report", "--json")
    assert json.loads(shown.output)["versions"][-1]["metadata"] == {"missing": ["docs/cookbook.md"]}


async def test_without_the_permission_the_report_is_kept_and_the_error_says_what_to_add(project: Project) -> None:
    ended = await project.llmspell("run", spell("lua"))
    assert ended.code == 4
    assert WRITE in ended.error
    assert (await project.llmspell("artifacts", "get", "research/report")).output.startswith("# What happens")


async def test_sources_of_ones_own_are_given_by_name(project: Project) -> None:
    (project.folder / "tides.md").write_text("The moon causes the tides. " * 20)
    await project.llmspell("run", WRITE, spell("lua"), "--", "--sources=tides.md", "--subject=What causes the tides.")
    report = (project.folder / "research.md").read_text()
    assert "# What causes the tides." in report
    assert "## tides.md\n\nThe moon causes the tides." in report


async def test_its_own_tests_pass(project: Project) -> None:
    ended = await project.llmspell("test", "examples/research")
    assert ended.code == 0, ended.output
    assert "6 cases: 6 passed" in ended.output


async def test_the_drawing_in_the_documentation_is_what_graph_draws(project: Project) -> None:
    ended = await project.llmspell("graph", spell("javascript"))
    [drawing] = re.findall(
        r"^```mermaid\n(.*?)^```$", (ROOT / "docs/workflows.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert ended.output == drawing
