"""Which numbers of an Excel file are dates: its formats, and how it counts days (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_BUILT_IN = {
    **dict.fromkeys([14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58], "date"),
    **dict.fromkeys([18, 19, 20, 21, *range(32, 36), 45, 47, 55, 56], "time"),
    22: "datetime",
}
_NO_CODE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]?', re.IGNORECASE)
_HALF_DAYS = re.compile(r"am/pm|a/p", re.IGNORECASE)
_LONGEST_CODE = 255  # in Excel
_DAYS = 2_958_465  # the last day of the year 9999
_MILLISECONDS = 86_400_000


def kind_of(format_id: int, code: str | None) -> str:
    """What a number format shows: `date`, `time`, `datetime`, or an empty string for what is no point in time."""
    if code is None:
        return _BUILT_IN.get(format_id, "")
    plain = _NO_CODE.sub("", code[:_LONGEST_CODE]).split(";")[0].lower()
    if "general" in plain or "[" in plain:  # what is left in brackets is a duration
        return ""
    halves = _HALF_DAYS.search(plain) is not None
    plain = _HALF_DAYS.sub("", plain)
    date, time = re.search("[yd]", plain), halves or re.search("[hs]", plain)
    if date:
        return "datetime" if time else "date"
    return "time" if time else "date" if "m" in plain else ""


def moment(days: float, kind: str, *, since_1904: bool) -> str | None:
    """A number of days as ISO 8601; None where Excel shows no date for it either."""
    if not 0 <= days < _DAYS + 1:
        return None
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31 if days < 60 else 30)
    if not since_1904 and 60 <= days < 61:  # Excel has a 29th of February in 1900
        return None
    try:
        found = start + timedelta(milliseconds=round(days * _MILLISECONDS))
    except OverflowError:
        return None
    if kind == "time" and days < 1:
        return _clock(found)
    if kind == "date" and days == int(days):
        return found.date().isoformat()
    return f"{found.date().isoformat()}T{_clock(found)}"


def _clock(found: datetime) -> str:
    return found.time().isoformat(timespec="milliseconds" if found.microsecond else "seconds")
