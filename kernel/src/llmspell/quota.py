"""What one run may write, and how many files and programs it may have open."""

from __future__ import annotations

from threading import Lock

from llmspell.errors import BudgetExceeded


class Quota:
    """Counters against limits, safe from any thread.

    Args:
        write_bytes: bytes that the run may write, whether they replace others or not.
        open_files: files that it may have open at once.
        processes: programs that it may have running at once.
    """

    def __init__(self, *, write_bytes: int = 256 << 20, open_files: int = 64, processes: int = 16) -> None:
        self._limits = {"write_bytes": write_bytes, "open_files": open_files, "processes": processes}
        self._used = dict.fromkeys(self._limits, 0)
        self._lock = Lock()

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
