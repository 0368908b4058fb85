"""The tools of a run: its own over the catalogue's, with arguments checked against their schemas."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pytest

from llmspell.errors import LlmspellError, UnknownPlugin, UsageError
from llmspell.toolbox import Toolbox

from .run.kit import Spy, make_kernel

INTEGER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def toolbox(*, installed: bool = False) -> Toolbox:
    return Toolbox(make_kernel(entries=None if installed else ()).plugins, WeakKeyDictionary())


def tool(name: str = "spy") -> Spy:
    spy = Spy(name=name)
    spy.parameters = INTEGER
    return spy


def test_a_tool_that_was_added_is_found_until_it_is_removed() -> None:
    box, mine = toolbox(), tool()
    box.add(mine)
    assert box.find("spy") is mine
    assert box.names() == ["spy"]
    box.remove("spy")
    assert box.names() == []
    box.remove("spy")
    box.add(tool())


def test_tools_of_the_catalogue_are_found_beside_them() -> None:
    box = toolbox(installed=True)
    box.add(tool("zz_mine"))
    assert {"calculator", "zz_mine"} <= set(box.names())
    assert box.find("calculator").name == "calculator"


@pytest.mark.parametrize("name", ["spy", "calculator"])
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    box = toolbox(installed=True)
    box.add(tool())
    with pytest.raises(LlmspellError, match=f"^a tool named '{name}' exists already$") as raised:
        box.add(tool(name))
    assert raised.value.kind == "conflict"
    assert raised.value.component == f"tool:{name}"


def test_an_unknown_name_has_the_nearest_of_both_in_its_hint() -> None:
    box = toolbox(installed=True)
    box.add(tool("stock_level"))
    with pytest.raises(UnknownPlugin, match=r"^no tool named 'stock_levle' is installed") as raised:
        box.find("stock_levle")
    assert raised.value.hint == "did you mean 'stock_level'?"
    with pytest.raises(UnknownPlugin) as raised:
        box.find("qqq")
    assert raised.value.hint == "`llmspell tools list` shows all"


@pytest.mark.parametrize("own", [True, False])
def test_arguments_are_checked(own: bool) -> None:
    box, mine = toolbox(), tool()
    if own:
        box.add(mine)
    box.check(mine, {"n": 1})
    box.check(mine, {"n": 2})
    with pytest.raises(UsageError, match="tool:spy got wrong arguments"):
        box.check(mine, {"n": "one"})


def test_two_tools_of_one_name_have_their_own_schemas() -> None:
    box, mine, other = toolbox(), tool(), Spy()
    box.add(mine)
    box.check(other, {"n": "one"})
    with pytest.raises(UsageError):
        box.check(mine, {"n": "one"})


def test_a_tool_that_was_removed_leaves_its_schema_to_no_other() -> None:
    box = toolbox()
    box.add(tool())
    box.remove("spy")
    box.add(Spy())
    box.check(box.find("spy"), {"n": "one"})


def test_parameters_that_are_no_schema_are_refused_when_the_tool_is_added() -> None:
    box, wrong = toolbox(), Spy()
    wrong.parameters = {"type": "objekt"}
    with pytest.raises(UsageError, match="tool:spy"):
        box.add(wrong)
    assert box.names() == []
