"""Dates on an axis: seconds since 1970, and round dates between two of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2}([T ][0-9:.]{4,15}(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = (
    (moment.replace(tzinfo=UTC) - _START).total_seconds() for moment in (datetime.min, datetime(9999, 12, 31))
)
_MINUTE, _HOUR, _DAY, _MONTH = 60, 3600, 86_400, 2_629_746
_EVEN = (1, 5, 15, 30, *(_MINUTE * n for n in (1, 5, 15, 30)), *(_HOUR * n for n in (1, 3, 6, 12)))
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 3, 6, *(12 * n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)))
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def seconds_of(text: str) -> float | None:
    """Seconds since 1970 of a date or time in ISO 8601, in UTC where it has no offset; None for what is none."""
    if not _ISO.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(f"{text}-01" if len(text) == len("2026-01") else text)
        return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _START).total_seconds()
    except (ValueError, OverflowError):
        return None


def written(seconds: float) -> str:
    """As ISO 8601, the time only where it is not midnight."""
    found = _START + timedelta(seconds=seconds)
    return found.date().isoformat() if seconds % _DAY == 0 else found.isoformat(sep=" ", timespec="minutes")[:16]


def ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """So many round dates at most from one to another, and how they are written.

    The year stands where it begins to count, and so does the day beside hours.
    """
    low, high = max(low, _FIRST), min(high, _LAST)  # an axis reaches a little farther than its data
    rough = (high - low) / max(most, 1)
    if rough <= _EVEN[-1]:
        step = next(step for step in _EVEN if step >= rough)
        return _labelled(_multiples(low, high, step), _clock, lambda moment: _day(moment) + ", ")
    if rough <= _DAYS[-1] * _DAY:
        step = next(days for days in _DAYS if days * _DAY >= rough) * _DAY
        return _labelled(_multiples(low, high, step), _day, year=True)
    months = next((months for months in _MONTHS if months * _MONTH >= rough), _MONTHS[-1])
    return _labelled(_firsts(low, high, months), _month if months < 12 else _year, year=months < 12)


def _labelled(
    moments: Iterator[datetime],
    write: Callable[[datetime], str],
    before: Callable[[datetime], str] | None = None,
    *,
    year: bool = False,
) -> list[tuple[float, str]]:
    """The moments, with the day or the year where it is another than at the one before."""
    found: list[tuple[float, str]] = []
    last = ""
    for moment in moments:
        begun = before(moment) if before else f" {moment.year}" if year else ""
        text = write(moment)
        if begun != last:
            text = begun + text if before else text + begun
        last = begun
        found.append(((moment - _START).total_seconds(), text))
    return found


def _multiples(low: float, high: float, step: int) -> Iterator[datetime]:
    for count in range(int(-(-low // step)), int(high // step) + 1):
        yield _START + timedelta(seconds=count * step)


def _firsts(low: float, high: float, months: int) -> Iterator[datetime]:
    """The first days of every so many months."""
    first = _START + timedelta(seconds=low)
    count = (first.year * 12 + first.month - 1) // months * months
    while count // 12 <= datetime.max.year:
        if count // 12 >= 1:
            moment = datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)
            passed = (moment - _START).total_seconds()
            if passed > high:
                return
            if passed >= low:
                yield moment
        count += months


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {_month(moment)}"


def _month(moment: datetime) -> str:
    return _NAMES[moment.month - 1]


def _year(moment: datetime) -> str:
    return str(moment.year)
