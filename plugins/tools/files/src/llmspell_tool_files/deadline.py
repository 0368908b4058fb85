"""A time by which work has to end."""

from __future__ import annotations

from time import monotonic


class Deadline:
    """So many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return monotonic() > self._until
