"""A circuit breaker: a model that keeps failing is left alone for a while, and then tried with one request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from llmspell.config.routing import CircuitBreaker
from llmspell.errors import ProviderError
from llmspell.router.failures import Refused

Tell = Callable[[str, Mapping[str, Any]], None]


class Breaker:
    """Closed until `failures` came within `window`; then open, until one request (the probe) was answered.

    Args:
        limits: when it opens, and for how long.
        model: the model that it protects.
    """

    def __init__(self, limits: CircuitBreaker, model: str) -> None:
        self._limits = limits
        self._model = model
        self._failures: deque[float] = deque()
        self._until: float | None = None  # open, and the next probe may begin then
        self._probing = False
        self._last: ProviderError | None = None

    def enter(self, now: float, tell: Tell) -> bool:
        """Let a request begin; whether it is the probe.

        Raises:
            ProviderError: it is open.
        """
        if self._until is None:
            return False
        if self._probing or now < self._until:
            raise self._open(max(0.0, self._until - now))
        self._probing = True
        tell("router.probed", {"model": self._model})
        return True

    def succeeded(self, probe: bool, tell: Tell) -> None:
        """The request was answered."""
        if probe:
            self._until, self._probing = None, False
            self._failures.clear()
            tell("router.closed", {"model": self._model})

    def failed(self, error: ProviderError, probe: bool, now: float, tell: Tell) -> None:
        """The request failed; an error that only the request is to blame for counts as an answer."""
        if error.kind == "provider" and not error.retryable:
            self.succeeded(probe, tell)
            return
        self._last = error
        self._failures.append(now)
        while self._failures[0] <= now - self._limits.window:
            self._failures.popleft()
        if probe or (self._until is None and len(self._failures) >= self._limits.failures):
            self._until, self._probing = now + self._limits.cooldown, False
            data = {"model": self._model, "failures": len(self._failures), "cooldown": self._limits.cooldown}
            tell("router.opened", {**data, "error": error.to_dict()})

    def left(self, probe: bool) -> None:
        """The request came to nothing, such as by cancellation; another may be the probe."""
        if probe:
            self._probing = False

    def _open(self, seconds: float) -> Refused:
        why = f"; the last: {self._last.message}" if self._last else ""
        when = "is being tried with one request" if self._probing else f"is tried again in {seconds:.3g} seconds"
        return Refused(
            f"{self._model} failed {self._limits.failures} times or more, and {when}{why}",
            component=f"llm:{self._model}",
            retryable=True,
            details={"retry_after": seconds, "breaker": "open"},
        )
