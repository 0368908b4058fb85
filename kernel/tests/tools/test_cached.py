"""Tools that are not called again for what they answered a while ago."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, ToolFailed
from llmspell.kernel import RunOptions
from llmspell.tools import cached
from llmspell.tools.cached import Cached

from ..permissions.kit import grants
from ..run.kit import Spy, events, open_run
from .kit import added, ask, spies, spy

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


async def test_the_same_arguments_are_answered_once_and_an_event_tells() -> None:
    run, tool = open_run(), spy(answer={"n": 1})
    toolset = Cached(added(run, tool))
    first = await ask(run, toolset, a=1, b=2)
    first["n"] = 2
    assert await ask(run, toolset, b=2, a=1) == {"n": 1}
    assert len(tool.calls) == 1
    [event] = events(run, "tool.cached")
    assert event.data["name"] == "spy"
    assert event.path == "run/tool:spy#2"
    await ask(run, toolset, a=1)
    assert len(tool.calls) == 2


@given(JSON)
def test_an_answer_is_given_again_as_it_was(answer: Any) -> None:
    async def twice() -> None:
        run = open_run()
        toolset = Cached(added(run, spy(answer=answer)))
        first, second = await ask(run, toolset), await ask(run, toolset)
        assert repr(second) == repr(first)  # equal, not-a-number included
        assert len(events(run, "tool.cached")) == 1

    asyncio.run(twice())


async def test_the_answer_of_one_tool_is_not_that_of_another() -> None:
    run = open_run()
    made = spies(run, "a", "b", idempotent=True)
    toolset = Cached(run.tools)
    await ask(run, toolset, "a")
    await ask(run, toolset, "b")
    assert [len(each.calls) for each in made.values()] == [1, 1]


async def test_a_tool_that_is_not_idempotent_is_called_each_time() -> None:
    run, tool = open_run(), spy(idempotent=False)
    toolset = Cached(added(run, tool))
    assert toolset.find("spy") is tool


async def test_an_answer_is_forgotten_after_its_time() -> None:
    run, tool = open_run(), spy()
    toolset = Cached(added(run, tool), ttl=0.05)
    await ask(run, toolset)
    await asyncio.sleep(0.06)
    await ask(run, toolset)
    assert len(tool.calls) == 2


async def test_each_run_has_its_own() -> None:
    first, second, tool = open_run(), open_run(), spy()
    toolset = Cached(added(first, tool))
    await ask(first, toolset)
    await ask(second, toolset)
    assert len(tool.calls) == 2


async def test_errors_are_not_kept() -> None:
    run, tool = open_run(), spy(answer=ValueError("no"))
    toolset = Cached(added(run, tool))
    for _ in range(2):
        with pytest.raises(ToolFailed):
            await ask(run, toolset)
    assert len(tool.calls) == 2


async def test_the_one_that_was_asked_for_longest_ago_makes_room() -> None:
    run, tool = open_run(), spy()
    toolset = Cached(added(run, tool), entries=2)
    for n in (1, 2, 1, 3, 1):
        await ask(run, toolset, n=n)
    assert [each["n"] for each in tool.calls] == [1, 2, 3]
    await ask(run, toolset, n=2)
    assert [each["n"] for each in tool.calls] == [1, 2, 3, 2]


async def test_all_answers_together_have_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "CACHE_CHARACTERS", 100)
    run, tool = open_run(), spy(answer="x" * 60)
    toolset = Cached(added(run, tool))
    for n in (1, 2, 2, 1):
        await ask(run, toolset, n=n)
    assert [each["n"] for each in tool.calls] == [1, 2, 1]


async def test_who_may_read_less_gets_nothing_of_who_may_read_more() -> None:
    def read(arguments: Any, context: Any) -> str:
        context.guard("fs.read").check("/project/secret")
        return "the secret"

    run = open_run(options=RunOptions(permissions=(grants({"fs.read": ["/project/secret"]}),)))
    toolset = Cached(added(run, spy(answer=read)))
    assert await ask(run, toolset) == "the secret"
    with pytest.raises(PermissionDenied):
        await run.call_tool(toolset.find("spy"), {}, run.root, grants({"fs.read": ["/project/open"]}))


async def test_what_is_not_json_is_given_but_not_kept() -> None:
    run, tool = open_run(), spy(answer=object())
    toolset = Cached(added(run, tool))
    await ask(run, toolset)
    await ask(run, toolset)
    assert len(tool.calls) == 2


async def test_arguments_that_cannot_be_compared_are_called_with_each_time() -> None:
    run, tool = open_run(), Spy()
    tool.idempotent = True
    toolset = Cached(added(run, tool))
    for _ in range(2):
        await ask(run, toolset, x=object())
    assert len(tool.calls) == 2
