"""Tools that are called again when they failed in a way that may pass."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llmspell.errors import LlmspellError, TimedOut, ToolFailed
from llmspell.tools.retried import Retried

from ..run.kit import Spy, events, open_run
from .kit import added, ask, spy


def failing(*errors: BaseException, idempotent: bool = True) -> Spy:
    """A tool that raises one error after another, and then answers."""
    left = list(errors)

    def run(arguments: Any, context: Any) -> str:
        if left:
            raise left.pop(0)
        return "done"

    return spy(answer=run, idempotent=idempotent)


def passing(retry_after: float = 0.0) -> LlmspellError:
    return LlmspellError("busy", kind="network", retryable=True, details={"retry_after": retry_after})


async def test_an_error_that_may_pass_is_tried_again_and_told() -> None:
    run, tool = open_run(), failing(passing(), passing())
    assert await ask(run, Retried(added(run, tool)), n=1) == "done"
    assert tool.calls == [{"n": 1}] * 3
    assert [(each.data["attempt"], each.data["of"]) for each in events(run, "tool.retry")] == [(2, 3), (3, 3)]
    assert run.budget.counts["tool_calls"] == 1


async def test_the_last_error_is_raised() -> None:
    run, tool = open_run(), failing(*(passing() for _ in range(5)))
    with pytest.raises(LlmspellError, match=r"^busy$") as raised:
        await ask(run, Retried(added(run, tool), attempts=2))
    assert raised.value.details["attempts"] == 2
    assert len(tool.calls) == 2


@pytest.mark.parametrize("error", [LlmspellError("wrong", kind="network"), ValueError("wrong")])
async def test_an_error_that_will_not_pass_is_raised_at_once(error: Exception) -> None:
    run, tool = open_run(), failing(error)
    with pytest.raises(LlmspellError, match=r"wrong$"):
        await ask(run, Retried(added(run, tool)))
    assert len(tool.calls) == 1


async def test_a_tool_that_is_not_idempotent_is_called_once() -> None:
    run, tool = open_run(), failing(passing(), idempotent=False)
    toolset = Retried(added(run, tool))
    assert toolset.find("spy") is tool
    with pytest.raises(LlmspellError, match=r"^busy$"):
        await ask(run, toolset)
    assert len(tool.calls) == 1


async def test_a_wait_that_is_too_long_is_not_begun() -> None:
    run, tool = open_run(), failing(passing(60.0))
    with pytest.raises(LlmspellError, match=r"^busy$") as raised:
        await ask(run, Retried(added(run, tool), wait=5.0, setting="toolset.web.retry.wait"))
    assert raised.value.hint.endswith("allow that with toolset.web.retry.wait")
    assert len(tool.calls) == 1


async def test_each_attempt_has_the_tools_own_time() -> None:
    slow = [30.0, 0.0]

    async def sleep(arguments: Any, context: Any) -> str:
        await asyncio.sleep(slow.pop(0))
        return "done"

    run, tool = open_run(), spy(answer=sleep)
    tool.timeout = 0.5
    toolset = Retried(added(run, tool))
    assert toolset.find("spy").timeout == pytest.approx(31.5)
    assert await ask(run, toolset) == "done"
    assert len(tool.calls) == 2


async def test_a_tool_that_never_answers_in_time_says_so() -> None:
    async def sleep(arguments: Any, context: Any) -> None:
        await asyncio.sleep(5)

    run, tool = open_run(), spy(answer=sleep)
    tool.timeout = 0.05
    with pytest.raises(TimedOut, match=r"^tool 'spy' took longer than 0\.05 seconds$"):
        await ask(run, Retried(added(run, tool), attempts=2))
    assert len(tool.calls) == 2


async def test_a_timeout_of_the_tools_own_is_its_failure() -> None:
    run, tool = open_run(), failing(TimeoutError("mine"))
    with pytest.raises(ToolFailed, match=r"TimeoutError: mine$"):
        await ask(run, Retried(added(run, tool)))
    assert len(tool.calls) == 1
