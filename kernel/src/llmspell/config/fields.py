"""How a setting is declared: its default, its unit and bounds, and what the reference says about it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import attrs

Table = Mapping[str, Any]  # Any: a plugin's own settings, which only the plugin can check


def at_least(bound: float) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    """A validator: a finite number, not smaller than `bound`."""

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value is not None and not bound <= value < math.inf:
            raise ValueError(f"'{attribute.name}' must be at least {bound} and finite, found {value!r}")

    return check


def setting(
    default: Any, doc: str, *, unit: str = "", minimum: float | None = None, example: Any = None
) -> Any:  # Any: as attrs.field
    """A field of the configuration; `doc` and `unit` go to the reference and the default file.

    `example` stands in the default file where TOML cannot write the default, which is None.
    """
    return attrs.field(
        default=default,
        validator=None if minimum is None else at_least(minimum),
        metadata={"doc": doc, "unit": unit, "example": example, "minimum": minimum},
    )


def table(doc: str, example: str) -> Any:  # Any: as attrs.field
    """A field whose keys the user chooses; `example` is how it begins in a file."""
    return attrs.field(factory=dict, metadata={"doc": doc, "example": example})
