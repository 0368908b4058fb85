"""A run that is recorded, and the same work again from what was recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from llmspell.cassette import Cassette, Recorder, Replayer, ReplayMode
from llmspell.kernel import RunOptions
from llmspell.provider import Provider
from llmspell.run import Run
from llmspell.testing import ScriptedModel

from ..run.kit import open_run

Work = Callable[[Run], Awaitable[Any]]


async def record(work: Work, *providers: Provider, hooks: object = None) -> Cassette:
    """What a piece of work exchanges with these providers; errors of its own are part of it."""
    recorder = Recorder()
    run = open_run(*providers, hooks=hooks, options=RunOptions(journal=recorder))
    try:
        await work(run)
    finally:
        await run.close()
    return recorder.cassette("work", "completed")


async def replay(work: Work, cassette: Cassette, mode: ReplayMode = "strict") -> tuple[Any, Replayer, Run]:
    """What the same work comes to with a model that would fail if it was asked."""
    replayer = Replayer(cassette, mode)
    run = open_run(ScriptedModel(), options=RunOptions(journal=replayer))
    try:
        return await work(run), replayer, run
    finally:
        await run.close()
