"""The agent type `chat`."""

from __future__ import annotations

from pathlib import Path

from llmspell.agents.chat import Chat
from llmspell.testing import Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract

LONG = "word " * 13_000  # about 16,000 tokens


class TestChat(AgentContract):
    """What every agent type must do."""

    type_name = "chat"


async def test_it_remembers_what_was_said(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("Hello Ada."), Text("Ada.")) as bench:
        chat = Chat(bench.run, bench.make("chat"))
        await chat.send("I am Ada.")
        await chat.send("Who am I?")
        assert [(each.role, each.content) for each in bench.requests[1].messages[1:]] == [
            ("user", "I am Ada."),
            ("assistant", "Hello Ada."),
            ("user", "Who am I?"),
        ]


async def test_what_is_too_long_is_summarised_by_itself(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("one"), Text("She said a word."), Text("two")) as bench:
        chat = Chat(bench.run, bench.make("chat"))
        await chat.send(LONG)
        await chat.send(LONG)
        assert "She said a word." in bench.requests[2].messages[1].content
        assert len(bench.run.log.history("agent.compacted")) == 1


async def test_a_compaction_of_ones_own_takes_the_place_of_the_presets(tmp_path: Path) -> None:
    from llmspell.agents.compaction import Compaction

    async with AgentBench(tmp_path, Text("one"), Text("two")) as bench:
        chat = Chat(bench.run, bench.make("chat", compaction=Compaction(tokens=90_000)))
        await chat.send(LONG)
        await chat.send(LONG)
        assert len(bench.requests[1].messages) == 4
