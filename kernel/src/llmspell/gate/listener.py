"""Hooks that only hear of what happened: `on_error` and `on_event`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import LlmspellError
from llmspell.events import Event
from llmspell.gate.fence import Breaker
from llmspell.gate.operation import Operation

if TYPE_CHECKING:
    from llmspell.run import Run


@attrs.define(eq=False)
class Listener(Breaker):
    """One such hook. What it raises is told and changes nothing; `arguments` are those that it asks for."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    _busy: bool = attrs.field(default=False, init=False)

    async def on_error(self, call: Operation, error: LlmspellError) -> None:
        """Tell of an operation that failed."""
        if not self.enabled:
            return
        available = {"call": call, "error": error}
        try:
            async with asyncio.timeout(self.role.timeout) as clock:
                answer = self.function(**{name: available[name] for name in self.arguments})
                if inspect.isawaitable(answer):
                    await answer
        except Exception as failure:
            self.failed(call.run, call.path, self.sentence(failure, late=clock.expired()))
        else:
            self.strikes = 0

    def on_event(self, run: Run, event: Event) -> None:
        """Tell of an event, but not of those about the listener's own failure."""
        if not self.enabled or self._busy:
            return
        self._busy = True
        try:
            self.function(**({"event": event} if self.arguments else {}))
        except Exception as failure:
            self.failed(run, event.path, self.sentence(failure, late=False))
        else:
            self.strikes = 0
        finally:
            self._busy = False
