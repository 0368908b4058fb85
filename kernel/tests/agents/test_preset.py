"""Agent types that are another one with a role, tools and options."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from llmspell.agent import AgentInput, AgentSpec, AgentType, BaseAgent
from llmspell.agents.compaction import Compaction
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.agents.verified import Verified
from llmspell.config import Config, LoadedConfig, Settings
from llmspell.context import Context
from llmspell.errors import ConfigError, UnknownPlugin, UsageError
from llmspell.message import ModelRequest
from llmspell.result import Result
from llmspell.run import Run
from llmspell.testing import Text
from llmspell.testing.agents import AgentBench


@attrs.frozen
class PoetTable(AgentTable):
    metre: str = "any"
    rhyme_word: str = ""
    lines: int = attrs.field(default=4, validator=attrs.validators.ge(1))


class Poet(Preset[PoetTable]):
    name = "poet"
    table = PoetTable
    description = "Writes poems."
    role = "You are a poet."
    rules = "Answer in verse."
    tools = {"calculator": "llmspell-tool-core"}
    compaction = Compaction(messages=9)
    refused = ("temperature",)

    def rules_for(self, options: PoetTable) -> str:
        return f"{self.rules} {options.lines} lines, metre: {options.metre}."


class Believed(Verified):
    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        return ""


class Shaped(Preset[AgentTable]):
    name = "shaped"
    table = AgentTable
    output_schema = {"type": "object"}


class Homeless(Preset[AgentTable]):
    name = "homeless"
    table = AgentTable
    base = "zeppelin"


def made(folder: Path, kind: AgentType, spec: AgentSpec, *, block: str = "") -> BaseAgent:
    """What the type makes of a specification, in a run."""
    bench = AgentBench(folder, sets=[f'plugins.block=["{block}"]'] if block else [])
    return kind.make(spec, bench.run)


async def asked(folder: Path, kind: AgentType, spec: AgentSpec) -> ModelRequest:
    """What the model of an agent of the type is asked."""
    async with AgentBench(folder, Text("ok")) as bench:
        await bench.run.run_agent(kind.make(spec, bench.run), AgentInput("go"))
        return bench.requests[0]


async def test_a_preset_gives_a_role_rules_and_tools(tmp_path: Path) -> None:
    request = await asked(tmp_path, Poet(), AgentSpec("p"))
    assert request.messages[0].content == "You are a poet.\n\nAnswer in verse. 4 lines, metre: any."
    assert [tool.name for tool in request.tools] == ["calculator"]


async def test_a_system_prompt_takes_the_place_of_the_role_and_the_rules_stay(tmp_path: Path) -> None:
    request = await asked(tmp_path, Poet(), AgentSpec("p", system="You are Homer."))
    assert request.messages[0].content == "You are Homer.\n\nAnswer in verse. 4 lines, metre: any."


async def test_tools_take_the_place_of_the_presets_own(tmp_path: Path) -> None:
    request = await asked(tmp_path, Poet(), AgentSpec("p", tools=("datetime",)))
    assert [tool.name for tool in request.tools] == ["datetime"]


async def test_a_spell_comes_before_the_configuration_and_that_before_the_preset(tmp_path: Path) -> None:
    kind = Poet("homer", PoetTable(system="Configured.", lines=2, metre="free", max_tokens=7))
    request = await asked(tmp_path, kind, AgentSpec("p", options={"lines": 3}))
    assert request.messages[0].content == "Configured.\n\nAnswer in verse. 3 lines, metre: free."
    assert request.max_tokens == 7


def test_an_agent_has_the_description_of_its_type_unless_it_has_one(tmp_path: Path) -> None:
    assert made(tmp_path, Poet(), AgentSpec("p")).description == "Writes poems."
    assert made(tmp_path, Poet(), AgentSpec("p", description="Homer.")).description == "Homer."


def test_the_return_policy_of_the_configuration_is_that_of_a_wrapped_agent_too(tmp_path: Path) -> None:
    class Wrapped(Poet):
        def build(self, spec: AgentSpec, options: PoetTable, run: Run) -> BaseAgent:
            return Believed(super().build(spec, options, run), 1)

    kind = Wrapped("p", PoetTable(return_policy="return"))
    assert made(tmp_path, kind, AgentSpec("p")).return_policy == "return"


@pytest.mark.parametrize(
    ("kind", "spec", "message", "hint"),
    [
        (Poet(), AgentSpec("p", options={"lins": 2}), r"agents of type poet have no option 'lins'", "mean 'lines'"),
        (Poet(), AgentSpec("p", options={"model": "m"}), r"have no option 'model'", "beside options, not in them"),
        (Poet(), AgentSpec("p", options={"rhymeWord": "a", "rhyme_word": "b"}), r"take each option once", ""),
        (Shaped(), AgentSpec("p", options={"a": 1}), r"agents of type shaped take no options, found 'a'", ""),
        (Poet(), AgentSpec("p", options={"lines": "2"}), r"'p': options: `lines` must be an integer, found '2'", ""),
        (Poet(), AgentSpec("p", options={"lines": 0}), r"'p': options: `lines` must be >= 1", ""),
        (Poet(), AgentSpec("p", temperature=0.5), r"agents of type poet take no temperature", "use the type llm"),
        (Shaped(), AgentSpec("p", output_schema={}), r"agents of type shaped take no output_schema", "the type llm"),
        (Poet(), AgentSpec("p", max_turns=0), r"agent 'p': max_turns must be at least 1, not 0", ""),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, kind: AgentType, spec: AgentSpec, message: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        made(tmp_path, kind, spec)
    assert hint in caught.value.hint
    assert caught.value.component == "agent:p"


async def test_an_option_may_be_written_as_a_language_does(tmp_path: Path) -> None:
    class Rhymer(Poet):
        def rules_for(self, options: PoetTable) -> str:
            return f"Rhyme with {options.rhyme_word}."

    for name in ("rhyme_word", "rhymeWord"):
        request = await asked(tmp_path, Rhymer(), AgentSpec("p", options={name: "sea"}))
        assert "Rhyme with sea." in request.messages[0].content


def test_an_unknown_option_has_a_kind_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        made(tmp_path, Poet(), AgentSpec("p", options={"lins": 2}))
    assert caught.value.kind == "unknown_option"


def test_a_tool_that_is_missing_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"agents of type poet use the tool 'calculator', which is not") as caught:
        made(tmp_path, Poet(), AgentSpec("p"), block="llmspell-tool-core")
    assert (caught.value.kind, caught.value.hint) == ("unknown_tool", "pip install llmspell-tool-core")


def test_a_tool_that_is_missing_is_no_error_for_an_agent_with_tools_of_its_own(tmp_path: Path) -> None:
    agent = made(tmp_path, Poet(), AgentSpec("p", tools=("hash",)), block="llmspell-tool-core")
    assert agent.name == "p"


def test_a_base_that_is_missing_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UnknownPlugin, match=r"no agent named 'zeppelin' is installed") as caught:
        made(tmp_path, Homeless(), AgentSpec("p"))
    assert caught.value.hint == "pip install llmspell-agent-zeppelin"


def test_a_preset_makes_its_agents_in_a_run_only() -> None:
    with pytest.raises(UsageError, match=r"agents of type poet are made in a run") as caught:
        Poet().create(AgentSpec("p"))
    assert caught.value.hint == "call run.make_agent(type, spec)"


def settings(**tables: dict[str, object]) -> Settings:
    return Settings(LoadedConfig(Config(agent=tables)), {})


def test_a_plugin_offers_the_type_and_the_agents_configured_with_it() -> None:
    offered = Poet.offered(settings(poet={"lines": 9}, homer={"plugin": "poet"}, billing={"plugin": "llm"}))
    assert {name: kind.name for name, kind in offered.items()} == {"poet": "poet", "homer": "homer"}


def test_a_wrong_key_of_the_configuration_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"`agent\.poet\.lins` is not known; did you mean 'lines'\?"):
        Poet.offered(settings(poet={"lins": 9}))
