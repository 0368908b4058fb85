"""The global `Tool` beside installed tools; what needs none is in the conformance suite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]


async def test_the_name_of_an_installed_tool_is_taken(cast: Cast) -> None:
    ended = await cast('Tool.define{ name = "calculator", run = print }')
    assert ended.error is not None
    assert (ended.error.kind, str(ended.error)) == ("conflict", "a tool named 'calculator' exists already")


async def test_installed_tools_and_defined_ones_are_listed_together(value: Value) -> None:
    listed = await value('Tool.define{ name = "mine", run = print } return Tool.list()')
    assert {"calculator", "file_read", "mine"} <= set(listed)
    assert listed == sorted(listed)
