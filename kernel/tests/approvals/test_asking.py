"""What is asked about, when, and what an answer lets happen."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell import hookimpl
from llmspell.approvals import Approval
from llmspell.approvals.approval import approval_of
from llmspell.errors import PermissionDenied, UsageError
from llmspell.gate import Operation
from llmspell.hookspecs import Modify, Proceed, guard
from llmspell.message import Completion, ModelRequest, Usage
from llmspell.permissions import Grants
from llmspell.permissions.configured import parse_permissions
from llmspell.provider import Capabilities, Notify
from llmspell.testing import ScriptedModel, Text

from ..permissions.kit import BASE, grants, policy
from ..run.kit import Spy, ask, call, events, kinds, scripted
from .kit import Person, asking_run, asks

# What is asked about


@pytest.mark.parametrize("layers", [[0, 1, 2], [2, 1, 0]])
def test_deny_wins_over_ask_and_ask_over_allow(layers: list[int]) -> None:
    every = [grants(deny={"tools": ["x"]}), asks(tools=["x", "y"]), grants({"tools": ["*"]})]
    found = policy(*(every[each] for each in layers))
    assert [found.decide("tools", name).reason for name in "xyz"] == ["denied", "ask", "allowed"]
    assert not found.decide("tools", "y").allowed


def test_what_is_asked_about_need_not_be_allowed_as_well() -> None:
    assert policy(asks(net=["a.org"])).decide("net", "a.org:80").reason == "ask"
    assert policy(asks(net=["a.org"])).decide("net", "b.org:80").reason == "not granted"


def test_a_part_of_a_run_is_asked_for_its_own_rules_and_its_runs() -> None:
    bound = grants({"tools": ["a", "b", "c"]})
    part = policy(grants({"tools": ["*"]}), asks(tools=["a", "d"])).narrowed(bound, asks(tools=["b"]))
    assert [part.decide("tools", name).reason for name in "abcd"] == ["ask", "ask", "allowed", "outside"]


def test_what_a_part_is_asked_about_is_among_what_it_is_held_to() -> None:
    bound = Grants.of({"tools": ["a"]}, ask={"tools": ["b"]}, origin="agent", base=BASE)
    part = policy(grants({"tools": ["*"]})).narrowed(bound)
    assert [part.decide("tools", name).reason for name in "abc"] == ["allowed", "ask", "outside"]


async def test_a_call_with_rules_of_its_own_is_asked_about_in_a_run_without_any() -> None:
    person, spy = Person("no"), Spy()
    run = asking_run(answerers=(person,))
    with pytest.raises(PermissionDenied, match=r"was not approved by person$"):
        await run.call_tool(spy, {}, run.root, asks(tools=["spy"]))
    assert spy.calls == []


def test_a_folder_that_is_asked_about_is_among_those_where_something_may_be_reached() -> None:
    assert policy(asks(fs_write=["out"])).roots("fs.write") == (BASE / "out",)
    assert policy(asks(fs_write=["out"])).grants_any("fs.write")


@pytest.mark.parametrize("costs", [[0.2, 0.5], [0.5, 0.2]])
def test_the_smallest_cost_counts(costs: list[float]) -> None:
    step = policy(*map(asks, costs)).cost_step
    assert step is not None
    assert step.amount == 0.2


def test_a_rule_of_a_part_grants_nothing() -> None:
    assert policy().narrowed(asks(tools=["x"])).decide("tools", "x").reason == "not granted"


def test_a_command_is_asked_about_wherever_it_is_and_whatever_follows() -> None:
    found = policy(grants({"run": ["**"]}), asks(run=["git push"]))
    reasons = [found.decide("run", tuple(words.split())).reason for words in ("/opt/git push -f", "git pull")]
    assert reasons == ["ask", "allowed"]


@pytest.mark.parametrize("kind", ["libraries", "modules", "secrets"])
def test_what_is_settled_before_a_script_begins_cannot_be_asked_about(kind: str) -> None:
    with pytest.raises(UsageError, match=f"^'{kind}' cannot be asked about$"):
        Grants.of({}, origin="test", base=BASE, ask={kind: ["x"]})


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), True, "1"])
def test_a_cost_that_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(UsageError, match=r"^the cost to ask about must be a number of USD above 0, found"):
        asks(cost=amount)


def test_an_agent_cannot_have_a_cost_of_its_own_to_ask_about() -> None:
    with pytest.raises(UsageError, match=r"^agent 'x': cost is asked about for a whole run$"):
        parse_permissions({"ask": {"cost": 1}}, origin="agent 'x'", base=BASE, known="agent 'x'")


# Answers


async def test_what_is_approved_happens_and_what_is_not_does_not() -> None:
    person, spy = Person("once", "no"), Spy()
    run = asking_run(asks(tools=["spy"]), answerers=(person,))
    assert await call(run, spy, to="a") == "done"
    with pytest.raises(PermissionDenied, match=r"^call tool 'spy' was not approved by person$") as raised:
        await call(run, spy, to="a")
    assert (spy.calls, raised.value.details["reason"]) == ([{"to": "a"}], "denied")
    assert [(each.kind, each.target, each.tool, each.shown) for each in person.asked] == [
        ("tools", "spy", "tool:spy", '{"to": "a"}')
    ] * 2


async def test_without_anybody_to_ask_it_is_denied_with_what_to_type() -> None:
    run, spy = asking_run(asks(tools=["spy"])), Spy()
    with pytest.raises(PermissionDenied, match=r"needs an approval, and there is nobody to ask$") as raised:
        await call(run, spy)
    assert "add --wait-approvals, and answer with: llmspell approvals list" in raised.value.hint
    assert spy.calls == []


async def test_an_answer_for_the_run_holds_for_the_same_arguments_and_no_others() -> None:
    person, spy = Person("run", "no"), Spy()
    run = asking_run(asks(tools=["spy"]), answerers=(person,))
    for _ in range(3):
        await call(run, spy, to="a")
    with pytest.raises(PermissionDenied):
        await call(run, spy, to="b")
    assert [each["to"] for each in spy.calls] == ["a", "a", "a"]


async def test_an_answer_for_a_run_does_not_hold_for_another_run() -> None:
    person = Person("run", "no")
    await call(asking_run(asks(tools=["spy"]), answerers=(person,)), Spy())
    with pytest.raises(PermissionDenied):
        await call(asking_run(asks(tools=["spy"]), answerers=(person,)), Spy())


async def test_nobody_in_time_is_a_denial() -> None:
    run = asking_run(asks(tools=["spy"]), answerers=(Person(TimeoutError()),))
    with pytest.raises(PermissionDenied, match=r"nobody answered in time$"):
        await call(run, Spy())


async def test_no_answer_undoes_a_denial() -> None:
    person, spy = Person("run"), Spy()
    run = asking_run(asks(tools=["spy"]), grants(deny={"tools": ["spy"]}), answerers=(person,))
    with pytest.raises(PermissionDenied, match=r"is denied by 'spy'"):
        await call(run, spy)
    assert (person.asked, spy.calls) == ([], [])


async def test_an_answer_of_no_known_word_is_a_denial() -> None:
    with pytest.raises(PermissionDenied):
        await call(asking_run(asks(tools=["spy"]), answerers=(Person("yes"),)), Spy())


async def test_the_next_is_asked_when_one_leaves_it() -> None:
    first, second = Person(None), Person("once")
    assert await call(asking_run(asks(tools=["spy"]), answerers=(first, second)), Spy()) == "done"
    assert len(first.asked) == len(second.asked) == 1


async def test_equal_questions_at_once_are_put_one_after_the_other() -> None:
    async def slowly(_: Approval) -> str:
        await asyncio.sleep(0.01)
        return "run"

    person, spy = Person(slowly), Spy()
    run = asking_run(asks(tools=["spy"]), answerers=(person,))
    assert await asyncio.gather(*(call(run, spy) for _ in range(20))) == ["done"] * 20
    assert len(person.asked) == 1


async def test_fifty_different_questions_at_once_get_each_its_own_answer() -> None:
    async def even(approval: Approval) -> str:
        await asyncio.sleep(0.001)
        return "once" if int(approval.shown[5:-1]) % 2 == 0 else "no"

    spy = Spy()
    run = asking_run(asks(tools=["spy"]), answerers=(Person(even),))
    await asyncio.gather(*(call(run, spy, n=n) for n in range(50)), return_exceptions=True)
    assert sorted(each["n"] for each in spy.calls) == list(range(0, 50, 2))


# Hooks


async def test_what_is_approved_is_what_hooks_made_of_it() -> None:
    class Changes:
        @hookimpl
        def pre_tool(self, call: Operation) -> Modify:
            return Modify({"to": "b"})

    person, spy = Person("once"), Spy()
    await call(asking_run(asks(tools=["spy"]), answerers=(person,), hooks=Changes()), spy, to="a")
    assert (person.asked[0].shown, spy.calls) == ('{"to": "b"}', [{"to": "b"}])


async def test_arguments_that_change_while_somebody_thinks_are_not_approved() -> None:
    given = {"to": "a"}

    async def change(_: Approval) -> str:
        given["to"] = "b"
        return "run"

    spy = Spy()
    run = asking_run(asks(tools=["spy"]), answerers=(Person(change),))
    with pytest.raises(PermissionDenied, match=r"but its arguments changed meanwhile$"):
        await run.call_tool(spy, given, run.root)
    assert spy.calls == []


async def test_what_a_hook_does_again_is_asked_again() -> None:
    class Twice:
        @hookimpl
        async def around_tool(self, call: Operation, proceed: Proceed) -> Any:
            await proceed(call)
            return await proceed(call)

    person, spy = Person("once", "no"), Spy()
    with pytest.raises(PermissionDenied):
        await call(asking_run(asks(tools=["spy"]), answerers=(person,), hooks=Twice()), spy)
    assert (len(person.asked), len(spy.calls)) == (2, 1)


class Says:
    """A hook that answers."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    @hookimpl
    async def approve(self, approval: Approval) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Guards(Says):
    """The same, as a guard."""

    @hookimpl
    @guard(timeout=0.05)
    async def approve(self, approval: Approval) -> Any:
        if self.answer == "late":
            await asyncio.sleep(30)
        return await Says.approve(self, approval)


@pytest.mark.parametrize(
    ("hook", "happens", "others"),
    [
        (Says(True), True, 0),
        (Says(False), False, 0),
        (Says(None), True, 1),
        (Says(ValueError("x")), True, 1),
        (Says("yes"), True, 1),
        (Guards("yes"), False, 0),
        (Guards(ValueError("x")), False, 0),
        (Guards("late"), False, 0),
    ],
    ids=["yes", "no", "none", "fails", "wrong", "guard-wrong", "guard-fails", "guard-late"],
)
async def test_hooks_answer_first(hook: Says, happens: bool, others: int) -> None:
    person, spy = Person("once"), Spy()
    run = asking_run(asks(tools=["spy"]), answerers=(person,), hooks=hook)
    if happens:
        await call(run, spy)
    else:
        with pytest.raises(PermissionDenied, match=r"was not approved by hook:test\.approve"):
            await call(run, spy)
    assert (len(spy.calls), len(person.asked)) == (int(happens), others)


# Models and cost


async def test_a_model_is_asked_about() -> None:
    person = Person("once", "no")
    run = asking_run(asks(models=["scripted/*"]), answerers=(person,))
    run.models.add(scripted("hello", "again"))
    assert await ask(run) == "hello"
    with pytest.raises(PermissionDenied, match=r"^ask model 'scripted/m' was not approved by person$"):
        await ask(run)


class Priced(ScriptedModel):
    """A model whose answers are free."""

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities(priced=True)

    async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
        return attrs.evolve(await super().complete(request, notify), cost=0.0)


async def test_each_further_step_of_cost_is_asked_about() -> None:
    person = Person("once", "no")
    run = asking_run(asks(cost=0.5), answerers=(person,))
    run.models.add(Priced(*(Text("hello") for _ in range(9))))
    for spent in (0.0, 0.3, 0.3):
        run.budget.spend(Usage(), spent)
        await ask(run)
    assert [each.target for each in person.asked] == ["0.600000 USD spent, 0.5 more"]
    run.budget.spend(Usage(), 0.4)
    await ask(run)
    run.budget.spend(Usage(), 0.2)
    with pytest.raises(PermissionDenied, match=r"^spend more: '1\.200000 USD spent, 0\.5 more' was not approved"):
        await ask(run)


async def test_a_price_that_is_not_known_is_asked_about() -> None:
    person = Person("once")
    run = asking_run(asks(cost=0.5), answerers=(person,))
    run.models.add(scripted("hello"))
    await ask(run)
    assert person.asked[0].target == "scripted/m, with a price that is not known"


# Events


async def test_questions_and_answers_are_events_with_who_answered() -> None:
    run = asking_run(asks(tools=["spy"]), answerers=(Person("once", "no"),))
    await call(run, Spy())
    with pytest.raises(PermissionDenied):
        await call(run, Spy())
    words = [kind.partition(".")[2] for kind in kinds(run, "approval.*")]
    assert words == ["requested", "granted", "requested", "denied"]
    [_, granted, _, denied] = events(run, "approval.*")
    assert (granted.data["by"], granted.data["scope"]) == ("person", "once")
    assert (denied.data["by"], denied.data["reason"]) == ("person", "denied")
    assert granted.data["digest"] != denied.data["digest"]


async def test_secrets_are_neither_shown_nor_recorded() -> None:
    secret = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
    person = Person("once")
    run = asking_run(asks(tools=["spy"]), answerers=(person,))
    await call(run, Spy(), text=f"key {secret}", password="hunter2-hunter2")
    assert "[redacted]" in person.asked[0].shown
    assert secret not in repr(person.asked[0]) + repr(events(run, "approval.*"))
    assert "hunter2" not in repr(person.asked[0])


async def test_a_cancelled_question_is_recorded_as_such() -> None:
    asked = asyncio.Event()

    async def never(_: Approval) -> str:
        asked.set()
        await asyncio.sleep(30)
        return "once"

    run = asking_run(asks(tools=["spy"]), answerers=(Person(never),))
    task = asyncio.create_task(call(run, Spy()))
    async with asyncio.timeout(5):
        await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert events(run, "approval.denied")[0].data["reason"] == "cancelled"


# Digests

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(_values, _values)
def test_two_arguments_have_one_hash_only_if_they_are_the_same_json(one: Any, other: Any) -> None:
    run = _RUN
    first, second = (
        approval_of(run.operation("tool", "t", each, run.root), "tools", "t", "r", {"a": each}) for each in (one, other)
    )
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (first.arguments == second.arguments) == same
    assert (first.question == second.question) == same


_RUN = asking_run()
