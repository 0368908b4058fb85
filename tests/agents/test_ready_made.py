"""The ready-made agents: from both languages, over HTTP, and listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.agents.spells import USES, Use, prepare

from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.plugins.catalogue import installed
from llmspell.spell import Source
from llmspell.testing import OpenAIServer

if TYPE_CHECKING:
    from tests.conftest import Cast

BASE = "llm"
each_use = pytest.mark.parametrize("use", USES, ids=lambda use: use.type)


def test_every_ready_made_agent_is_used() -> None:
    types = {entry.name for entry in installed() if entry.kind == "agent"} - {BASE}
    assert types == {use.type for use in USES}


@pytest.mark.parametrize("engine", ["lua", "javascript", "quickjs"])
@each_use
async def test_a_spell_uses_it(cast: Cast, tmp_path: Path, use: Use, engine: str) -> None:
    prepare(tmp_path)
    ended = await cast(use.spell(engine), *use.steps, engine=engine)
    assert ended.error is None, ended.error
    reply = ended.value
    assert reply["text"] == use.text
    assert reply.get("output") == use.output


@each_use
async def test_it_works_with_a_model_over_http(tmp_path: Path, use: Use) -> None:
    prepare(tmp_path)
    async with OpenAIServer(*use.steps) as server:
        environ = {"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": server.base_url}
        async with Kernel(load(tmp_path, environ), environ=environ) as kernel:
            options = RunOptions(profile="low", engine="lua", model="openai/test-model")
            source = Source(use.spell("lua"), "spell.lua", tmp_path / "spell.lua")
            ended = await kernel.cast(source, options)
    assert ended.error is None, ended.error
    assert ended.value["text"] == use.text
    server.assert_complete()


@each_use
async def test_an_unknown_option_is_an_error_in_a_spell(cast: Cast, use: Use) -> None:
    ended = await cast(f'Agent.create{{ type = "{use.type}", handoffs = {{}}, options = {{ rouns = 1 }} }}')
    assert ended.error is not None
    assert ended.error.kind == "unknown_option"
    assert "'rouns'" in ended.error.message


@pytest.mark.parametrize("type_name", [use.type for use in USES if use.type not in ("chat", "critic")])
async def test_one_with_a_shape_of_its_own_takes_no_other(cast: Cast, type_name: str) -> None:
    ended = await cast(f'Agent.create{{ type = "{type_name}", output_schema = {{ type = "object" }} }}')
    assert f"agents of type {type_name} take no output_schema" in str(ended.error)


async def test_an_agent_of_the_configuration_is_found_by_its_name(cast: Cast) -> None:
    sets = ('agent.scribe.plugin="writer"', "agent.scribe.words=2", 'agent.scribe.style="plain"')
    [use] = [use for use in USES if use.type == "writer"]
    ended = await cast('return Agent.create{ type = "scribe" }:run("go").text', *use.steps, sets=sets)
    assert (ended.error, ended.value) == (None, "a b")


async def test_a_wrong_key_in_the_configuration_is_an_error_that_names_it(cast: Cast) -> None:
    ended = await cast('Agent.create{ type = "writer" }', sets=("agent.writer.word=2",))
    assert ended.error is not None
    assert "`agent.writer.word` is not known; did you mean 'words'?" in ended.error.message


async def test_a_handed_over_conversation_may_come_to_a_ready_made_agent(cast: Cast) -> None:
    ended = await cast(
        'Agent.create{ name = "desk", run = function() return Agent.handoff("chat") end }\n'
        'local reply = Agent.get("desk"):run("hello")\n'
        "return { reply.text, reply.agent }",
        *USES[0].steps,
    )
    assert (ended.error, ended.value) == (None, ["Hello.", "chat"])
