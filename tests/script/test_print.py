"""How Lua prints several values; what all languages share is in the conformance suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Cast


async def test_printed_values_are_divided_by_tabs(cast: Cast) -> None:
    ended = await cast('print("a", 1, nil) print() print(true)')
    assert ended.output == "a\t1\tnil\n\ntrue\n"
