"""The agent type `analyst`: real files, and tools that really compute."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.message import Message
from llmspell.testing import Calls, Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract

SUM = Calls(("csv_query", {"path": "sales.csv", "aggregates": [{"function": "sum", "field": "eur", "name": "total"}]}))
TOTAL = {"name": "total", "value": 1301.5, "unit": "EUR"}
CHART = Calls(("chart", {"kind": "bar", "path": "sales.svg", "categories": ["Oslo"], "series": [{"values": [1]}]}))


def answer(text: str, *figures: dict[str, Any]) -> Text:
    return Text(json.dumps({"answer": text, "figures": figures}))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("city,eur\nRome,1250\nOslo,51.5\n")
    return tmp_path


class TestAnalyst(AgentContract):
    """What every agent type must do."""

    type_name = "analyst"
    answering = (answer("hello"),)


async def ask(folder: Path, *steps: Any, text: str = "How much?", **more: Any) -> tuple[Any, list[str]]:
    """The result, and what the model was told last each time."""
    async with AgentBench(folder, *steps, allow={"fs.write": ["."]}) as bench:
        result = await bench.ask("analyst", text, **more)
        return result, [request.messages[-1].content for request in bench.requests]


async def test_a_figure_has_the_call_that_it_rests_on_as_evidence(project: Path) -> None:
    result, _ = await ask(project, SUM, answer("In all 1,301.50 EUR.", TOTAL))
    assert result.text == "In all 1,301.50 EUR."
    assert result.output["figures"] == [TOTAL]
    [found] = result.output["evidence"]
    assert (found["figure"], found["tool"], found["arguments"]["path"]) == ("total", "csv_query", "sales.csv")


async def test_excel_and_json_files_are_data_too(project: Path) -> None:
    (project / "sales.json").write_text('[{"eur": 40}, {"eur": 2.5}]')
    rows = {"path": "sales.xlsx", "rows": [["city", "eur"], ["Rome", 4711]]}
    groups = {"path": "sales.json", "aggregates": [{"function": "sum", "field": "eur", "name": "total"}]}
    steps = (
        Calls(("xlsx_write", rows)),
        Calls(("xlsx_read", {"path": "sales.xlsx", "as": "objects"}), ("sort_group", groups)),
        answer("4711 and 42.5", {**TOTAL, "value": 4711}, {**TOTAL, "value": 42.5}),
    )
    result, _ = await ask(project, *steps, tools=("xlsx_write", "xlsx_read", "sort_group"))
    assert [found["tool"] for found in result.output["evidence"]] == ["xlsx_read", "sort_group"]


async def test_a_figure_that_no_tool_has_answered_goes_back(project: Path) -> None:
    wrong = answer("1300 EUR.", {**TOTAL, "value": 1300})
    result, told = await ask(project, wrong, SUM, answer("So.", TOTAL))
    assert told[1].startswith("No tool has answered these figures: total = 1300. Compute them with a tool")
    assert result.output["figures"] == [TOTAL]


async def test_a_number_in_the_words_alone_goes_back_too(project: Path) -> None:
    result, told = await ask(project, SUM, answer("The mean is 650.75."), answer("I leave it open."))
    assert told[2] == "No tool has answered these numbers of the answer: 650.75. Compute them with a tool."
    assert result.text == "I leave it open."


@pytest.mark.parametrize("words", ["About 1302 in all.", "Two of 3 cities, the first 12.", "In 2024 it was 1301.5"])
async def test_rounded_small_and_given_numbers_need_no_tool(project: Path, words: str) -> None:
    result, _ = await ask(project, SUM, answer(words), text="How much in 2024?")
    assert result.stop_reason == "completed"


async def test_a_failed_call_has_answered_nothing(project: Path) -> None:
    failing = Calls(("calculator", {"expression": "7777 +"}))
    result, _ = await ask(project, failing, answer("?", {**TOTAL, "value": 7777}), options={"rounds": 1})
    assert result.stop_reason == "budget.rounds"


async def test_a_number_that_stays_invented_is_no_success_and_has_no_evidence(project: Path) -> None:
    result, _ = await ask(project, *[answer("99 EUR", {**TOTAL, "value": 99})] * 2, options={"rounds": 2})
    assert (result.text, result.stop_reason, result.output["evidence"]) == ("99 EUR", "budget.rounds", [])


async def test_a_chart_is_drawn_into_a_file_and_named(project: Path) -> None:
    result, _ = await ask(project, CHART, answer("See the chart."))
    assert result.output["charts"] == ["sales.svg"]
    assert (project / "sales.svg").read_text().startswith("<svg")


async def test_a_chart_that_could_not_be_drawn_is_not_named(project: Path) -> None:
    drawing = {"kind": "bar", "path": "no/sales.svg", "categories": ["Oslo"], "series": [{"values": [1]}]}
    result, told = await ask(project, Calls(("chart", drawing)), answer("No chart."))
    assert told[1].startswith("Error (")
    assert result.output["charts"] == []


async def test_numbers_of_an_earlier_turn_may_be_named_again(project: Path) -> None:
    call = Calls(("calculator", {})).completion("m").message
    history = [Message("user", "?"), call, Message("tool", "4321", (), "call_1"), Message("assistant", "4321")]
    async with AgentBench(project, answer("As I said, 4321.")) as bench:
        result = await bench.ask("analyst", "Again?", history=history)
    assert result.stop_reason == "completed"
