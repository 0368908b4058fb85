"""One model of a router."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from llmspell.config.routing import Router
from llmspell.errors import ProviderError
from llmspell.message import Completion
from llmspell.router.breaker import Breaker, Tell
from llmspell.router.failures import Refused
from llmspell.router.pace import Pace


class Member:
    """A model by its full name, with what the router remembers of it from request to request.

    Args:
        model: `provider/model` or `router/name`.
        router: the router's name.
        table: its table.
    """

    def __init__(self, model: str, router: str, table: Router) -> None:
        self.model = model
        self._router = router
        self._longest_wait = table.pacing.longest_wait if table.pacing else 0.0
        self._pace = Pace(table.pacing) if table.pacing else None
        self._breaker = Breaker(table.breaker, model) if table.breaker else None

    async def ask(self, complete: Callable[[], Awaitable[Completion]], deadline: float, tell: Tell) -> Completion:
        """What `complete` gives, once it is the model's turn.

        Raises:
            ProviderError: it did not answer, or may not be asked now.
        """
        async with self._guarded(tell):
            if self._pace is None:
                return await complete()
            await self._wait(self._pace, deadline, tell)
            completion = await complete()
            self._pace.spend(_now(), completion.usage.total_tokens)
            return completion

    async def _wait(self, pace: Pace, deadline: float, tell: Tell) -> None:
        now = _now()
        seconds = pace.wait(now)
        if seconds > min(self._longest_wait, deadline - now):
            raise self._refused(seconds)
        pace.reserve(now + seconds)
        if seconds:
            tell("router.paced", {"model": self.model, "wait": seconds})
            try:
                await asyncio.sleep(seconds)
            except asyncio.CancelledError:
                pace.give_back(now + seconds)
                raise

    def _refused(self, seconds: float) -> Refused:
        return Refused(
            f"the pace of {self.model} allows another request in {seconds:.3g} seconds",
            kind="rate_limited",
            component=f"llm:{self.model}",
            retryable=True,
            hint=f"wait, or change [router.{self._router}.pacing] in llmspell.toml",
            details={"retry_after": seconds},
        )

    @asynccontextmanager
    async def _guarded(self, tell: Tell) -> AsyncIterator[None]:
        breaker = self._breaker
        if breaker is None:
            yield
            return
        probe = breaker.enter(_now(), tell)
        try:
            yield
        except Refused:
            breaker.left(probe)
            raise
        except ProviderError as error:
            breaker.failed(error, probe, _now(), tell)
            raise
        except BaseException:
            breaker.left(probe)
            raise
        breaker.succeeded(probe, tell)


def _now() -> float:
    return asyncio.get_running_loop().time()
