"""Turns within requests and tokens per minute."""

from __future__ import annotations

from collections import deque

from llmspell.config.routing import Pacing

MINUTE = 60.0


class Pace:
    """When each request may begin. Requests are reserved in the order in which they come, so none overtakes another.

    Tokens are known once an answer is there: a request waits while those of the last minute are used up, and what is
    under way can use up more than there is.

    Args:
        limits: how much a minute has.
    """

    def __init__(self, limits: Pacing) -> None:
        self._limits = limits
        self._begins: deque[float] = deque()  # sorted; some lie ahead
        self._spent: deque[tuple[float, int]] = deque()

    def wait(self, now: float) -> float:
        """The seconds after which a request may begin that comes now."""
        self._forget(now)
        at = max(now, self._affordable(now), self._begins[-1] if self._begins else now)
        most = self._limits.requests_per_minute
        if most is not None and len(self._begins) >= most:
            at = max(at, self._begins[-most] + MINUTE)
        return at - now

    def reserve(self, at: float) -> None:
        """Take the turn at a time that `wait` told of."""
        self._begins.append(at)

    def give_back(self, at: float) -> None:
        """Do not use a turn after all."""
        if at in self._begins:
            self._begins.remove(at)

    def spend(self, now: float, tokens: int) -> None:
        """Count the tokens of an answer."""
        if self._limits.tokens_per_minute is not None:
            self._spent.append((now, tokens))

    def _affordable(self, now: float) -> float:
        """When so many tokens will be a minute old that there are some left."""
        limit = self._limits.tokens_per_minute
        if limit is None:
            return now
        used, at = sum(tokens for _, tokens in self._spent), now
        for time, tokens in self._spent:
            if used < limit:
                break
            used, at = used - tokens, time + MINUTE
        return at

    def _forget(self, now: float) -> None:
        """Drop what is more than a minute old."""
        while self._begins and self._begins[0] <= now - MINUTE:
            self._begins.popleft()
        while self._spent and self._spent[0][0] <= now - MINUTE:
            self._spent.popleft()
