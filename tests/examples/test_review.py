"""The document review: offline in every engine, and with reviewers, a writer and a critic who are a scripted model."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.examples.project import ENGINES, Ended, Project

from llmspell.message import ModelRequest
from llmspell.testing import Calls, OpenAIServer, Text
from llmspell.testing.steps import Step

LANGUAGES = ["lua", "javascript"]
WORDING = 'Replace "in order to" with "to".'
HEADING = 'Replace "### What is kept" with "## What is kept".'
GONE = 'Replace "as we all know" with "".'


def spell(engine: str) -> str:
    return f"examples/review/review.{ENGINES[engine]}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.copied(tmp_path, "review")


class Editors:
    """A model that is every agent of the review, told apart by what its instructions begin with.

    Args:
        findings: what each reviewer finds in the first round; later nobody finds anything.
        verdicts: how many faults the critic sees, round by round.
    """

    def __init__(self, findings: Mapping[str, Sequence[str]], verdicts: Sequence[int]) -> None:
        self._findings = {name: list(found) for name, found in findings.items()}
        self._verdicts: Iterator[int] = iter(verdicts)

    def __call__(self, request: ModelRequest) -> Step:
        system, last = request.messages[0].content, request.messages[-1]
        if system.startswith("You decide"):
            return Text(json.dumps({"open": next(self._verdicts)}))
        if system.startswith("You change"):
            return Text(last.content) if last.role == "tool" else self._change(last.content)
        [tool] = re.findall(r"What does (\w+) say", request.messages[1].content)
        if last.role != "tool":
            return Calls((tool, {}))
        return Text(json.dumps({"findings": self._findings.pop(tool, [])}))

    def _change(self, finding: str) -> Step:
        [(old, new)] = re.findall(r'Replace "(.+)" with "(.*)"\.', finding)
        return Calls(("revise", {"old": old, "new": new}))


async def reviewed(
    project: Project, engine: str, editors: Editors, *words: str, form: str = "--jsonl"
) -> tuple[Ended, OpenAIServer]:
    async with OpenAIServer(editors, repeat=True) as server:
        return await project.llmspell(
            "run", form, "--engine", engine, spell(engine), "--", *words, server=server
        ), server


async def artifact(project: Project, name: str, version: int) -> str:
    return (await project.llmspell("artifacts", "get", f"review/{name}", "--version", str(version))).output


async def about(project: Project, name: str) -> list[dict[str, Any]]:
    """What is known of each version. Any: JSON."""
    shown = await project.llmspell("artifacts", "show", f"review/{name}", "--json")
    return [version["metadata"] for version in json.loads(shown.output)["versions"]]


async def test_offline_every_engine_comes_to_the_same(tmp_path: Path) -> None:
    projects = {engine: Project.copied(tmp_path / engine, "review") for engine in ENGINES}
    every = await asyncio.gather(
        *(each.llmspell("run", "--json", "--engine", engine, spell(engine)) for engine, each in projects.items())
    )
    first, *others = (ended.shown for ended in every)
    assert others == [first, first]
    last = {"round": 2, "open": 0, "findings": 1, "document": 2}
    assert first["result"] == {"content": True, "stop_reason": "completed", "last": last}


async def test_offline_the_document_is_really_better_after_it(project: Project) -> None:
    ended = await project.llmspell("run", "--json", spell("lua"))
    assert "\n-A spell can utilise three things:\n+A spell can use three things:\n" in ended.shown["output"]
    (project.folder / "examples/review/better.md").write_text(await artifact(project, "document", 2))
    again = await project.llmspell("run", "--json", spell("lua"), "--", "--document=examples/review/better.md")
    assert again.shown["result"]["last"] == {"round": 1, "open": 0, "findings": 0, "document": 3}


async def test_offline_a_bound_that_is_reached_is_no_success(project: Project) -> None:
    ended = await project.llmspell("run", "--json", spell("javascript"), "--", "--rounds=1")
    assert ended.shown["result"]["content"] is False
    assert ended.shown["result"]["stop_reason"] == "budget.iterations"
    assert ended.shown["output"].endswith("Not done: the review ended as budget.iterations.\n")
    assert "+## What is kept\n" in ended.shown["output"]


async def test_a_page_of_the_documentation_can_be_reviewed(project: Project) -> None:
    ended = await project.llmspell("run", "--json", spell("lua"), "--", "--document=docs/state.md")
    assert ended.shown["result"]["content"] is True


async def test_a_link_to_what_does_not_exist_anywhere_stays_open(project: Project) -> None:
    (project.folder / "links.md").write_text(
        "# Links\n\nSee [this](docs/nothing-like-it.md), [that](https://a.test/b).\n"
    )
    ended = await project.llmspell("run", "--json", spell("lua"), "--", "--document=links.md", "--rounds=1")
    assert ended.shown["result"]["last"]["open"] == 1
    assert json.loads(await artifact(project, "findings", 1)) == ['There is no file "docs/nothing-like-it.md".']


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_three_reviewers_read_at_once_each_with_a_tool(project: Project, engine: str) -> None:
    ended, _ = await reviewed(project, engine, Editors({}, [0]))
    started = [event for event in ended.happened("agent.started") if "/step:panel/" in event["path"]]
    finished = [event for event in ended.happened("agent.finished") if "/step:panel/" in event["path"]]
    assert [event["data"]["name"] for event in started] == ["style", "facts", "structure"]
    assert max(event["seq"] for event in started) < min(event["seq"] for event in finished)
    tools = {event["data"]["name"] for event in ended.happened("tool.finished") if "/agent:" in event["path"]}
    assert tools >= {"wording", "links", "headings"}


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_what_several_reviewers_find_is_carried_out_once(project: Project, engine: str) -> None:
    editors = Editors({"wording": [WORDING], "links": [WORDING, HEADING], "headings": [HEADING]}, [0])
    ended, _ = await reviewed(project, engine, editors)
    assert json.loads(await artifact(project, "findings", 1)) == [WORDING, HEADING]
    revisions = [event for event in ended.happened("tool.finished") if event["data"]["name"] == "revise"]
    assert len(revisions) == 2
    document = await artifact(project, "document", 1)
    assert "in order to" not in document
    assert "\n## What is kept\n" in document


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_the_review_goes_on_until_the_critic_is_content(project: Project, engine: str) -> None:
    ended, _ = await reviewed(project, engine, Editors({"wording": [WORDING]}, [3, 0]))
    assert ended.events[-1]["result"]["content"] is True
    rounds = [
        {"document": "examples/review/draft.md", "round": number, "open": open_} for number, open_ in ((1, 3), (2, 0))
    ]
    assert await about(project, "document") == rounds
    assert await about(project, "findings") == rounds
    assert [json.loads(await artifact(project, "findings", version)) for version in (1, 2)] == [[WORDING], []]


@pytest.mark.parametrize("engine", LANGUAGES)
async def test_a_critic_who_is_never_content_stops_the_review_at_its_bound(project: Project, engine: str) -> None:
    ended, _ = await reviewed(project, engine, Editors({}, [1, 1]), "--rounds=2", form="--json")
    assert ended.shown["result"]["content"] is False
    assert ended.shown["result"]["stop_reason"] == "budget.iterations"
    assert ended.shown["result"]["last"]["round"] == 2


async def test_the_writer_is_told_what_the_document_does_not_have_and_the_review_goes_on(project: Project) -> None:
    ended, server = await reviewed(project, "lua", Editors({"wording": [GONE, WORDING]}, [0]))
    told = [each.body["messages"][-1] for each in server.requests if each.body["messages"][-1]["role"] == "tool"]
    assert [each["content"] for each in told if "not in the document" in each["content"]] != []
    assert ended.events[-1]["result"]["content"] is True
    assert "in order to" not in await artifact(project, "document", 1)


async def test_a_bound_that_is_no_number_is_an_error(project: Project) -> None:
    for engine in LANGUAGES:
        ended = await project.llmspell("run", spell(engine), "--", "--rounds=many")
        assert ended.code != 0
        assert "--rounds must be a number, not many" in ended.error


async def test_its_own_tests_pass(project: Project) -> None:
    ended = await project.llmspell("test", "examples/review")
    assert ended.code == 0, ended.output
    assert "8 cases: 8 passed" in ended.output
