"""One request to a router."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs

from llmspell.config.routing import Router
from llmspell.context import Context
from llmspell.errors import LlmspellError
from llmspell.export import usage_dict
from llmspell.message import Completion, Delta, ModelRequest, Usage
from llmspell.router.failures import Refused
from llmspell.router.member import Member

OnDelta = Callable[[Delta], None]


class Call:
    """Asks the router's models for one request, and counts what they use.

    Args:
        table: the router's table.
        request: what is asked; its `model` is the router's name.
        context: the operation that asks.

    Attributes:
        router: the router's full name, `router/NAME`.
        run: the run that it belongs to.
        place: stands for the router in the run: the models' operations are below it.
    """

    def __init__(self, table: Router, request: ModelRequest, context: Context) -> None:
        self.table = table
        self.request = request
        self.router = f"router/{request.model}"
        self.run, above = context.run, context.operation
        path = self.run.path_below(above, f"router:{request.model}")
        self.place = attrs.evolve(above, kind="llm", name=self.router, request=request, path=path, parent=above)
        self.deadline = asyncio.get_running_loop().time() + request.timeout
        self._usage = Usage()
        self._cost: float | None = 0.0

    @property
    def repeatable(self) -> bool:
        """Whether the same models must be asked when the same run is made again: it is recorded, or replayed."""
        return self.run.journal is not None

    async def begin(self) -> None:
        """Look whether the router itself may be asked, as any model; a person may have to say so.

        Raises:
            PermissionDenied: it may not.
        """
        place, policy = self.place, self.place.policy
        policy.check_operation(place)
        decision = policy.decide("models", self.router)
        if decision.reason == "ask":
            await self.run.asking.permit("models", self.router, decision, place)

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Append an event of the router's."""
        self.run.log.append(kind, self.place.path, {"router": self.router, **data})

    async def ask(
        self, member: Member, on_delta: OnDelta | None = None, request: ModelRequest | None = None
    ) -> Completion:
        """What a model answers, to another request if need be, in the time that is left.

        Raises:
            ProviderError: it did not.
            LlmspellError: it may not be asked.
        """
        complete = partial(self._complete, member.model, request or self.request, on_delta)
        completion = await member.ask(complete, self.deadline, self.tell)
        self._usage = self._usage + completion.usage
        self._cost = None if completion.cost is None or self._cost is None else self._cost + completion.cost
        return completion

    async def _complete(self, model: str, request: ModelRequest, on_delta: OnDelta | None) -> Completion:
        left = self.deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise Refused(
                f"the {self.request.timeout:g} seconds of the request were over before {model} was asked",
                kind="timeout",
                component=f"llm:{self.router}",
                retryable=True,
                hint="give one model less than all of them: set timeout in the router's table",
            )
        timeout = left if self.table.timeout is None else min(left, self.table.timeout)
        return await self.run.complete(model, attrs.evolve(request, timeout=timeout), self.place, on_delta)

    def chose(self, member: Member, **data: Any) -> None:
        """Tell whose answer it is."""
        self.tell("router.chosen", {"strategy": self.table.strategy, "model": member.model, **data})

    def lost(self, member: Member, reason: str, outcome: Completion | LlmspellError | None) -> None:
        """Tell of a model that was asked, and whose answer it is not; None where it never came to one."""
        data: dict[str, Any] = {"model": member.model, "reason": reason, "usage": None, "cost": None}
        if isinstance(outcome, LlmspellError):
            data["error"] = outcome.to_dict()
        elif outcome is not None:
            data |= {"usage": usage_dict(outcome.usage), "cost": outcome.cost}
        self.tell("router.lost", data)

    def counted(self, completion: Completion) -> Completion:
        """The answer, with what all answers have used and cost."""
        return attrs.evolve(completion, usage=self._usage, cost=self._cost)
