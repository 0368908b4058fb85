"""The agent type `reviewer`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import UsageError
from llmspell.testing import Calls, Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract


def finding(severity: str = "major", file: str = "a.py") -> dict[str, Any]:
    return {"file": file, "line": 1, "severity": severity, "message": "It divides by zero.", "suggestion": "Check n."}


def review(verdict: str, *findings: dict[str, Any], summary: str = "hello") -> Text:
    return Text(json.dumps({"verdict": verdict, "summary": summary, "findings": findings}))


READS = Calls(("file_read", {"path": "a.py"}))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("print(1 / n)\n")
    return tmp_path


class TestReviewer(AgentContract):
    """What every agent type must do."""

    type_name = "reviewer"
    answering = (review("approve"),)


async def test_it_reads_a_file_and_gives_its_findings_as_data(project: Path) -> None:
    async with AgentBench(project, READS, review("request_changes", finding())) as bench:
        result = await bench.ask("reviewer", "Review a.py.")
    assert result.text == "hello"
    assert result.output == {"verdict": "request_changes", "summary": "hello", "findings": [finding()]}


@pytest.mark.parametrize("file", ["b.py", ".py", "a.p", "y"])
async def test_a_finding_in_a_file_that_it_was_not_shown_goes_back(project: Path, file: str) -> None:
    wrong = review("request_changes", finding(file=file))
    async with AgentBench(project, READS, wrong, review("approve")) as bench:
        result = await bench.ask("reviewer", "Review a.py.")
        told = bench.requests[2].messages[-1].content
    assert told == f"You were not shown, and have not read: {file}. Read it first, or leave it out."
    assert result.output["findings"] == []


async def test_a_file_that_could_not_be_read_was_not_shown(project: Path) -> None:
    wrong = review("request_changes", finding(file="gone.py"))
    failing = Calls(("file_read", {"path": "gone.py"}))
    async with AgentBench(project, failing, wrong) as bench:
        result = await bench.ask("reviewer", "Review all.", options={"rounds": 1})
    assert result.stop_reason == "budget.rounds"


@pytest.mark.parametrize(
    ("wrong", "right", "problem"),
    [
        (
            review("approve", finding("critical")),
            review("request_changes", finding("critical")),
            "The verdict is approve, and there is a finding of severity critical",
        ),
        (
            review("request_changes", finding("minor")),
            review("approve", finding("minor")),
            "The verdict is request_changes, and there is no finding of severity major or critical",
        ),
    ],
)
async def test_a_verdict_that_the_findings_do_not_bear_out_goes_back(
    project: Path, wrong: Text, right: Text, problem: str
) -> None:
    async with AgentBench(project, wrong, right) as bench:
        result = await bench.ask("reviewer", "The file a.py: print(1 / n)")
        assert bench.requests[1].messages[-1].content == f"{problem}: correct the verdict or the findings."
    assert result.stop_reason == "completed"


async def test_what_blocks_an_approval_can_be_chosen(project: Path) -> None:
    async with AgentBench(project, review("request_changes", finding("note"))) as bench:
        result = await bench.ask("reviewer", "See a.py", options={"blocking": "note", "focus": "security"})
        assert "Look for: security." in bench.requests[0].messages[0].content
    assert result.output["verdict"] == "request_changes"


async def test_an_unknown_severity_says_which_there_are(project: Path) -> None:
    async with AgentBench(project) as bench:
        with pytest.raises(UsageError, match=r"`blocking` must be one of 'note', 'minor', 'major', 'critical'"):
            bench.make("reviewer", options={"blocking": "mayor"})
