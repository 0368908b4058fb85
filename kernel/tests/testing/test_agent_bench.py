"""The bench on which agents are tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.testing import Calls, Text, UnusedSteps
from llmspell.testing.agents import AgentBench


async def test_an_agent_is_asked_and_what_its_model_was_asked_is_kept(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("hello")) as bench:
        result = await bench.ask("llm", "hi", system="Be brief.")
        assert [message.content for message in bench.requests[0].messages] == ["Be brief.", "hi"]
    assert (result.text, result.agent) == ("hello", "tested")


async def test_steps_that_were_not_used_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnusedSteps, match=r"got 0 requests"):
        async with AgentBench(tmp_path, Text("hello")):
            pass


async def test_an_error_of_the_test_is_not_hidden_by_unused_steps(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with AgentBench(tmp_path, Text("hello")):
            raise ZeroDivisionError


@pytest.mark.parametrize(("allow", "is_written"), [({}, False), ({"fs.write": ["."]}, True)])
async def test_only_what_is_granted_is_allowed(tmp_path: Path, allow: dict[str, list[str]], is_written: bool) -> None:
    writing = Calls(("file_write", {"path": "a.txt", "text": "x"}))
    async with AgentBench(tmp_path, writing, Text("done"), allow=allow) as bench:
        await bench.ask("llm", tools=("file_write",))
    assert (tmp_path / "a.txt").exists() is is_written


async def test_agents_of_the_configuration_are_there(tmp_path: Path) -> None:
    sets = ('agent.billing.plugin="llm"', 'agent.billing.system="You know bills."')
    async with AgentBench(tmp_path, Text("ok"), sets=sets) as bench:
        await bench.ask("billing")
        assert bench.requests[0].messages[0].content == "You know bills."
