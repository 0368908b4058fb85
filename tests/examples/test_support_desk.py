"""The support desk: handoffs, a customer who returns, and a refund that a person must approve."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.examples.project import ENGINES, Ended, Project

from llmspell.testing import Calls, OpenAIServer, Text

ASK = "--ask-tool=refund"
WISH = 'I want to return order "A-1001", because its lid is broken.'
TO_RETURNS = Calls(("transfer_to_returns", {"reason": "wants to return"}))
TAKE_BACK = Calls(("take_back", {"order": "A-1001"}))
REFUND = Calls(("refund", {"order": "A-1001"}))
PATIENCE = 30  # seconds


def spell(engine: str) -> str:
    return f"examples/support/desk.{ENGINES[engine]}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.copied(tmp_path, "support")


async def refunds(project: Project) -> dict[str, Any]:
    """What the state says was paid back, by order. Any: JSON."""
    ended = await project.llmspell("state", "list", "refunds.", "--json")
    return {each["key"]: each["value"] for each in json.loads(ended.output)["entries"]}


def said(server: OpenAIServer, number: int) -> list[tuple[str, str]]:
    """The conversation that a request had, without the system's message."""
    messages = server.requests[number].body["messages"]
    return [(each["role"], each.get("content") or "") for each in messages if each["role"] != "system"]


async def visits(project: Project, engine: str) -> list[dict[str, Any]]:
    """Three visits of one customer, offline."""
    words = ("run", "--json", "--engine", engine, spell(engine), "--")
    return [
        (await project.llmspell(*words, f"--says={says}")).shown
        for says in (WISH, "Why does my kettle not switch off?", "What did you say about the lid?")
    ]


async def test_offline_every_engine_comes_to_the_same_in_three_visits(tmp_path: Path) -> None:
    projects = {engine: Project.copied(tmp_path / engine, "support") for engine in ENGINES}
    first, *others = await asyncio.gather(*(visits(each, engine) for engine, each in projects.items()))
    assert others == [first, first]
    assert [visit["result"]["handoffs"] for visit in first] == [["returns", "billing"], ["technical"], []]
    assert "billing: refund: A-1001: 49.9 paid back." in first[0]["output"]
    assert "The kettle does not switch off: the lid is open, or its seal is worn." in first[1]["output"]
    assert "Welcome back, Ada Park.\nLast time you said: Why does my kettle not switch off?\n" in first[2]["output"]
    assert "The kettle does not switch off: the lid is open" in first[2]["output"].partition("billing: ")[2]


@pytest.mark.parametrize("engine", ["lua", "javascript"])
async def test_the_model_hands_over_and_then_a_tool_does_with_history_and_state(project: Project, engine: str) -> None:
    async with OpenAIServer(TO_RETURNS, TAKE_BACK, REFUND, Text("Paid back.")) as server:
        ended = await project.llmspell("run", "--jsonl", "--engine", engine, spell(engine), server=server)
    started = [(event["path"], event["data"]["name"]) for event in ended.happened("handoff.started")]
    assert started == [("run/handoff:returns", "returns"), ("run/handoff:billing", "billing")]
    assert ended.events[-1]["result"]["agent"] == "billing"
    assert said(server, 1)[0] == ("user", WISH)
    assert said(server, 2)[-1] == ("user", 'Please refund order "A-1001", the customer has sent back the kettle.')
    assert ("user", WISH) in said(server, 2)
    assert await refunds(project) == {"refunds.A-1001": {"customer": "C-17", "amount": 49.9}}


@pytest.mark.parametrize("engine", ["lua", "javascript"])
async def test_a_customer_who_returns_is_known_by_the_model_and_goes_on_with_billing(
    project: Project, engine: str
) -> None:
    words = ("run", "--json", "--engine", engine, spell(engine))
    async with OpenAIServer(TO_RETURNS, TAKE_BACK, REFUND, Text("Paid back."), Text("On Monday.")) as server:
        await project.llmspell(*words, server=server)
        again = await project.llmspell(*words, "--", "--says=When?", server=server)
    assert (again.shown["result"]["agent"], again.shown["result"]["visits"]) == ("billing", 2)
    assert f"Welcome back, Ada Park.\nLast time you said: {WISH}\n" in again.shown["output"]
    assert said(server, 4)[-2:] == [("assistant", "Paid back."), ("user", "When?")]
    assert ("user", WISH) in said(server, 4)
    other = await project.llmspell(*words, "--", "--customer=C-23", "--says=Hello")
    assert other.shown["result"]["visits"] == 1
    assert "Welcome, Ben Ruiz." in other.shown["output"]


async def test_technical_gives_its_answer_back_to_the_one_who_asked(project: Project) -> None:
    look = Calls(("manual", {"question": "Why?"}))
    async with OpenAIServer(Calls(("transfer_to_technical", {})), look, Text("A"), Text("B")) as server:
        words = ("run", "--json", spell("lua"), "--", "--says=It never stops.")
        ended = await project.llmspell(*words, server=server)
    assert said(server, 1) == [("user", "It never stops.")]
    assert said(server, 2)[-1][1].startswith("# Kettle K2")
    assert said(server, 3)[-1] == ("tool", "technical answered:\nA")
    assert ended.shown["result"]["agent"] == "desk"


async def test_a_refund_that_nobody_approves_is_not_paid(project: Project) -> None:
    async with OpenAIServer(TO_RETURNS, TAKE_BACK, REFUND, Text("Not yet.")) as server:
        ended = await project.llmspell("run", "--jsonl", ASK, spell("lua"), server=server)
    assert said(server, 3)[-1][1].startswith("Error (permission): call tool 'refund' needs an approval")
    assert ended.happened("approval.denied")
    assert await refunds(project) == {}


async def answered(project: Project, answer: str) -> None:
    """Wait for the question, and answer it as another process."""
    for _ in range(PATIENCE * 5):
        waiting = json.loads((await project.llmspell("approvals", "list", "--json")).output)["approvals"]
        if waiting:
            [question] = waiting
            assert "A-1001" in str(question)
            await project.llmspell("approvals", answer, question["id"])
            return
        await asyncio.sleep(0.2)
    raise AssertionError("nobody was asked")


@pytest.mark.parametrize(("answer", "paid"), [("approve", ["refunds.A-1001"]), ("deny", [])])
async def test_another_person_decides_on_the_refund(project: Project, answer: str, paid: list[str]) -> None:
    async with OpenAIServer(TO_RETURNS, TAKE_BACK, REFUND, Text("Done.")) as server:
        run = project.llmspell("run", "--json", ASK, "--wait-approvals", spell("lua"), server=server)
        ended, _ = await asyncio.gather(run, answered(project, answer))
    assert ended.code == 0, ended.error
    assert list(await refunds(project)) == paid


async def test_an_order_is_paid_back_once_in_whatever_run(project: Project) -> None:
    async def run() -> Ended:
        return await project.llmspell("run", "--json", spell("lua"))

    assert "refund: A-1001: 49.9 paid back." in (await run()).shown["output"]
    assert "refund failed: Error (conflict): A-1001 was paid back before." in (await run()).shown["output"]


async def test_a_customer_who_is_not_in_the_file_is_an_error(project: Project) -> None:
    ended = await project.llmspell("run", spell("lua"), "--", "--customer=C-99")
    assert ended.code != 0
    assert "no customer C-99" in ended.error


async def test_its_own_tests_pass(project: Project) -> None:
    ended = await project.llmspell("test", "examples/support")
    assert ended.code == 0, ended.output
    assert "10 cases: 10 passed" in ended.output
