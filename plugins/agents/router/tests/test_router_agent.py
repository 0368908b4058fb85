"""The agent type `router`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmspell.agent import AgentInput, BaseAgent, HandoffTo
from llmspell.context import Context
from llmspell.errors import ProviderError, UsageError
from llmspell.message import Message, ModelRequest
from llmspell.result import Result
from llmspell.testing import Fail, Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract


class Echo(BaseAgent):
    """Says its name and what it was asked; with `returns`, it asks the model, and gives the conversation back."""

    def __init__(self, name: str, *, returns: bool = False) -> None:
        self.name = name
        self.description = f"Knows {name}."
        self.return_policy = "return" if returns else "stay"

    async def run(self, request: AgentInput, context: Context) -> Result:
        if self.return_policy == "stay":
            said = [message.content for message in request.conversation()]
            return Result(f"{self.name}: {said}", agent=self.name, cost=0.0)
        asked = ModelRequest("", request.conversation())
        answer = await context.complete("", asked)
        return Result(answer.message.content, usage=answer.usage, cost=answer.cost, agent=self.name)


def choice(agent: str) -> Text:
    return Text(json.dumps({"agent": agent, "reason": "about money"}))


TARGETS = (HandoffTo(Echo("billing")), HandoffTo(Echo("support"), "Knows machines."))
RULES = [{"match": "*Invoice*", "to": "billing"}, {"match": "inv*", "to": "support"}]


class TestRouter(AgentContract):
    """What every agent type must do; the one that it hands over to gives its answer back."""

    type_name = "router"
    options = {"handoffs": (HandoffTo(Echo("desk", returns=True)),)}
    answering = (choice("desk"), Text("hello"))

    async def test_its_work_is_in_the_log_below_its_path(self, run: Any) -> None:
        """What it hands over stands below the handoff."""
        await self.ask(run, *self.answering)
        paths = [event.path for event in run.log.history("llm.started")]
        assert paths == ["run/agent:tested/llm", "run/handoff:desk/agent:desk/llm"]


async def ask(folder: Path, *steps: Any, text: str = "go", history: tuple[Message, ...] = (), **options: Any) -> Any:
    async with AgentBench(folder, *steps) as bench:
        result = await bench.ask("router", text, history=history, handoffs=TARGETS, options=options)
        return result, bench


async def test_the_model_chooses_and_the_conversation_is_handed_over(tmp_path: Path) -> None:
    history = (Message("user", "hello"), Message("assistant", "hi"))
    result, bench = await ask(tmp_path, choice("support"), text="It is broken.", history=history)
    assert (result.text, result.agent) == ("support: ['hello', 'hi', 'It is broken.']", "support")
    [event] = bench.run.log.history("handoff.started")
    assert event.path == "run/handoff:support"
    told = bench.requests[0].messages[0].content
    assert "- billing: Knows billing.\n- support: Knows machines." in told


async def test_what_a_rule_fits_asks_no_model(tmp_path: Path) -> None:
    result, bench = await ask(tmp_path, text="my INVOICE is wrong", rules=RULES)
    assert (result.agent, len(bench.requests)) == ("billing", 0)


async def test_the_first_rule_that_fits_holds(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, text="invoice!", rules=RULES)
    assert result.agent == "billing"


async def test_what_no_rule_fits_is_the_models_to_choose(tmp_path: Path) -> None:
    result, bench = await ask(tmp_path, choice("support"), text="help", rules=RULES)
    assert (result.agent, len(bench.requests)) == ("support", 1)


async def test_what_is_for_nobody_goes_to_the_fallback(tmp_path: Path) -> None:
    result, bench = await ask(tmp_path, choice("nobody"), fallback="billing")
    assert result.agent == "billing"
    assert "- nobody: it is for none of these" in bench.requests[0].messages[0].content


async def test_a_model_that_cannot_choose_leaves_it_to_the_fallback(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, *[choice("elsewhere")] * 3, fallback="support")
    assert result.agent == "support"


async def test_without_a_fallback_a_model_that_cannot_choose_is_no_success(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, *[choice("nobody")] * 3)
    assert (result.agent, result.stop_reason) == ("tested", "error")


async def test_a_limit_that_kept_the_model_from_choosing_is_not_the_fallbacks(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, choice("elsewhere")) as bench:
        result = await bench.ask("router", handoffs=TARGETS, max_turns=1, options={"fallback": "support"})
    assert (result.agent, result.stop_reason) == ("tested", "budget.turns")


async def test_a_model_that_fails_is_not_the_fallbacks(tmp_path: Path) -> None:
    with pytest.raises(ProviderError):
        await ask(tmp_path, *[Fail(401)] * 4, fallback="support")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, r"agent 'r' is a router, and has nobody to hand over to"),
        ({"handoffs": TARGETS, "options": {"fallback": "suport"}}, r"'r': fallback is 'suport', which is none of its"),
        (
            {"handoffs": TARGETS, "options": {"rules": [{"match": "*", "to": "suport"}]}},
            r"'r': rules\[0\]\.to is 'suport', which is none of its handoffs",
        ),
        (
            {"handoffs": TARGETS, "options": {"rules": [{"mach": "*"}]}},
            r"`rules\[0\]\.mach` is not known; did you mean",
        ),
        ({"handoffs": TARGETS, "tools": ("calculator",)}, r"agents of type router take no tools"),
    ],
)
async def test_what_cannot_work_is_refused(tmp_path: Path, spec: dict[str, Any], message: str) -> None:
    async with AgentBench(tmp_path) as bench:
        with pytest.raises(UsageError, match=message):
            bench.make("router", "r", **spec)


async def test_a_wrong_target_has_the_near_name_as_a_hint(tmp_path: Path) -> None:
    async with AgentBench(tmp_path) as bench:
        with pytest.raises(UsageError) as caught:
            bench.make("router", handoffs=TARGETS, options={"fallback": "suport"})
    assert caught.value.hint == "did you mean 'support'?"
