"""How long a provider waits before it tries again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.retry import Retries, retry_after

NOON = "Sun, 22 Nov 2026 12:00:00 GMT"


def quiet(_kind: str, _data: Mapping[str, Any]) -> None:
    """Nobody listens."""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"retry-after-ms": "soon", "Retry-After": "1"}, 1.0),
        ({"Date": NOON, "Retry-After": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"Date": NOON, "Retry-After": "Sunday, 22-Nov-26 12:00:30 GMT"}, 30.0),
        ({"Date": NOON, "Retry-After": "Sun Nov 22 12:00:30 2026"}, 30.0),
        ({"Date": NOON, "Retry-After": "Sun, 22 Nov 2026 11:59:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "99 Nov 99999 12:00:30 GMT"}, None),
    ],
)
def test_every_form_of_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_date_is_held_against_our_clock_where_the_server_shows_none() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    found = retry_after({"Retry-After": until})
    assert found is not None
    assert 50 < found <= 60


@given(st.text())
def test_no_header_breaks_the_reading_of_retry_after(said: str) -> None:
    found = retry_after({"retry-after": said})
    assert found is None or found >= 0


async def test_the_random_wait_stays_within_its_growing_bound() -> None:
    loop = asyncio.get_running_loop()
    for failed in range(1, 8):
        retries = Retries(9, 60, loop.time() + 60, quiet, setting="x")
        retries._failed = failed
        waits = [retries._delay(None) for _ in range(200)]
        bound = min(8.0, 0.5 * 2 ** (failed - 1))
        assert all(0 <= wait <= bound for wait in waits)
        assert max(waits) > bound / 2
