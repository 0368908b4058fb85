"""Fields of objects by name: `city`, or `address.city` for one inside another."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import shown

Fields = Annotated[list[str] | None, {"maxItems": 50}]


def field_of(item: Any, name: str) -> Any:  # Any: JSON
    """The value of a field, null where it is missing; a key that is the whole name, dots and all, goes first."""
    if isinstance(item, dict) and name in item:
        return item[name]
    place = item
    for key in name.split("."):
        if not isinstance(place, dict):
            return None
        place = place.get(key)
    return place


def objects(value: Any, what: str = "the data") -> list[dict[str, Any]]:
    """The value, if it is an array of objects.

    Raises:
        UsageError: it is something else.
    """
    if not isinstance(value, list):
        raise UsageError(f"{what} must be an array of objects, not {shown(value)}")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise UsageError(f"{what} must be an array of objects, and $[{index}] is {shown(item)}")
    return value
