"""Tools that a person is asked about."""

from __future__ import annotations

import asyncio

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.tools.approved import Approved

from ..approvals.kit import Person, asking_run, asks
from ..run.kit import events, kinds
from .kit import added, ask, spies, spy


async def test_each_call_is_asked_about_with_its_arguments() -> None:
    person = Person("once", "no")
    run = asking_run(answerers=(person,))
    tool = spy()
    toolset = Approved(added(run, tool), origin="[toolset.mail]")
    assert await ask(run, toolset, n=1) == "done"
    with pytest.raises(PermissionDenied, match=r"was not approved by person$"):
        await ask(run, toolset, n=2)
    assert tool.calls == [{"n": 1}]
    assert [each.shown for each in person.asked] == ['{"n": 1}', '{"n": 2}']
    assert [each.rule for each in person.asked] == ["* ([toolset.mail])"] * 2


async def test_the_events_are_those_of_every_approval() -> None:
    run = asking_run(answerers=(Person("once"),))
    await ask(run, Approved(added(run, spy())))
    assert kinds(run) == ["tool.started", "approval.requested", "approval.granted", "tool.finished"]
    assert {event.path for event in events(run)} == {"run/tool:spy"}


async def test_without_anybody_to_ask_it_is_denied() -> None:
    run = asking_run()
    with pytest.raises(PermissionDenied, match=r"needs an approval, and there is nobody to ask$") as raised:
        await ask(run, Approved(added(run, spy())))
    assert "--wait-approvals" in raised.value.hint


async def test_an_answer_for_the_run_holds_for_the_same_arguments_only() -> None:
    person = Person("run")
    run = asking_run(answerers=(person,))
    toolset = Approved(added(run, spy()))
    for n in (1, 1, 2):
        await ask(run, toolset, n=n)
    assert [each.shown for each in person.asked] == ['{"n": 1}', '{"n": 2}']


async def test_only_those_that_fit_a_pattern_are_asked_about() -> None:
    person = Person("once")
    run = asking_run(answerers=(person,))
    made = spies(run, "file_read", "file_write")
    toolset = Approved(run.tools, ("*_write",))
    assert toolset.find("file_read") is made["file_read"]
    await ask(run, toolset, "file_write")
    assert [each.tool for each in person.asked] == ["tool:file_write"]


async def test_a_rule_that_asks_about_the_same_call_does_not_ask_twice() -> None:
    person = Person("once")
    run = asking_run(asks(tools=["spy"]), answerers=(person,))
    assert await ask(run, Approved(added(run, spy()))) == "done"
    assert len(person.asked) == 1


async def test_a_slow_person_is_not_a_slow_tool() -> None:
    async def think(_: object) -> str:
        await asyncio.sleep(1.2)
        return "once"

    run = asking_run(answerers=(Person(think),))
    tool = spy()
    tool.timeout = 1.0
    assert await ask(run, Approved(added(run, tool))) == "done"


async def test_a_pattern_that_fits_nothing_is_refused() -> None:
    run = asking_run()
    spies(run, "file_write")
    with pytest.raises(UsageError, match=r"^no tool fits 'write'$"):
        Approved(run.tools, ("write",))
