"""The tool `datetime`: the time now, and reading, writing, moving and comparing times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from llmspell.errors import UsageError
from llmspell.hookspecs import hookimpl
from llmspell.tool import Example, Tool
from llmspell_tool_core.options import NoOptions
from llmspell_tool_core.times import (
    SECONDS,
    UNITS,
    format_time,
    iso,
    move,
    now,
    parts,
    read_time,
    seconds_between,
    zone_of,
)

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.plugins import Settings


class Datetime(Tool):
    """One operation on times. A time without an offset is in `zone`, which is UTC when not given."""

    name = "datetime"
    category = "system"
    tags = ("calendar", "clock", "date", "time", "zone")
    idempotent = True
    examples = (
        Example({"operation": "now", "zone": "Europe/Berlin"}, "the time in Berlin"),
        Example({"operation": "add", "time": "2026-11-22", "amount": 3, "unit": "weeks"}, "three weeks later"),
    )
    description = (
        "Works with dates and times. Operations: now (the time now); parse (the parts of a time); format (a "
        "time written as format says, such as %d %B %Y); add (a time moved by amount and unit); diff (from "
        "time to until, in unit, seconds by default); convert (a time in another zone). Times are ISO 8601; "
        "one without an offset is in zone, or for convert in UTC."
    )
    parameters = {
        "type": "object",
        "properties": {
            "operation": {
                "enum": ["now", "parse", "format", "add", "diff", "convert"],
                "description": "what to do with the times",
            },
            "time": {
                "type": "string",
                "maxLength": 64,
                "description": "ISO 8601, such as 2026-11-22T13:30:00Z",
            },
            "until": {"type": "string", "maxLength": 64, "description": "for diff: the later time"},
            "zone": {
                "type": "string",
                "maxLength": 64,
                "description": "such as Europe/Berlin; UTC by default",
            },
            "amount": {"type": "number", "description": "for add; negative goes back"},
            "unit": {"enum": list(UNITS), "description": "for add and diff"},
            "format": {
                "type": "string",
                "maxLength": 100,
                "description": "for format: strftime's directives",
            },
        },
        "required": ["operation"],
        "additionalProperties": False,
    }
    timeout = 5.0

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """An ISO 8601 string; `parse` answers an object, `format` any text, and `diff` a number.

        Raises:
            UsageError: a time, a zone or a format is wrong, or an argument does not belong to the operation.
        """
        operation = arguments["operation"]
        work, needed, allowed = _OPERATIONS[operation]
        given = arguments.keys() - {"operation"}
        if missing := [name for name in needed if name not in given]:
            raise UsageError(f"{operation} needs {' and '.join(missing)}")
        if extra := sorted(given - {*needed, *allowed}):
            raise UsageError(
                f"{operation} does not take {' or '.join(extra)}",
                hint=f"it takes {', '.join([*needed, *(f'{name} (optional)' for name in allowed)])}",
            )
        return work(arguments)


def _now(arguments: dict[str, Any]) -> str:
    return iso(now(zone_of(arguments)))


def _parse(arguments: dict[str, Any]) -> dict[str, Any]:
    return parts(read_time(arguments["time"], zone_of(arguments)))


def _format(arguments: dict[str, Any]) -> str:
    return format_time(read_time(arguments["time"], zone_of(arguments)), arguments["format"])


def _add(arguments: dict[str, Any]) -> str:
    start = read_time(arguments["time"], zone_of(arguments))
    return iso(move(start, arguments["amount"], arguments["unit"]))


def _diff(arguments: dict[str, Any]) -> int | float:
    zone = zone_of(arguments)
    unit = arguments.get("unit", "seconds")
    if unit not in SECONDS:
        raise UsageError(f"a difference in {unit} is not a fixed length", hint=f"use {', '.join(SECONDS)}")
    passed = seconds_between(read_time(arguments["time"], zone), read_time(arguments["until"], zone))
    amount = passed / SECONDS[unit]
    return int(amount) if amount.is_integer() else amount


def _convert(arguments: dict[str, Any]) -> str:
    from datetime import UTC

    return iso(read_time(arguments["time"], UTC).astimezone(zone_of(arguments)))


_Operation = tuple[Callable[[dict[str, Any]], Any], tuple[str, ...], tuple[str, ...]]

# What does the work, the arguments it needs, and those it also allows.
_OPERATIONS: dict[str, _Operation] = {
    "now": (_now, (), ("zone",)),
    "parse": (_parse, ("time",), ("zone",)),
    "format": (_format, ("time", "format"), ("zone",)),
    "add": (_add, ("time", "amount", "unit"), ("zone",)),
    "diff": (_diff, ("time", "until"), ("unit", "zone")),
    "convert": (_convert, ("time", "zone"), ()),
}


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The tool for times; it has nothing to configure."""
    settings.table("tool", "datetime", NoOptions)
    return {"datetime": Datetime()}
