"""What can be wrong with the tables of routers, beyond what their classes check: all of it is found at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from llmspell.config import LoadedConfig
from llmspell.config.keypath import KeyPath
from llmspell.config.routing import Router
from llmspell.config.structure import Problem, shown
from llmspell.errors import did_you_mean
from llmspell.models import ROUTER

_ONE_AFTER_ANOTHER = ("fallback", "round_robin", "weighted")
_BELONGS: Mapping[str, tuple[str, ...]] = {
    "fail_over_on": _ONE_AFTER_ANOTHER,
    "buffer": _ONE_AFTER_ANOTHER,
    "weights": ("weighted",),
    "seed": ("weighted",),
    "delay": ("hedged",),
    "vote": ("consensus",),
    "judge": ("consensus",),
    "threshold": ("consensus",),
    "quorum": ("consensus",),
}
"""The strategies that a setting is for."""


def problems(loaded: LoadedConfig) -> list[str]:
    """What is wrong with the tables, one sentence each, with file and line."""
    routers = loaded.config.router
    found = [
        *(problem for name, table in routers.items() for problem in _of_table(name, table, routers)),
        *_cycles(routers),
    ]
    return sentences(loaded, found)


def strangers(loaded: LoadedConfig, providers: Sequence[str]) -> list[str]:
    """The models whose provider there is not, one sentence each, with file and line."""
    found = []
    for name, table in loaded.config.router.items():
        for path, model in _named(table):
            provider = model.partition("/")[0]
            if provider != ROUTER and provider not in providers:
                known = did_you_mean(provider, providers)
                found.append(
                    _problem(name, path, f"names {model!r}, and no provider {provider!r} is installed; {known}")
                )
    return sentences(loaded, found)


def sentences(loaded: LoadedConfig, found: Sequence[Problem]) -> list[str]:
    """The problems in words."""
    return [problem.sentence(where=str(loaded.origin(problem.path).where)) for problem in found]


def _of_table(name: str, table: Router, routers: Mapping[str, Router]) -> Iterator[Problem]:
    if not table.models:
        yield _problem(name, ("models",), "must name at least one model")
    for path, model in _named(table):
        if reason := _unfit(model, routers):
            yield _problem(name, path, reason)
    yield from _foreign(name, table)
    yield from _weights(name, table)
    yield from _numbers(name, table)
    yield from _judge(name, table)


def _foreign(name: str, table: Router) -> Iterator[Problem]:
    for key, strategies in _BELONGS.items():
        if getattr(table, key) is not None and table.strategy not in strategies:
            yield _problem(name, (key,), f"is for {' and '.join(strategies)}, and the strategy is {table.strategy}")


def _weights(name: str, table: Router) -> Iterator[Problem]:
    if table.strategy != "weighted":
        return
    weights = table.weights or {}
    for model in dict.fromkeys(table.models):
        if model not in weights:
            yield _problem(name, ("weights",), f"has no weight for {model!r}")
    for model, weight in weights.items():
        if model not in table.models:
            known = did_you_mean(model, table.models)
            yield _problem(name, ("weights", model), f"is none of the router's models; {known}")
        elif not 0 < weight < float("inf"):
            yield _problem(name, ("weights", model), f"must be above 0 and finite, found {shown(weight)}")


def _numbers(name: str, table: Router) -> Iterator[Problem]:
    if isinstance(table.delay, float | int) and not 0 <= table.delay < float("inf"):
        yield _problem(name, ("delay",), f"must be at least 0 and finite, found {shown(table.delay)}")
    if table.threshold is not None and table.threshold > 1:
        yield _problem(name, ("threshold",), f"must be at most 1, found {shown(table.threshold)}")
    if table.quorum is not None and table.quorum > len(table.models):
        yield _problem(name, ("quorum",), f"must be at most the number of models, {len(table.models)}")
    if table.pacing and table.pacing.requests_per_minute is None and table.pacing.tokens_per_minute is None:
        yield _problem(name, ("pacing",), "must say requests_per_minute or tokens_per_minute")


def _judge(name: str, table: Router) -> Iterator[Problem]:
    if table.strategy != "consensus":
        return
    if table.vote == "judge" and table.judge is None:
        yield _problem(name, ("vote",), "needs `judge`, the model that chooses")
    if table.vote != "judge" and table.judge is not None:
        yield _problem(name, ("judge",), 'is for vote = "judge"')
    if table.vote != "similarity" and table.threshold is not None:
        yield _problem(name, ("threshold",), 'is for vote = "similarity"')


def _unfit(model: str, routers: Mapping[str, Router]) -> str:
    """What keeps a word from naming a model; empty when nothing does."""
    provider, slash, name = model.partition("/")
    if not slash or not name or not provider:
        return f"must name models as provider/model, found {shown(model)}"
    if provider == ROUTER and name not in routers:
        return f"names {model!r}, and there is no such router; {did_you_mean(name, list(routers))}"
    return ""


def _cycles(routers: Mapping[str, Router]) -> Iterator[Problem]:
    """Routers that come back to themselves; each circle once, at the router that comes first in the file."""
    told: set[frozenset[str]] = set()
    for name in routers:
        circle = _way_back(name, routers)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            way = " -> ".join(f"{ROUTER}/{each}" for each in (*circle, name))
            yield _problem(name, ("models",), f"comes back to itself: {way}")


def _way_back(start: str, routers: Mapping[str, Router]) -> tuple[str, ...]:
    """The shortest way from a router to itself; empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for _, model in _named(routers[way[-1]]):
            prefix, _, name = model.partition("/")
            if prefix != ROUTER or name in seen or name not in routers:
                continue
            if name == start:
                return way
            seen.add(name)
            ways.append((*way, name))
    return ()


def _named(table: Router) -> Iterator[tuple[KeyPath, str]]:
    """Every model that a table names, and where."""
    yield from ((("models",), model) for model in table.models)
    if table.judge is not None:
        yield ("judge",), table.judge


def _problem(name: str, path: KeyPath, message: str) -> Problem:
    return Problem((ROUTER, name, *path), message)
