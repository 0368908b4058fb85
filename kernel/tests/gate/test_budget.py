"""What a run may use up: each counter, tokens, cost, depth, and how reaching one is told."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.agent import AgentInput
from llmspell.errors import BudgetExceeded, LlmspellError
from llmspell.gate import Budget, BudgetLimits
from llmspell.message import Usage
from llmspell.provider import Capabilities
from llmspell.run import stop_reason
from llmspell.testing import ScriptedModel, Text

from ..run.kit import Saying, Spy, ask, call, open_run


class Priced(ScriptedModel):
    """A model whose calls cost a quarter of a dollar."""

    async def complete(self, request: Any, notify: Any) -> Any:
        return attrs.evolve(await super().complete(request, notify), cost=0.25)

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities(priced=True)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("llm", "model_calls"), ("tool", "tool_calls"), ("step", "steps"), ("handoff", "hops")],
)
def test_each_counter_has_its_limit(kind: str, name: str) -> None:
    limits: dict[str, Any] = {name: 2}
    budget = Budget(BudgetLimits(**limits))
    budget.charge(kind, 1)
    budget.charge(kind, 1)
    with pytest.raises(BudgetExceeded, match=f"^the budget {name} of 2 is used up$") as raised:
        budget.charge(kind, 1)
    assert raised.value.stop_reason == f"budget.{name}"
    assert budget.counts[name] == 2


@pytest.mark.parametrize("kind", ["script", "agent", "workflow"])
def test_other_kinds_are_not_counted(kind: str) -> None:
    limits = BudgetLimits(model_calls=0, tool_calls=0, steps=0, hops=0, tokens=0, cost=0)
    Budget(limits).charge(kind, 1)


def test_depth_is_a_limit_of_every_kind() -> None:
    budget = Budget(BudgetLimits(depth=3))
    budget.charge("agent", 3)
    with pytest.raises(BudgetExceeded, match=r"^the budget depth of 3 nested operations is used up$"):
        budget.charge("agent", 4)


async def test_tokens_are_counted_after_a_call_and_checked_before_the_next() -> None:
    usage = Usage(input_tokens=60, output_tokens=50)
    model = ScriptedModel(Text("one", usage=usage), Text("two", usage=usage))
    run = open_run(model, budget=BudgetLimits(tokens=100))
    assert await ask(run) == "one"
    with pytest.raises(BudgetExceeded, match=r"^the budget tokens of 100 is used up$") as raised:
        await ask(run)
    assert stop_reason(raised.value) == "budget.tokens"
    assert len(model.requests) == 1
    assert run.budget.to_dict() == {
        "model_calls": 1,
        "tool_calls": 0,
        "steps": 0,
        "hops": 0,
        "tokens": 110,
        "cost": None,
    }


async def test_cost_is_summed_and_capped() -> None:
    model = Priced(Text("one"), Text("two"), Text("three"))
    run = open_run(model, budget=BudgetLimits(cost=0.5))
    await ask(run)
    await ask(run)
    assert run.budget.cost == 0.5
    with pytest.raises(BudgetExceeded, match=r"^the budget cost of 0\.5 USD is used up$"):
        await ask(run)


async def test_a_run_with_a_cost_cap_refuses_an_unpriced_model() -> None:
    model = ScriptedModel()
    run = open_run(model, budget=BudgetLimits(cost=1))
    with pytest.raises(
        LlmspellError, match=r"^the run has a cost limit, and the price of 'scripted/m' is not known$"
    ) as raised:
        await ask(run)
    assert raised.value.kind == "budget"
    assert raised.value.hint.endswith("--set budget.unpriced=allow")
    assert stop_reason(raised.value) == "budget.cost"
    assert model.requests == []


async def test_unpriced_models_can_be_allowed() -> None:
    run = open_run(ScriptedModel(Text("hi")), budget=BudgetLimits(cost=1, unpriced="allow"))
    assert await ask(run) == "hi"
    assert run.budget.cost is None


def test_an_unknown_price_makes_the_sum_unknown_but_not_what_is_known() -> None:
    budget = Budget(BudgetLimits(cost=1, unpriced="allow"))
    budget.spend(Usage(), 0.75)
    budget.spend(Usage(), None)
    budget.spend(Usage(), 0.5)
    assert budget.cost is None
    with pytest.raises(BudgetExceeded, match="cost of 1 USD"):
        budget.charge("llm", 1)


async def test_children_share_the_budget_of_their_run() -> None:
    tool = Spy()

    async def twice(request: AgentInput, context: Any) -> Any:
        await context.call_tool(tool, {})
        await context.call_tool(tool, {})

    run = open_run(budget=BudgetLimits(tool_calls=2))
    await call(run, tool)
    with pytest.raises(BudgetExceeded, match="tool_calls of 2"):
        await run.run_agent(Saying(twice), AgentInput("go"), run.root)


@pytest.mark.parametrize("depth", [2, 5])
async def test_agents_nest_up_to_the_depth(depth: int) -> None:
    reached: list[int] = []

    async def deeper(request: AgentInput, context: Any) -> Any:
        reached.append(context.operation.depth)
        return await context.run_agent(Saying(deeper), request)

    run = open_run(budget=BudgetLimits(depth=depth))
    with pytest.raises(BudgetExceeded, match="the budget depth"):
        await run.run_agent(Saying(deeper), AgentInput("go"), run.root)
    assert reached == list(range(1, depth + 1))


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.none() | st.floats(0, 1000, allow_nan=False)),
        max_size=20,
    )
)
def test_sums_are_right_whatever_is_spent(spent: list[tuple[int, int, float | None]]) -> None:
    budget = Budget(BudgetLimits())
    for tokens_in, tokens_out, cost in spent:
        budget.spend(Usage(tokens_in, tokens_out), cost)
    costs = [cost for _, _, cost in spent]
    assert budget.usage.total_tokens == sum(ins + outs for ins, outs, _ in spent)
    assert budget.cost == (None if None in costs else pytest.approx(sum(cost or 0 for cost in costs)))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BudgetExceeded("hops", 3), "budget.hops"),
        (LlmspellError("x", kind="budget", details={"budget": "memory"}), "budget.memory"),
        (LlmspellError("x", kind="budget"), "budget.unknown"),
        (LlmspellError("x", kind="cancelled"), "cancelled"),
        (LlmspellError("x", kind="tool_failed"), "error"),
    ],
)
def test_every_error_has_a_stop_reason(error: LlmspellError, reason: str) -> None:
    assert stop_reason(error) == reason


def test_an_answer_of_unknown_price_stops_a_run_with_a_cost_cap() -> None:
    budget = Budget(BudgetLimits(cost=1.0))
    budget.charge("llm", 1)
    budget.spend(Usage(1, 1), None)
    with pytest.raises(BudgetExceeded, match=r"^the budget cost of 1 USD is used up$"):
        budget.charge("llm", 1)
    allowed = Budget(BudgetLimits(cost=1.0, unpriced="allow"))
    allowed.spend(Usage(1, 1), None)
    allowed.charge("llm", 1)
