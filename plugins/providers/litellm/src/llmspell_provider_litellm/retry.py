"""When a failed call is tried again, and after how long."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import attrs

from llmspell.errors import ProviderError
from llmspell.provider import Notify

_FIRST_BOUND = 0.5
_LAST_BOUND = 8.0


@attrs.define
class Attempts:
    """The attempts of one call.

    The wait is what the server asks for, and a little more, or else random below a bound that doubles.

    Attributes:
        provider: whose table raises the limits; for the hint.
        limit: all attempts, the first one included.
        seconds: of waiting, all together.
        deadline: the loop's time at which the call must be over.
        notify: hears of every wait, as `llm.retry`.
        failed: attempts so far.
    """

    provider: str
    limit: int
    seconds: float
    deadline: float
    notify: Notify
    failed: int = 0

    async def wait(self, error: ProviderError) -> None:
        """Wait until the next attempt.

        Raises:
            ProviderError: `error`, when there is to be no other attempt.
        """
        self.failed += 1
        error.details["attempts"] = self.failed
        if not error.retryable or self.failed >= self.limit:
            raise error
        pause = self._pause(error.details.get("retry_after"))
        if pause > self.seconds:
            setting = f"max_retry_wait under [provider.{self.provider}]"
            error.hint = error.hint or f"the server asks to wait {pause:.0f} seconds; allow that with {setting}"
            raise error
        if asyncio.get_running_loop().time() + pause >= self.deadline:
            raise error
        self.seconds -= pause
        self.notify(
            "llm.retry",
            {"attempt": self.failed + 1, "of": self.limit, "wait": pause, "reason": error.message},
        )
        await asyncio.sleep(pause)

    def _pause(self, asked: float | None) -> float:
        chance = random.random()  # noqa: S311  # it spreads load; no secret depends on it
        if asked is not None:
            return asked * (1 + chance / 10)
        return chance * min(_LAST_BOUND, _FIRST_BOUND * 2.0 ** (self.failed - 1))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, in either form of RFC 9110, section 10.2.3; or None."""
    said = headers.get("retry-after", "").strip()
    if said.replace(".", "", 1).isdecimal():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
