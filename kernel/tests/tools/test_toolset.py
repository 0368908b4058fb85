"""Wrappers around each other: in any order, with all that a tool says about itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import permutations
from typing import Any

import attrs
import pytest

from llmspell.context import Context
from llmspell.errors import ToolFailed
from llmspell.tool import Example, Tool
from llmspell.tools.approved import Approved
from llmspell.tools.budgeted import Budgeted
from llmspell.tools.cached import Cached
from llmspell.tools.filtered import Filtered
from llmspell.tools.prefixed import Prefixed
from llmspell.tools.renamed import Renamed
from llmspell.tools.retried import Retried
from llmspell.tools.toolset import Toolset

from ..approvals.kit import Person, asking_run
from ..run.kit import open_run
from .kit import added, ask

ALL: list[Callable[[Toolset], Toolset]] = [
    lambda inner: Filtered(inner, ("*wordy*",)),
    lambda inner: Prefixed(inner, "p_"),
    lambda inner: Renamed(inner, {name: f"{name}_r" for name in inner.names()}),
    Approved,
    lambda inner: Budgeted(inner, calls=9),
    Cached,
    Retried,
]


class Wordy(Tool):
    """A tool that says all there is to say, and is sync, so that it belongs in a thread."""

    name = "wordy"
    description = "Tells how much it was told."
    parameters: Any = {"type": "object", "properties": {"text": {"type": "string"}}}
    category = "text"
    tags = ("count",)
    version = "2"
    examples = (Example({"text": "x"}, "one"),)
    needs = ("fs.read",)
    idempotent = True
    timeout = 7.0
    quick = False
    group = "words"
    output_bytes = 50
    cost = 0.5

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        self.threads.append(threading.current_thread())
        return arguments["text"]


@pytest.mark.parametrize("order", [*permutations(range(7), 2), tuple(range(7)), tuple(reversed(range(7)))])
async def test_they_go_around_each_other_in_any_order(order: tuple[int, ...]) -> None:
    tool = Wordy()
    run = asking_run(answerers=(Person("run"),))
    toolset = added(run, tool)
    for each in order:
        toolset = ALL[each](toolset)
    [name] = toolset.names()
    wrapped = toolset.find(name)
    assert toolset.find(name) is wrapped
    assert await ask(run, toolset, name, text="hello") == "hello"
    assert threading.main_thread() not in tool.threads
    for said in Tool.__annotations__:
        if said not in ("name", "quick", "timeout"):
            assert getattr(wrapped, said) == getattr(tool, said), said
    assert wrapped.spec() == attrs.evolve(tool.spec(), name=name)


async def test_an_answer_that_is_too_long_is_so_for_a_wrapped_tool_too() -> None:
    run = open_run()
    with pytest.raises(ToolFailed, match=r"^tool 'wordy' answered 51 bytes, and at most 50 are passed on$"):
        await ask(run, Budgeted(added(run, Wordy()), calls=1), "wordy", text="x" * 51)


async def test_a_tool_that_takes_the_name_of_another_is_wrapped_anew() -> None:
    run, first, second = open_run(), Wordy(), Wordy()
    toolset = Budgeted(added(run, first), calls=9)
    await ask(run, toolset, "wordy", text="1")
    run.tools.remove("wordy")
    run.tools.add(second)
    await ask(run, toolset, "wordy", text="2")
    assert (len(first.threads), len(second.threads)) == (1, 1)
