"""When a failed call is tried again, and after how long; for providers and tools."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from llmspell.errors import LlmspellError
from llmspell.provider import Notify

FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0


class Retries:
    """The attempts of one call.

    The wait before an attempt is what the server asks for, plus up to a tenth of it, so that callers who were
    turned away together do not come back together. Where the server asks for nothing it is random between 0
    and a bound that doubles with each attempt.

    Args:
        attempts: all of them, the first one included.
        allowance: seconds of waiting, all together.
        deadline: the loop's time at which the call must be over.
        notify: hears of every wait, as `event`.
        setting: the configuration key that raises `allowance`, for the hint.
        event: the kind of event that a wait is.
    """

    def __init__(
        self,
        attempts: int,
        allowance: float,
        deadline: float,
        notify: Notify,
        *,
        setting: str,
        event: str = "llm.retry",
    ) -> None:
        self._attempts = attempts
        self._left = allowance
        self._deadline = deadline
        self._notify = notify
        self._event = event
        self._setting = setting
        self._failed = 0

    async def wait(self, error: LlmspellError) -> None:
        """Wait until the next attempt.

        Raises:
            LlmspellError: `error`, when there is to be no other attempt.
        """
        self._failed += 1
        error.details["attempts"] = self._failed
        if not error.retryable or self._failed >= self._attempts:
            raise error
        delay = self._delay(error.details.get("retry_after"))
        if delay > self._left:
            error.hint = error.hint or f"it would have to wait {delay:.1f} seconds; allow that with {self._setting}"
            raise error
        if asyncio.get_running_loop().time() + delay >= self._deadline:
            raise error
        self._left -= delay
        self._notify(
            self._event,
            {"attempt": self._failed + 1, "of": self._attempts, "wait": delay, "reason": error.message},
        )
        await asyncio.sleep(delay)

    def _delay(self, asked: float | None) -> float:
        if asked is not None:
            return asked * random.uniform(1.0, 1.1)  # noqa: S311  # no secret depends on it
        bound: float = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self._failed - 1))
        return random.uniform(0, bound)  # noqa: S311  # no secret depends on it


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, in `retry-after-ms` or `Retry-After`; None when it does not.

    `Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3). A date is held against
    the server's own `Date`, so that a wrong clock on either side does no harm.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after", "")
    seconds = _number(said)
    if seconds is not None:
        return seconds
    until = _date(said)
    if until is None:
        return None
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
