"""Runs with routers among scripted models."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs

from llmspell.config import Config
from llmspell.config.routing import Router
from llmspell.config.schema import Budget
from llmspell.message import Completion, Delta, TextDelta
from llmspell.run import Run
from llmspell.testing import Delay, Fail, ScriptedModel, Text

from ..run.kit import events, open_run, request

BUSY = Fail(503)
REFUSED = Fail(401)
FOREVER = 600.0


def never() -> Delay:
    """An answer that no test can wait for."""
    return Delay(FOREVER, Text("too late"))


def router_run(*models: ScriptedModel, hooks: object = None, budget: Budget | None = None, **tables: Router) -> Run:
    """A run with the routers of these names."""
    return open_run(*models, hooks=hooks, config=Config(router=tables), budget=budget)


def names(*models: ScriptedModel) -> tuple[str, ...]:
    """The full name of one model of each."""
    return tuple(f"{model.name}/m" for model in models)


def model(name: str, *steps: Any, repeat: bool = False) -> ScriptedModel:
    """A provider of this name."""
    return ScriptedModel(*steps, name=name, repeat=repeat)


async def asked(run: Run, name: str = "r", **changes: Any) -> Completion:
    """What a router answers; a test waits 30 seconds at most."""
    async with asyncio.timeout(30):
        return await run.complete(f"router/{name}", attrs.evolve(request(), **changes), run.root)


async def said(run: Run, name: str = "r") -> str:
    """The same, as text."""
    return (await asked(run, name)).message.content


async def streamed(run: Run, name: str = "r") -> tuple[str, list[str]]:
    """The answer, and the pieces in which it came."""
    pieces: list[str] = []

    def hear(delta: Delta) -> None:
        if isinstance(delta, TextDelta):
            pieces.append(delta.text)

    async with asyncio.timeout(30):
        completion = await run.complete(f"router/{name}", request(), run.root, hear)
    return completion.message.content, pieces


def told(run: Run, kind: str, *keys: str) -> list[Any]:
    """Of each event of a kind, what stands under the keys: itself for one key, else a tuple."""
    found = [tuple(event.data[key] for key in keys) for event in events(run, kind)]
    return [each[0] for each in found] if len(keys) == 1 else found
