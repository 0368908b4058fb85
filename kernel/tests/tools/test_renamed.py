"""Tools under other names: what the gate sees, and what their first names are held to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llmspell.approvals import Approval
from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.kernel import RunOptions
from llmspell.run import Run
from llmspell.tools.prefixed import Prefixed
from llmspell.tools.renamed import Renamed
from llmspell.tools.toolset import Toolset

from ..approvals.kit import Person, asking_run, asks
from ..permissions.kit import grants
from ..run.kit import call, events, open_run
from .kit import ask, spies

WAYS: list[Callable[[Toolset], Toolset]] = [
    lambda inner: Renamed(inner, {"file_read": "my_read"}),
    lambda inner: Prefixed(Renamed(inner, {"file_read": "read"}), "my_"),
    lambda inner: Renamed(Prefixed(inner, "a_"), {"a_file_read": "my_read"}),
]
either = pytest.mark.parametrize("rename", WAYS, ids=["renamed", "renamed and prefixed", "prefixed and renamed"])


def run_with(allow: list[str], deny: list[str]) -> Run:
    return open_run(options=RunOptions(profile="high", permissions=(grants({"tools": allow}, deny={"tools": deny}),)))


@either
async def test_the_gate_sees_the_new_name(rename: Callable[[Toolset], Toolset]) -> None:
    run = open_run()
    made = spies(run, "file_read")
    assert await ask(run, rename(run.tools), "my_read", x=1) == "done"
    assert made["file_read"].calls == [{"x": 1}]
    assert [event.data["name"] for event in events(run, "tool.*")] == ["my_read", "my_read"]
    assert {event.path for event in events(run, "tool.*")} == {"run/tool:my_read"}


@either
async def test_a_new_name_does_not_get_around_a_denied_one(rename: Callable[[Toolset], Toolset]) -> None:
    run = run_with(["*"], ["file_*"])
    made = spies(run, "file_read")
    with pytest.raises(PermissionDenied, match=r"^tools of 'file_read' is denied by 'file_\*'"):
        await ask(run, rename(run.tools), "my_read")
    assert made["file_read"].calls == []


@either
async def test_a_new_name_can_be_denied_too(rename: Callable[[Toolset], Toolset]) -> None:
    run = run_with(["*"], ["my_read"])
    spies(run, "file_read")
    with pytest.raises(PermissionDenied, match=r"^tool 'my_read' is denied by 'my_read'"):
        await ask(run, rename(run.tools), "my_read")


@either
async def test_both_names_have_to_be_allowed_and_none_between(rename: Callable[[Toolset], Toolset]) -> None:
    run = run_with(["my_read"], [])
    spies(run, "file_read")
    with pytest.raises(PermissionDenied, match=r"^tools of 'file_read' is not allowed in profile 'high'$") as raised:
        await ask(run, rename(run.tools), "my_read")
    assert raised.value.hint == "run again with --allow-tool=file_read"
    run = run_with(["my_read", "file_read"], [])
    spies(run, "file_read")
    assert await ask(run, rename(run.tools), "my_read") == "done"


async def test_an_agent_that_may_not_use_the_first_name_may_not_use_the_new_one() -> None:
    run = open_run()
    spies(run, "file_read")
    tool = Renamed(run.tools, {"file_read": "read"}).find("read")
    with pytest.raises(PermissionDenied, match=r"^tools of 'file_read' is not among the permissions of agent a$"):
        await run.call_tool(tool, {}, run.root, grants({"tools": ["read"]}, origin="agent a"))


async def test_a_rule_that_asks_about_the_first_name_asks_about_the_new_one() -> None:
    person = Person("no")
    run = asking_run(asks(tools=["file_*"]), answerers=(person,))
    made = spies(run, "file_read")
    with pytest.raises(PermissionDenied, match=r"was not approved by person$"):
        await ask(run, Renamed(run.tools, {"file_read": "read"}), "read", x=1)
    asked: list[Approval] = person.asked
    assert [(each.tool, each.target) for each in asked] == [("tool:read", "file_read")]
    assert made["file_read"].calls == []


async def test_the_old_name_is_gone_and_may_be_given_to_another() -> None:
    run = open_run()
    made = spies(run, "read", "write")
    swapped = Renamed(run.tools, {"read": "write", "write": "read"})
    await ask(run, swapped, "write", n=1)
    assert made["read"].calls == [{"n": 1}]
    gone = Renamed(run.tools, {"read": "look"})
    assert gone.names() == ["look", "write"]
    with pytest.raises(UsageError, match=r"^no tool named 'read' is in the toolset$"):
        gone.find("read")


async def test_what_is_not_renamed_stays_as_it_is() -> None:
    run = open_run()
    made = spies(run, "read", "write")
    assert Renamed(run.tools, {"read": "look"}).find("write") is made["write"]


async def test_two_tools_with_one_name_are_refused() -> None:
    run = open_run()
    spies(run, "read", "write")
    with pytest.raises(LlmspellError, match=r"^two tools of the toolset would be called 'write'$") as raised:
        Renamed(run.tools, {"read": "write"})
    assert raised.value.kind == "conflict"


async def test_a_name_that_is_not_there_cannot_be_changed() -> None:
    run = open_run()
    spies(run, "read")
    with pytest.raises(UsageError, match=r"^no tool fits 'reed'$"):
        Renamed(run.tools, {"reed": "look"})


@pytest.mark.parametrize("name", ["", "with space", "9lives", "a" * 65, "a.b"])
async def test_a_name_that_models_refuse_is_refused(name: str) -> None:
    run = open_run()
    spies(run, "read")
    with pytest.raises(UsageError, match=r"is not a tool name$"):
        Renamed(run.tools, {"read": name})


async def test_a_prefix_is_part_of_every_name() -> None:
    run = open_run()
    spies(run, "read", "write")
    mine = Prefixed(run.tools, "my_")
    assert mine.names() == ["my_read", "my_write"]
    assert mine.find("my_read").spec().name == "my_read"


@pytest.mark.parametrize(
    ("name", "told"), [("read", "read"), ("my_", ""), ("my_reed", "reed"), ("your_read", "your_read")]
)
async def test_a_name_without_the_prefix_is_not_there(name: str, told: str) -> None:
    run = open_run()
    spies(run, "read")
    with pytest.raises(UsageError, match=f"^no tool named '{told}'"):
        Prefixed(run.tools, "my_").find(name)


async def test_a_prefix_that_makes_no_names_is_refused() -> None:
    run = open_run()
    spies(run, "read")
    with pytest.raises(UsageError, match=r"^'my\.read' is not a tool name$"):
        Prefixed(run.tools, "my.")


async def test_a_renamed_tool_is_one_call() -> None:
    run = open_run()
    spies(run, "read")
    tool = Renamed(run.tools, {"read": "look"}).find("look")
    await call(run, tool)
    assert run.budget.counts["tool_calls"] == 1
