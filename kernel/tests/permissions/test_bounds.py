"""Parts of a run that are held to less: agents, tool calls, and all below them."""

from __future__ import annotations

from typing import Any

import pytest

from llmspell.agent import AgentInput
from llmspell.errors import PermissionDenied
from llmspell.permissions import PROFILES, Grants, Policy

from ..run.kit import Spy, call, parrot, scripted
from .kit import BASE, grants, policy, run_with


def test_a_bound_leaves_of_the_kinds_that_it_names_only_those() -> None:
    found = policy(grants({"tools": ["*"], "net": ["a.org"]})).narrowed(grants({"tools": ["t"]}, origin="agent a"))
    assert found.decide("tools", "t").allowed
    assert found.decide("net", "a.org").allowed
    outside = found.decide("tools", "u")
    assert (outside.allowed, outside.reason, outside.origin, outside.flag) == (False, "outside", "agent a", "")


def test_a_bound_never_adds_anything() -> None:
    assert not policy().narrowed(Grants.all("agent")).decide("tools", "t").allowed


def test_bounds_shrink_one_another_in_any_order() -> None:
    wide, narrow = grants({"tools": ["*"]}), grants({"tools": ["t"]})
    whole = policy(Grants.all("all"))
    for found in (whole.narrowed(wide, narrow), whole.narrowed(narrow).narrowed(wide)):
        assert found.decide("tools", "t").allowed
        assert not found.decide("tools", "u").allowed


def test_a_bound_may_deny() -> None:
    found = policy(Grants.all("all")).narrowed(grants(deny={"tools": ["u"]}))
    assert found.decide("tools", "t").allowed
    assert found.denies("tools", "u")


def test_an_empty_bound_leaves_nothing_of_its_kind() -> None:
    found = policy(Grants.all("all")).narrowed(grants({"fs.read": []}))
    assert not found.grants_any("fs.read")
    assert found.grants_any("fs.write")
    assert found.roots("fs.read") == ()


def test_what_a_part_of_a_run_may_does_not_change_the_whole() -> None:
    whole = policy(Grants.all("all"))
    whole.narrowed(grants({"tools": []})).decide("tools", "t")
    assert whole.decide("tools", "t").allowed
    assert whole.narrowed() is whole


async def test_an_agent_and_its_tools_are_held_to_its_permissions() -> None:
    async def use(arguments: Any, context: Any) -> str:
        return str(await context.call_tool(Spy(name="inner"), {}))

    run = run_with()
    agent = parrot()
    agent._function = lambda request, context: context.call_tool(Spy(use, name="outer"), {})
    agent.permissions = grants({"tools": ["outer"]}, origin="agent parrot")
    with pytest.raises(
        PermissionDenied, match=r"^tool 'inner' is not among the permissions of agent parrot$"
    ) as raised:
        await run.run_agent(agent, AgentInput("go"))
    assert raised.value.hint == "add it to those, if it may be allowed"
    assert await call(run, Spy(use, name="outer")) == "done"


async def test_a_tool_call_may_be_held_to_less() -> None:
    run = run_with()
    tool = Spy(lambda arguments, context: ask_within(context))
    held = grants({"models": []}, origin="this call")
    run.models.add(scripted("hi"))
    with pytest.raises(PermissionDenied, match=r"^model 'scripted/m' is not among the permissions of this call$"):
        await run.call_tool(tool, {}, permissions=held)
    assert await run.call_tool(tool, {}) == "hi"


async def ask_within(context: Any) -> str:
    from ..run.kit import request

    return str((await context.complete("scripted/m", request())).message.content)


async def test_a_tighter_policy_counts_at_once_even_for_what_is_under_way() -> None:
    run = run_with(grants({"net": ["a.org"]}))
    allowed: list[bool] = []

    async def look(arguments: Any, context: Any) -> None:
        guard = context.guard("net")
        allowed.append(guard.allows("a.org"))
        run.policy = Policy(PROFILES["medium"], base=BASE)
        allowed.append(guard.allows("a.org"))

    await call(run, Spy(look))
    assert allowed == [True, False]
