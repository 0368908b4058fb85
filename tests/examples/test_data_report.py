"""The data report: what it computes, offline in every engine, with a scripted model, and from its recording."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import statistics
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.examples.project import ENGINES, ROOT, Ended, Project

from llmspell.message import ModelRequest
from llmspell.testing import Calls, OpenAIServer, Text
from llmspell.testing.steps import Step

LANGUAGES = ["lua", "javascript"]
WRITE = ("--allow-fs-write=report.md", "--allow-fs-write=report.svg")
CASSETTE = "examples/report/cassette.json"
PLACE = "run/workflow:report/step:unusual/workflow:unusual/step:explained/workflow:explained/step:why"


def spell(engine: str) -> str:
    return f"examples/report/report.{ENGINES[engine]}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.copied(tmp_path, "report")


def analyst(request: ModelRequest) -> Step:
    """A model that asks the tools first, and says what it got from them."""
    asked, last = request.messages[1].content, request.messages[-1]
    if last.role == "tool":
        return Text(f"It says: {last.content.strip().splitlines()[-1]}")
    notes = re.findall(r"Read (\S+) with", asked)
    return Calls(("file_read", {"path": notes[0]})) if notes else Calls(("figures", {}))


async def reported(project: Project, engine: str, *options: str, words: tuple[str, ...] = ()) -> Ended:
    async with OpenAIServer(analyst, repeat=True) as server:
        run = ("run", "--jsonl", *WRITE, *options, "--engine", engine, spell(engine), "--", *words)
        return await project.llmspell(*run, server=server)


def written(project: Project) -> tuple[str, str]:
    """The report and its chart."""
    return (project.folder / "report.md").read_text(), (project.folder / "report.svg").read_text()


def branches() -> dict[str, list[int]]:
    """The visitors of each branch, read without llmspell."""
    found: dict[str, list[int]] = {}
    for row in csv.DictReader((ROOT / "examples/report/visitors.csv").read_text().splitlines()):
        found.setdefault(row["branch"], []).append(int(row["visitors"]))
    return found


async def test_offline_every_engine_writes_the_same_report_and_chart(tmp_path: Path) -> None:
    projects = {engine: Project.copied(tmp_path / engine, "report") for engine in ENGINES}
    every = await asyncio.gather(
        *(each.llmspell("run", "--json", *WRITE, "--engine", name, spell(name)) for name, each in projects.items())
    )
    first, *others = (ended.shown for ended in every)
    assert others == [first, first]
    versions = {"text": 1, "chart": 1}
    assert first["result"] == {"report": "report.md", "chart": "report.svg", "versions": versions}
    assert len({written(each) for each in projects.values()}) == 1


async def test_offline_the_figures_are_those_of_the_file(project: Project) -> None:
    await project.llmspell("run", *WRITE, spell("lua"))
    report, _ = written(project)
    for name, values in branches().items():
        rounded = (int(number * 10 + 0.5) / 10 for number in (statistics.mean(values), statistics.median(values)))
        mean, median = (f"{number:g}" for number in rounded)
        assert f"| {name} | {sum(values)} | {mean} | {median} | {min(values)} | {max(values)} |" in report
    assert "Central has the most visitors: 7935. North has the fewest visitors: 2959." in report
    assert "- North, 2026-03-02: 61; 264 is usual. North: in the week of 2026-03-02 a pipe burst" in report
    assert report.count(" is usual. ") == 2


async def test_the_chart_is_a_picture_with_a_line_for_each_branch(project: Project) -> None:
    await project.llmspell("run", *WRITE, spell("lua"))
    report, chart = written(project)
    words = [part.text for part in ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Visitors by branch", "Central", "Harbour", "North", "week", "visitors"} <= set(words)
    assert "](report.svg)" in report


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_the_analyst_comments_on_what_its_tools_answered(project: Project, engine: str) -> None:
    ended = await reported(project, engine)
    report, _ = written(project)
    assert report.startswith("# Visitors by branch\n\nIt says: North has the fewest visitors: 2959.\n\n!")
    assert "430.5 is usual. It says: - Central: in the week of 2026-03-16" in report
    calls = [event["path"] for event in ended.happened("tool.finished") if "/agent:analyst/" in event["path"]]
    assert calls[0] == "run/workflow:report/step:comment/agent:analyst/tool:figures"
    assert [path.startswith(PLACE) for path in calls[1:]] == [True, True]


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_the_section_on_outliers_is_there_only_if_there_are_any(project: Project, engine: str) -> None:
    rows = "\n".join(f"{day},{shop},{day}" for day in range(1, 6) for shop in ("Rome", "Oslo"))
    (project.folder / "flat.csv").write_text(f"day,shop,amount\n{rows}\n6,Rome,6\n6,Rome,1\n")
    words = ("--data=flat.csv", "--value=amount", "--over=day", "--by=shop")
    ended = await reported(project, engine, words=words)
    report, _ = written(project)
    assert "## Unusual" not in report
    assert "| Rome | 22 | 3.7 | 3.5 | 1 | 7 |\n| Oslo | 15 | 3 | 3 | 1 | 5 |" in report
    assert "explained" not in [event["data"]["name"] for event in ended.happened("step.started")]
    assert len([event for event in ended.happened("agent.started") if event["data"]["name"] == "analyst"]) == 1


async def test_report_and_chart_are_artifacts_with_versions(project: Project) -> None:
    for _ in range(2):
        await reported(project, "javascript")
    shown = json.loads((await project.llmspell("artifacts", "show", "report/text", "--json")).output)
    data = "examples/report/visitors.csv"
    assert [version["metadata"] for version in shown["versions"]] == [
        {"data": data, "chart": 1},
        {"data": data, "chart": 2},
    ]
    kept = await project.llmspell("artifacts", "get", "report/chart")
    assert kept.output == written(project)[1]


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_recording_in_the_repository_gives_the_report_in_every_engine(project: Project, engine: str) -> None:
    for name in ("visitors.csv", "notes.md"):  # no tool reads them
        (project.folder / "examples/report" / name).unlink()
    words = ("--json", *WRITE, "--replay", CASSETTE, "--engine", engine, spell(engine))
    ended = await project.llmspell("run", *words)
    assert ended.shown["replay"] == {"served": 15, "unused": []}
    assert "offline" not in ended.error
    assert "a pipe burst" in written(project)[0]
    assert written(project)[1].startswith("<svg ")


async def test_the_recording_is_what_the_example_does_today(project: Project) -> None:
    def exchanges(path: Path) -> list[dict[str, Any]]:
        """All that was asked and answered, whatever came first of what was done at one time. Any: JSON."""
        found = json.loads(path.read_text())["exchanges"]
        return sorted(({**each, "path": ""} for each in found), key=lambda each: str(each["hash"]))

    await project.llmspell("run", *WRITE, "--record", "today.json", spell("lua"))
    today, kept = exchanges(project.folder / "today.json"), exchanges(ROOT / CASSETTE)
    assert today == kept, f"record it again: llmspell run --allow-fs-write=. --record {CASSETTE} {spell('lua')}"


async def test_what_was_recorded_with_a_model_is_replayed_without_it(project: Project) -> None:
    await reported(project, "lua", "--record", "model.json")
    before = written(project)
    for name in ("report.md", "report.svg"):
        (project.folder / name).unlink()
    environ = ("--set", "provider.openai.base_url=http://127.0.0.1:9/v1")  # where nobody answers
    ended = await project.llmspell("run", "--json", *environ, *WRITE, "--replay", "model.json", spell("javascript"))
    assert ended.shown["replay"]["unused"] == []
    assert written(project) == before


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_a_replay_of_another_question_is_an_error_that_shows_the_difference(
    project: Project, engine: str
) -> None:
    words = ("run", *WRITE, "--replay", CASSETTE, spell(engine), "--", "--value=loans")
    ended = await project.llmspell(*words)
    assert ended.code != 0
    assert 'recorded: "visitors"\n    + asked:    "loans"' in ended.error
    assert not (project.folder / "report.md").exists()


async def test_a_replay_tells_what_is_not_asked_for_any_more(project: Project) -> None:
    module = project.folder / "examples/report/figures.lua"
    module.write_text(module.read_text().replace("1.5 *", "90 *"))  # then nothing is unusual
    ended = await project.llmspell("run", *WRITE, "--replay", CASSETTE, spell("lua"))
    assert "warn: not asked for, though recorded: 6 exchanges\n" in ended.error
    assert "## Unusual" not in written(project)[0]


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_more_figures_than_a_chart_can_show_are_an_error_and_not_a_part_of_the_report(
    project: Project, engine: str
) -> None:
    rows = "\n".join(f"{day},Rome,1" for day in range(10_001))
    (project.folder / "many.csv").write_text(f"day,shop,amount\n{rows}\n")
    words = ("--data=many.csv", "--value=amount", "--over=day", "--by=shop")
    ended = await project.llmspell("run", *WRITE, "--engine", engine, spell(engine), "--", *words)
    assert ended.code != 0
    assert "there are more figures than a chart can show" in ended.error


async def test_without_the_permission_the_artifacts_are_kept_and_the_error_says_what_to_add(project: Project) -> None:
    ended = await project.llmspell("run", spell("lua"))
    assert ended.code == 4
    assert "--allow-fs-write=report.svg" in ended.error
    assert (await project.llmspell("artifacts", "get", "report/text")).output.startswith("# Visitors by branch")


async def test_its_own_tests_pass(project: Project) -> None:
    ended = await project.llmspell("test", "examples/report")
    assert ended.code == 0, ended.output
    assert "8 cases: 8 passed" in ended.output
