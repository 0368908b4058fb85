"""The tool for dates and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_core.datetime import Datetime
from llmspell_tool_core.times import UNITS


class TestDatetimeContract(ToolContract):
    name = "datetime"
    good = (
        {"operation": "now"},
        {"operation": "parse", "time": "2026-11-22"},
        {"operation": "diff", "time": "2026-11-22", "until": "2026-11-23", "unit": "hours"},
    )
    bad = (
        {},
        {"operation": "yesterday"},
        {"operation": "parse"},
        {"operation": "parse", "time": "soon"},
        {"operation": "now", "zone": "Europe/Atlantis"},
    )


def answer(operation: str, **arguments: Any) -> Any:
    return Datetime().run({"operation": operation, **arguments}, None)  # type: ignore[arg-type]  # unused


def test_now_is_the_time_in_utc() -> None:
    found = answer("now")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found)
    assert abs(datetime.fromisoformat(found) - datetime.now(UTC)) < timedelta(minutes=5)


def test_now_in_a_zone_has_its_offset() -> None:
    assert answer("now", zone="Asia/Tokyo").endswith("+09:00")


def test_parse_takes_a_time_apart() -> None:
    assert answer("parse", time="2026-11-22T13:30:15Z") == {
        "iso": "2026-11-22T13:30:15Z",
        "year": 2026,
        "month": 11,
        "day": 22,
        "hour": 13,
        "minute": 30,
        "second": 15,
        "weekday": "Sunday",
        "week": 47,
        "day_of_year": 326,
        "unix": 1795354215.0,
    }


def test_a_time_without_an_offset_is_in_the_zone() -> None:
    assert answer("parse", time="2026-07-01T12:00", zone="Europe/Berlin")["iso"] == "2026-07-01T12:00:00+02:00"
    assert answer("parse", time="2026-07-01T12:00")["iso"] == "2026-07-01T12:00:00Z"


def test_a_time_with_an_offset_is_moved_to_the_zone() -> None:
    found = answer("parse", time="2026-07-01T12:00:00Z", zone="Europe/Berlin")
    assert found["iso"] == "2026-07-01T14:00:00+02:00"


def test_format_writes_a_time() -> None:
    assert answer("format", time="2026-11-02", format="%A, %d %B %Y, %j") == "Monday, 02 November 2026, 306"


def test_convert_moves_a_time_to_another_zone() -> None:
    assert answer("convert", time="2026-11-22T12:00", zone="America/New_York") == "2026-11-22T07:00:00-05:00"


@pytest.mark.parametrize(
    ("time", "amount", "unit", "moved"),
    [
        ("2026-01-31", 1, "months", "2026-02-28T00:00:00Z"),
        ("2024-02-29", 1, "years", "2025-02-28T00:00:00Z"),
        ("2026-03-31", -13, "months", "2025-02-28T00:00:00Z"),
        ("2026-12-31T23:59:59Z", 1, "seconds", "2027-01-01T00:00:00Z"),
        ("2026-11-22", 1.5, "days", "2026-11-23T12:00:00Z"),
        ("2026-11-22", -2, "weeks", "2026-11-08T00:00:00Z"),
    ],
)
def test_add_moves_a_time(time: str, amount: float, unit: str, moved: str) -> None:
    assert answer("add", time=time, amount=amount, unit=unit) == moved


def test_a_day_keeps_the_clock_and_hours_pass_when_clocks_change() -> None:
    before = {"time": "2026-03-28T12:00", "zone": "Europe/Berlin"}
    assert answer("add", amount=1, unit="days", **before) == "2026-03-29T12:00:00+02:00"
    assert answer("add", amount=24, unit="hours", **before) == "2026-03-29T13:00:00+02:00"


def test_a_clock_time_that_does_not_exist_becomes_the_one_after_the_gap() -> None:
    skipped = answer("add", time="2026-03-28T02:30", amount=1, unit="days", zone="Europe/Berlin")
    assert skipped == "2026-03-29T03:30:00+02:00"


def test_diff_counts_the_time_that_passes() -> None:
    assert answer("diff", time="2026-11-22", until="2026-11-23") == 86400
    assert answer("diff", time="2026-11-23", until="2026-11-22", unit="days") == -1
    assert answer("diff", time="2026-11-22T00:00", until="2026-11-22T00:45", unit="hours") == 0.75
    zone = "Europe/Berlin"  # its clocks go forward in between
    assert answer("diff", time="2026-03-28T12:00", until="2026-03-29T12:00", unit="hours", zone=zone) == 23


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"operation": "parse"}, "parse needs time", ""),
        ({"operation": "add", "time": "2026-11-22"}, "add needs amount and unit", ""),
        (
            {"operation": "now", "time": "2026-11-22", "amount": 1},
            "now does not take amount or time",
            r"it takes zone \(optional\)",
        ),
        ({"operation": "parse", "time": "22.11.2026"}, "'22.11.2026' is not a time", "write ISO 8601"),
        (
            {"operation": "now", "zone": "Europe/Berln"},
            "the time zone 'Europe/Berln' is not known",
            "did you mean 'Europe/Berlin'",
        ),
        (
            {"operation": "now", "zone": "new york"},
            "'new york' is not known",
            "did you mean 'America/New_York'",
        ),
        ({"operation": "now", "zone": "../../etc/passwd"}, "is not known", ""),
        ({"operation": "now", "zone": "Europe"}, "the time zone 'Europe' is not known", ""),
        ({"operation": "now", "zone": ""}, "the time zone '' is not known", ""),
        (
            {"operation": "format", "time": "2026-11-22", "format": "%Y %q"},
            "the directive '%q' is not known",
            "known are %a",
        ),
        (
            {"operation": "format", "time": "2026-11-22", "format": "5%"},
            "the directive '%' is not known",
            "",
        ),
        (
            {"operation": "add", "time": "2026-11-22", "amount": 0.5, "unit": "months"},
            "months must be whole, found 0.5",
            "",
        ),
        (
            {"operation": "diff", "time": "2026-11-22", "until": "2027-11-22", "unit": "years"},
            "a difference in years is not a fixed length",
            "use seconds, minutes",
        ),
        ({"operation": "convert", "time": "2026-11-22"}, "convert needs zone", ""),
    ],
)
def test_wrong_input_is_refused(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        Datetime().run(arguments, None)  # type: ignore[arg-type]  # it uses no context
    assert re.match(hint, caught.value.hint)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("amount", [1e12, -1e12, 1e300])
def test_a_result_outside_the_calendar_is_refused(unit: str, amount: float) -> None:
    with pytest.raises(UsageError, match="is outside the years 1 to 9999"):
        answer("add", time="2026-11-22", amount=amount, unit=unit)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.integers(-(10**6), 10**6),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_diff_undoes_add(start: datetime, seconds: int, zone: str) -> None:
    time = answer("parse", time=start.replace(microsecond=0).isoformat(), zone=zone)["iso"]
    moved = answer("add", time=time, amount=seconds, unit="seconds", zone=zone)
    assert answer("diff", time=time, until=moved) == seconds


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_is_refused_in_words(text: str) -> None:
    try:
        found = answer("parse", time=text)
    except UsageError as error:
        assert error.message.startswith(f"{text!r} is not a time")  # noqa: PT017  # either outcome is right
    else:
        assert isinstance(found["unix"], float)
