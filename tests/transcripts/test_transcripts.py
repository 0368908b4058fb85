"""One spell, one server, two providers, one transcript."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source
from llmspell.testing import Calls, OpenAIServer, Text

SPELL = """
Tool.define{ name = "twice", parameters = { n = "integer" }, run = function(args) return args.n * 2 end }
local agent = Agent.create{ name = "a", system = "S", tools = { "calculator", "twice" } }
local reply = agent:run("one")
local texts, stream = {}, agent:stream("two", { history = reply.messages })
for event in stream do if event.type == "text" then texts[#texts + 1] = event.text end end
local streamed = stream:result()
assert(table.concat(texts) == streamed.text)
return { messages = streamed.messages, calls = #reply.calls + #streamed.calls, usage = streamed.usage }
"""
STEPS = (
    Calls(("twice", {"n": 4}), ("calculator", {"expression": "1 + 2"}), text="Let me see."),
    Text("First: äöü 日本."),
    Calls(("twice", {"n": 5})),
    Text("Second answer, in several pieces.", chunks=5),
)


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(*STEPS, *STEPS) as server:
        yield server


async def transcript(server: OpenAIServer, folder: Path, model: str, provider: str) -> Any:
    """What the spell returns with this model."""
    sets = [f"provider.{provider}.base_url={server.base_url}"]
    async with Kernel(load(folder, {}, sets), environ={"OPENAI_API_KEY": "key"}) as kernel:
        ended = await kernel.cast(Source(SPELL, "spell.lua"), RunOptions(profile="low", model=model))
    assert ended.error is None, ended.error
    return ended.value


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier")  # litellm silences these two itself, once, at import
@pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated")
async def test_both_providers_give_the_same_transcript(server: OpenAIServer, tmp_path: Path) -> None:
    direct = await transcript(server, tmp_path, "openai/any", "openai")
    through = await transcript(server, tmp_path, "litellm/openai/any", "litellm")
    assert direct["calls"] == 3
    assert [message["role"] for message in direct["messages"]] == [
        "system", "user", "assistant", "tool", "tool", "assistant", "user", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert through == direct
