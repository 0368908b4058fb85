"""Some of the tools of a set."""

from __future__ import annotations

import pytest

from llmspell.errors import UsageError
from llmspell.tools.filtered import Filtered

from ..run.kit import open_run
from .kit import spies

NAMES = ("file_delete", "file_read", "json_query")


async def test_patterns_choose_by_name_and_others_leave_out() -> None:
    run = open_run()
    made = spies(run, *NAMES)
    reading = Filtered(run.tools, ("file_*", "json_query"), exclude=("*_delete",))
    assert reading.names() == ["file_read", "json_query"]
    assert reading.find("file_read") is made["file_read"]


async def test_a_function_chooses_by_what_a_tool_says_of_itself() -> None:
    run = open_run()
    made = spies(run, *NAMES)
    made["json_query"].category = "data"
    chosen = Filtered(run.tools, lambda tool: tool.category == "data", exclude=("file_delete",))
    assert chosen.names() == ["json_query"]


@pytest.mark.parametrize("name", ["file_delete", "file_reed", "json_query"])
async def test_what_was_not_chosen_is_not_there(name: str) -> None:
    run = open_run()
    spies(run, *NAMES)
    reading = Filtered(run.tools, ("file_*",), exclude=("*_delete",))
    with pytest.raises(UsageError, match=f"^no tool named '{name}' is in the toolset$") as raised:
        reading.find(name)
    assert raised.value.kind == "unknown_tool"
    assert "file_read" in raised.value.hint
    assert "delete" not in raised.value.hint


@pytest.mark.parametrize(("patterns", "exclude"), [(("fil_read",), ()), (("*",), ("fil_read",))])
async def test_a_pattern_that_fits_nothing_is_refused(patterns: tuple[str, ...], exclude: tuple[str, ...]) -> None:
    run = open_run()
    spies(run, *NAMES)
    with pytest.raises(UsageError, match=r"^no tool fits 'fil_read'$") as raised:
        Filtered(run.tools, patterns, exclude=exclude)
    assert raised.value.hint == "did you mean 'file_read'?"


async def test_a_tool_that_is_defined_later_is_in_it_too() -> None:
    run = open_run()
    spies(run, "file_read")
    reading = Filtered(run.tools, ("file_*",))
    spies(run, "file_stat")
    assert reading.names() == ["file_read", "file_stat"]
