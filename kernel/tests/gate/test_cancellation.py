"""Cancellation passes through every hook, whatever the hook makes of it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from llmspell import hookimpl
from llmspell.errors import Cancelled
from llmspell.gate import Operation
from llmspell.hookspecs import Proceed, Replace

from ..run.kit import Spy, call, events, kinds, open_run
from .faulty import (
    Around,
    Guard,
    sleeps_before,
)


async def cancelled_in_the_middle(run: Any, tool: Spy, wait: float = 0.02) -> asyncio.Task[Any]:
    task = asyncio.create_task(call(run, tool))
    await asyncio.sleep(wait)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
    return task


async def endless(arguments: Any, context: Any) -> None:
    await asyncio.sleep(30)


async def swallows_cancellation(call: Operation, proceed: Proceed) -> Any:
    try:
        return await proceed(call)
    except BaseException:
        return "swallowed"


async def fails_on_cancellation(call: Operation, proceed: Proceed) -> Any:
    try:
        return await proceed(call)
    finally:
        raise KeyError("cleaning up")


async def retries_on_cancellation(call: Operation, proceed: Proceed) -> Any:
    try:
        return await proceed(call)
    except asyncio.CancelledError:
        raise ValueError("translated") from None


@pytest.mark.parametrize("kind", [Around, Guard])
@pytest.mark.parametrize("hook", [swallows_cancellation, fails_on_cancellation, retries_on_cancellation, sleeps_before])
async def test_no_hook_stops_a_cancellation(kind: type[Around], hook: Any) -> None:
    tool = Spy(endless)
    run = open_run(hooks=kind(hook))
    task = await cancelled_in_the_middle(run, tool)
    assert task.cancelled()
    assert len(tool.calls) <= 1
    assert kinds(run)[-1] == "tool.failed"
    assert events(run, "tool.failed")[0].data["error"] == Cancelled("cancelled").to_dict()


async def test_cancellation_is_not_an_observers_failure() -> None:
    async def watch(call: Operation, proceed: Proceed) -> Any:
        return await proceed(call)

    run = open_run(hooks=Around(watch))
    task = await cancelled_in_the_middle(run, Spy(endless))
    assert task.cancelled()
    assert kinds(run) == ["tool.started", "tool.failed"]


async def test_a_replacement_is_not_given_to_a_cancelled_caller() -> None:
    class Patient:
        @hookimpl
        async def pre_tool(self) -> Replace:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3)
            return Replace("cached")

    task = await cancelled_in_the_middle(open_run(hooks=Patient()), Spy())
    assert task.cancelled()
