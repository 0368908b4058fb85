"""The provider `router`: each of its models is a table `[router.NAME]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from llmspell.config import LoadedConfig
from llmspell.config.routing import Router
from llmspell.errors import ConfigError, ProviderError, UsageError, did_you_mean
from llmspell.message import Completion, ModelRequest
from llmspell.models import ROUTER, Models
from llmspell.provider import Capabilities, Composed
from llmspell.router.call import Call, OnDelta
from llmspell.router.checks import problems, strangers
from llmspell.router.consensus import Consensus
from llmspell.router.member import Member
from llmspell.router.race import Fastest, Hedged
from llmspell.router.strategy import Strategy
from llmspell.router.turns import Turns, in_order, round_robin, weighted

if TYPE_CHECKING:
    from llmspell.context import Context


class Routers(Composed):
    """The routers of one kernel; what they remember (whose turn it is, who keeps failing) holds for all its runs.

    Args:
        loaded: the configuration.
        models: where their models are found.

    Raises:
        ConfigError: a table is wrong; every problem is named.
    """

    name = ROUTER

    def __init__(self, loaded: LoadedConfig, models: Models) -> None:
        if found := problems(loaded):
            raise ConfigError(found)
        self._loaded = loaded
        self._models = models
        self._tables: Mapping[str, Router] = loaded.config.router
        self._strategies = {name: make(name, table) for name, table in self._tables.items()}

    def check(self) -> None:
        """Look whether every model has a provider.

        Raises:
            ConfigError: one has none; every such model is named.
        """
        if found := strangers(self._loaded, self._models.names()):
            raise ConfigError(found)

    async def answer(self, request: ModelRequest, context: Context, on_delta: OnDelta | None) -> Completion:
        """The answer of the model that the router chooses; its usage and cost are those of all that answered."""
        call = Call(self._table(request.model), request, context)
        await call.begin()
        try:
            completion = await self._strategies[request.model].answer(call, on_delta)
        except ProviderError as error:
            call.tell("router.failed", {"error": error.to_dict()})
            raise
        return call.counted(completion)

    def capabilities(self, model: str) -> Capabilities:
        """What all of its models can do; a price is known if it is known of all, the judge included."""
        table = self._table(model)
        each_can = [self._capabilities(each) for each in table.models]
        able = {field.name: all(getattr(each, field.name) for each in each_can) for field in attrs.fields(Capabilities)}
        if table.judge:
            able["priced"] = able["priced"] and self._capabilities(table.judge).priced
        return Capabilities(**able)

    def _capabilities(self, model: str) -> Capabilities:
        provider, name = self._models.find(model)
        return provider.capabilities(name)

    async def models(self) -> tuple[str, ...]:
        """The names of the routers."""
        return tuple(sorted(self._tables))

    def _table(self, name: str) -> Router:
        if name not in self._tables:
            raise UsageError(
                f"no router is called {name!r}", kind="unknown_model", hint=did_you_mean(name, list(self._tables))
            )
        return self._tables[name]


def make(name: str, table: Router) -> Strategy:
    """The strategy that a table asks for; the tables were checked."""
    named = {model: Member(model, name, table) for model in table.models}
    members = [named[model] for model in table.models]
    match table.strategy:
        case "fallback":
            return Turns(in_order(members), table)
        case "round_robin":
            return Turns(round_robin(members), table)
        case "weighted":
            return Turns(weighted(members, table.weights or {}, table.seed), table)
        case "fastest":
            return Fastest(members)
        case "hedged":
            return Hedged(members, "p95" if table.delay is None else table.delay)
        case "consensus":
            return Consensus(members, table, Member(table.judge, name, Router((table.judge,))) if table.judge else None)
