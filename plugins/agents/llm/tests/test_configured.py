"""Agents that the configuration describes: `[agent.NAME] plugin = "llm"`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from llmspell.agent import AgentInput, AgentSpec
from llmspell.config import load
from llmspell.errors import ConfigError
from llmspell.kernel import Kernel, RunOptions
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Calls, Text

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import MakeBench

BILLING = (
    'agent.billing.plugin="llm"',
    'agent.billing.system="You know bills."',
    'agent.billing.description="Knows bills."',
    'agent.billing.handoffs=["desk"]',
    "agent.billing.compaction.messages=40",
)


async def test_a_configured_agent_can_be_handed_the_conversation(bench: MakeBench) -> None:
    from llmspell.agent import HandoffTo

    tested = bench(Calls(("transfer_to_billing", {})), Text("It is paid."), sets=BILLING)
    desk = tested.run.make_agent("llm", AgentSpec("desk", handoffs=(HandoffTo("billing"),)))
    tested.run.agents["desk"] = desk
    result = await tested.run.run_agent(desk, AgentInput("my bill"))
    assert (result.text, result.agent) == ("It is paid.", "billing")
    first, second = tested.model.requests
    assert first.tools[0].description == "Hand the conversation over to billing. Knows bills."
    assert second.messages[0].content == "You know bills."
    assert [tool.name for tool in second.tools] == ["transfer_to_desk"]


async def test_what_a_spell_says_comes_before_the_configuration(bench: MakeBench) -> None:
    tested = bench(Text("ok"), sets=(*BILLING[:2], "agent.billing.temperature=0.5"))
    agent = tested.run.make_agent("billing", AgentSpec("mine", system="Mine."))
    await tested.run.run_agent(agent, AgentInput("hi"))
    [request] = tested.model.requests
    assert (request.messages[0].content, request.temperature) == ("Mine.", 0.5)


async def test_what_a_configured_agent_does_not_know_is_an_error_that_names_it(tmp_path: Path) -> None:
    sets = ('agent.billing.plugin="llm"', 'agent.billing.sytem="x"')
    async with Kernel(load(tmp_path, {}, sets), environ={}) as kernel:
        kernel.models.add(ScriptedModel())
        run = kernel.open_run(RunOptions(model="scripted/model"))
        with pytest.raises(ConfigError, match="sytem"):
            run.make_agent("billing", AgentSpec("x"))
        await run.close()
