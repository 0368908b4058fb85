"""What is wrong with a specification is told when the agent is made."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.agent import AgentSpec, HandoffTo
from llmspell.agents.compaction import Compaction
from llmspell.errors import LlmspellError, UnknownPlugin, UsageError

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import Add, MakeBench


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_turns": 0}, r"max_turns must be at least 1, not 0"),
        ({"max_tokens": 0}, r"max_tokens must be at least 1, not 0"),
        ({"timeout": 0.0}, r"timeout must be above 0, not 0\.0"),
        ({"timeout": nan}, r"timeout must be above 0, not nan"),
        ({"temperature": -0.1}, r"temperature must be at least 0 and finite, not -0\.1"),
        ({"temperature": nan}, r"temperature must be at least 0 and finite, not nan"),
        ({"temperature": inf}, r"temperature must be at least 0 and finite, not inf"),
        ({"tool_choice": "requird"}, r"tool_choice is 'requird', and the agent has no tools"),
        ({"options": {"a": 1}}, r"agents of type llm take no options, found 'a'"),
    ],
)
def test_a_number_or_a_word_that_means_nothing_is_refused(
    bench: MakeBench, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=rf"^agent 'a': {message}$") as error:
        bench().run.make_agent("llm", AgentSpec("a", **options))
    assert error.value.component == "agent:a"


def test_a_demanded_tool_may_be_another_agent(bench: MakeBench) -> None:
    run = bench().run
    for choice in ("helper", "transfer_to_boss"):
        run.make_agent("llm", AgentSpec("a", agents=("helper",), handoffs=(HandoffTo("boss"),), tool_choice=choice))
    with pytest.raises(UsageError, match=r"the agent has the tools helper$") as error:
        run.make_agent("llm", AgentSpec("a", agents=("helper",), tool_choice="helpr"))
    assert error.value.hint == "did you mean 'helper'?"


def test_a_schema_that_is_none_is_refused(bench: MakeBench) -> None:
    with pytest.raises(UsageError, match=r"^agent:a has an invalid JSON Schema: \$\.type: "):
        bench().run.make_agent("llm", AgentSpec("a", output_schema={"type": "objekt"}))


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"handoffs": (HandoffTo("b"), HandoffTo("b", "again"))}, "transfer_to_b"),
        ({"agents": ("b", "b")}, "b"),
        ({"agents": ("b c", "b_c")}, "b_c"),
        ({"agents": ("add",)}, "add"),
    ],
)
def test_two_tools_of_one_name_are_a_conflict(bench: MakeBench, add: Add, options: dict[str, Any], name: str) -> None:
    with pytest.raises(LlmspellError, match=rf"^agent 'a' has two tools named '{name}'$") as error:
        bench().run.make_agent("llm", AgentSpec("a", tools=(add,), **options))
    assert error.value.kind == "conflict"


def test_one_tool_given_twice_is_a_conflict(bench: MakeBench, add: Add) -> None:
    with pytest.raises(LlmspellError, match=r"^agent 'a' has two tools named 'add'$"):
        bench().run.make_agent("llm", AgentSpec("a", tools=(add, add)))


@pytest.mark.parametrize("where", ["model", "compaction"])
def test_a_model_that_names_no_provider_is_refused(bench: MakeBench, where: str) -> None:
    def spec(model: str) -> AgentSpec:
        if where == "model":
            return AgentSpec("a", model=model)
        return AgentSpec("a", compaction=Compaction(messages=9, summary=True, model=model))

    run = bench().run
    with pytest.raises(UsageError, match=r"^model 'gpt' does not name its provider$"):
        run.make_agent("llm", spec("gpt"))
    with pytest.raises(UnknownPlugin, match=r"no provider named 'nobody' is installed"):
        run.make_agent("llm", spec("nobody/gpt"))


def test_numbers_at_their_bounds_are_taken(bench: MakeBench) -> None:
    spec = AgentSpec("a", max_turns=1, max_tokens=1, timeout=0.001, temperature=0.0)
    assert bench().run.make_agent("llm", spec).name == "a"
