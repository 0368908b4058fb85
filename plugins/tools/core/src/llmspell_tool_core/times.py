"""Times with zones: reading, writing, moving. Every time here is aware of its offset."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from llmspell.errors import UsageError, near_names

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
UNITS = (*SECONDS, "months", "years")

_CLOCK_UNITS = ("seconds", "minutes", "hours")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_KNOWN = "aAbBdfHIjmMpSuUVGwWyYzZ%"


def zone_of(arguments: Mapping[str, Any]) -> tzinfo:
    """The time zone that the arguments name; UTC when they name none.

    Raises:
        UsageError: there is no such zone.
    """
    name = arguments.get("zone", "UTC")
    if name in ("UTC", "Z"):
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name, or a folder of zones
        raise _unknown_zone(name) from None


def _unknown_zone(name: str) -> UsageError:
    from zoneinfo import available_timezones

    known = available_timezones()
    if not known:
        return UsageError(f"the time zone {name!r} is not known: no zones are installed", hint="pip install tzdata")
    wanted = name.replace(" ", "_").lower()
    cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known)}
    near = [cities[city] for city in near_names(wanted.rpartition("/")[2], list(cities))]
    return UsageError(
        f"the time zone {name!r} is not known",
        hint=f"did you mean {' or '.join(repr(zone) for zone in near)}?" if near else "such as Europe/Berlin or UTC",
    )


def now(zone: tzinfo) -> datetime:
    """The time now, to the second."""
    return datetime.now(zone).replace(microsecond=0)


def read_time(text: str, zone: tzinfo) -> datetime:
    """The time that `text` writes; without an offset it is in `zone`, with one it is moved there.

    Raises:
        UsageError: it is not ISO 8601.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a time: {error}",
            hint="write ISO 8601, such as 2026-11-22 or 2026-11-22T13:30:00Z",
        ) from None
    if found.tzinfo is None:
        return found.replace(tzinfo=zone)
    return found if zone is UTC else found.astimezone(zone)


def iso(time: datetime) -> str:
    """ISO 8601, with `Z` for UTC."""
    return time.isoformat().replace("+00:00", "Z")


def parts(time: datetime) -> dict[str, Any]:
    """A time taken apart; `unix` is seconds, `week` the ISO week."""
    return {
        "iso": iso(time),
        "year": time.year,
        "month": time.month,
        "day": time.day,
        "hour": time.hour,
        "minute": time.minute,
        "second": time.second,
        "weekday": time.strftime("%A"),
        "week": time.isocalendar().week,
        "day_of_year": time.timetuple().tm_yday,
        "unix": time.timestamp(),
    }


def format_time(time: datetime, pattern: str) -> str:
    """A time written with strftime's directives, those that are the same on every system.

    Raises:
        UsageError: a directive is unknown.
    """
    for directive in _DIRECTIVE.findall(pattern):
        if directive not in _KNOWN or not directive:
            raise UsageError(
                f"{pattern!r}: the directive '%{directive}' is not known",
                hint=f"known are {' '.join(f'%{letter}' for letter in _KNOWN)}",
            )
    return time.strftime(pattern)


def seconds_between(time: datetime, until: datetime) -> float:
    """The seconds that pass from `time` to `until`, changes of offset between them included."""
    return (until.astimezone(UTC) - time.astimezone(UTC)).total_seconds()


def move(time: datetime, amount: float, unit: str) -> datetime:
    """`time` moved by `amount` units.

    Seconds, minutes and hours pass as a stopwatch counts them. Days and longer keep the clock's time in the
    zone, across a change of offset too. A month that is too short ends on its last day.

    Raises:
        UsageError: the amount is not whole for months or years, or the result is outside years 1 to 9999.
    """
    try:
        if unit in _CLOCK_UNITS:
            moved = time.astimezone(UTC) + timedelta(seconds=amount * SECONDS[unit])
            return moved.astimezone(time.tzinfo)
        if unit in SECONDS:
            return _existing(time + timedelta(seconds=amount * SECONDS[unit]))
        if amount != int(amount):
            raise UsageError(f"{unit} must be whole, found {amount!r}")
        return _existing(_move_months(time, int(amount) * (12 if unit == "years" else 1)))
    except (OverflowError, ValueError):
        raise UsageError(f"{iso(time)} moved by {amount} {unit} is outside the years 1 to 9999") from None


def _move_months(time: datetime, months: int) -> datetime:
    year, month = divmod(time.year * 12 + time.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return time.replace(year=year, month=month + 1, day=min(time.day, monthrange(year, month + 1)[1]))


def _existing(time: datetime) -> datetime:
    """A clock time that is skipped when clocks go forward becomes the one after the gap."""
    return time.astimezone(UTC).astimezone(time.tzinfo)
