"""One order for all JSON values, so that sorting never fails and never depends on chance.

false, true < numbers < text < arrays and objects (by their JSON); null is last, also where the order is reversed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_Item = TypeVar("_Item")


def key_of(value: Any) -> tuple[int, Any]:  # Any: JSON
    """What a value is compared by; equal and hashable for equal values."""
    match value:
        case None:
            return 9, 0
        case bool():
            return 0, value
        case int() | float():
            return 1, value
        case str():
            return 2, value
        case _:
            return 3, json.dumps(value, sort_keys=True)


def ordered(items: Sequence[_Item], fields: Sequence[str], value: Callable[[_Item, str], Any]) -> list[_Item]:
    """The items, sorted by fields; `-name` sorts downwards. Items that are equal keep their order.

    Args:
        items: what is sorted.
        fields: names, the most important first.
        value: gives an item's value of a field.
    """
    found = list(items)
    for field in reversed(fields):
        down = field.startswith("-")
        name = field.removeprefix("-")
        some = [item for item in found if value(item, name) is not None]
        none = [item for item in found if value(item, name) is None]
        some.sort(key=lambda item, name=name: key_of(value(item, name)), reverse=down)  # type: ignore[misc]  # bound here
        found = some + none
    return found
