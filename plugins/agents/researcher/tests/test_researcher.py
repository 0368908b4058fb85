"""The agent type `researcher`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.message import Message
from llmspell.testing import Calls, Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract
from llmspell.tool import Tool

A, B = "https://example.org/a", "https://example.org/b"


class Look(Tool):
    """Gives one result, whose page points to another one."""

    name = "look"
    description = "Looks."
    parameters = {"type": "object", "properties": {"url": {"type": "string"}}}

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        if arguments.get("url", "").endswith("gone"):
            raise UsageError("no such page")
        return {"results": [{"title": "A", "url": A}], "links": [{"url": B}], "text": f"See {B}."}


def answer(*urls: str, text: str = "hello") -> Text:
    return Text(json.dumps({"answer": text, "sources": [{"title": "T", "url": url} for url in urls]}))


LOOKS = Calls(("look", {}))


class TestResearcher(AgentContract):
    """What every agent type must do."""

    type_name = "researcher"
    options = {"tools": (Look(),)}
    answering = (LOOKS, answer(A))


async def ask(folder: Path, *steps: Any, history: Sequence[Message] = (), **options: Any) -> tuple[Any, list[str]]:
    """The result, and what the model was told last each time."""
    async with AgentBench(folder, *steps) as bench:
        result = await bench.ask("researcher", history=history, tools=(Look(),), options=options)
        return result, [request.messages[-1].content for request in bench.requests]


async def test_the_answer_is_text_and_the_sources_are_data(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, LOOKS, answer(A))
    assert result.text == "hello"
    assert result.output == {"answer": "hello", "sources": [{"title": "T", "url": A}]}


@pytest.mark.parametrize("url", ["https://example.org/other", B, "A", ""])
async def test_a_source_that_no_tool_has_found_or_read_goes_back(tmp_path: Path, url: str) -> None:
    result, told = await ask(tmp_path, LOOKS, answer(A, url), answer(A))
    assert told[2].startswith(f"No tool has found or read: {url}. Name only sources that your tools have given")
    assert result.output["sources"] == [{"title": "T", "url": A}]


@pytest.mark.parametrize("url", [f"{A}/", f"{A}#top", "HTTPS://EXAMPLE.org/a"])
async def test_a_source_may_be_written_in_another_way(tmp_path: Path, url: str) -> None:
    result, _ = await ask(tmp_path, LOOKS, answer(url))
    assert result.stop_reason == "completed"


async def test_what_was_fetched_is_a_source(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, Calls(("look", {"url": B})), answer(B))
    assert result.stop_reason == "completed"


async def test_what_could_not_be_fetched_is_none(tmp_path: Path) -> None:
    result, _ = await ask(
        tmp_path, Calls(("look", {"url": "https://x.org/gone"})), answer("https://x.org/gone"), rounds=1
    )
    assert result.stop_reason == "budget.rounds"


async def test_an_answer_with_too_few_sources_goes_back(tmp_path: Path) -> None:
    result, told = await ask(tmp_path, answer(), LOOKS, answer(A))
    assert told[1] == "The answer has 0 sources, and 1 are wanted. Search and read on."
    assert result.stop_reason == "completed"


async def test_one_source_named_twice_is_one(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, LOOKS, answer(A, f"{A}#b"), sources=2, rounds=1)
    assert result.stop_reason == "budget.rounds"


async def test_an_answer_that_never_holds_is_no_success_and_keeps_its_real_sources(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, LOOKS, answer(A, "https://x.org"), answer("https://y.org", A), rounds=2)
    assert (result.text, result.stop_reason) == ("hello", "budget.rounds")
    assert result.output["sources"] == [{"title": "T", "url": A}]


async def test_what_an_earlier_turn_has_found_is_a_source(tmp_path: Path) -> None:
    call = Calls(("look", {})).completion("m").message
    history = [
        Message("user", "a?"),
        call,
        Message("tool", json.dumps({"url": B}), (), "call_1"),
        Message("assistant", "b"),
    ]
    result, _ = await ask(tmp_path, answer(B), history=history)
    assert result.stop_reason == "completed"


async def test_files_are_sources_by_their_paths(tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("High at noon.")
    async with AgentBench(tmp_path, Calls(("file_read", {"path": "tides.md"})), answer("./tides.md")) as bench:
        result = await bench.ask("researcher", tools=("file_read",))
    assert result.stop_reason == "completed"


async def test_it_searches_and_fetches_unless_it_has_other_tools(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, answer()) as bench:
        await bench.ask("researcher", options={"sources": 0})
        assert [tool.name for tool in bench.requests[0].tools] == ["web_search", "web_fetch"]


async def test_without_its_tools_it_says_what_to_install(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, sets=['plugins.block=["llmspell-tool-web"]']) as bench:
        with pytest.raises(UsageError, match=r"agents of type researcher use the tool 'web_search'") as caught:
            bench.make("researcher")
    assert caught.value.hint == "pip install llmspell-tool-web"
