"""What one run may write, how many files and programs it may have open, and how fast it may make events."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from llmspell.errors import BudgetExceeded


class Quota:
    """Counters against limits, safe from any thread.

    Args:
        write_bytes: bytes that the run may write, whether they replace others or not.
        open_files: files that it may have open at once.
        processes: programs that it may have running at once.
        state_bytes: bytes that the values of its state may take, as JSON; `llmspell.state` sees to it.
        event_rate: events that its script may make in one second.
    """

    def __init__(
        self,
        *,
        write_bytes: int = 256 << 20,
        open_files: int = 64,
        processes: int = 16,
        state_bytes: int = 16 << 20,
        event_rate: int = 10_000,
    ) -> None:
        self.state_bytes = state_bytes
        self._limits = {"write_bytes": write_bytes, "open_files": open_files, "processes": processes}
        self._used = dict.fromkeys(self._limits, 0)
        self._lock = Lock()
        self._event_rate = event_rate
        self._second = 0.0  # when the second that is counted began
        self._events = 0

    def take(self, what: str, count: int = 1) -> None:
        """Use some of what there is.

        Raises:
            BudgetExceeded: there is not enough left; nothing is used then.
        """
        limit = self._limits[what]
        with self._lock:
            if self._used[what] + count > limit:
                unit = {"write_bytes": "bytes", "open_files": "at once", "processes": "at once"}[what]
                raise BudgetExceeded(what, limit, unit=unit, setting=f"limits.{what}")
            self._used[what] += count

    def give_back(self, what: str, count: int = 1) -> None:
        """Have no more use for some of it."""
        with self._lock:
            self._used[what] -= count

    def used(self, what: str) -> int:
        """How much is in use."""
        return self._used[what]

    def count_event(self) -> None:
        """Count an event that the script makes; call it on the run's event loop only.

        Raises:
            BudgetExceeded: it makes too many in this second.
        """
        now = monotonic()
        if now - self._second >= 1:
            self._second, self._events = now, 0
        if self._events >= self._event_rate:
            raise BudgetExceeded("event_rate", self._event_rate, unit="events in a second", setting="limits.event_rate")
        self._events += 1
