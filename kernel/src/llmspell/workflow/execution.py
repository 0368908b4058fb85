"""One time that a step is done: condition, input, attempts, fallback, and what is kept of it."""

from __future__ import annotations

import asyncio
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.context import Context
from llmspell.errors import LlmspellError, TimedOut
from llmspell.gate import Operation
from llmspell.result import COMPLETED, Result, StepRecord
from llmspell.workflow.actions import Doing, Given
from llmspell.workflow.checks import LONGEST_PAUSE
from llmspell.workflow.frame import Frame
from llmspell.workflow.progress import Progress, Stopped, Unfinished

if TYPE_CHECKING:
    from llmspell.state import RunState
    from llmspell.workflow.step import ReadyStep


class Execution:
    """A step on its way through one frame."""

    __slots__ = ("_frame", "_progress", "_state", "_step", "_tries")

    def __init__(self, step: ReadyStep, frame: Frame, progress: Progress, state: RunState | None) -> None:
        self._step = step
        self._frame = frame
        self._progress = progress
        self._state = state
        self._tries = 0

    async def run(self) -> StepRecord:
        """What came of it.

        Raises:
            Stopped: it failed, and the workflow with it.
        """
        begin = perf_counter()
        try:
            status, result, error = await self._outcome()
        except LlmspellError as failure:
            result = failure.result if isinstance(failure, Unfinished) else Result()
            record = self._keep("failed", result, failure.to_dict(), begin)
            if self._step.goes_on and not is_fatal(failure):
                return record
            raise Stopped(self._step.name, failure) from failure
        except asyncio.CancelledError:
            self._keep("cancelled", Result(), None, begin)
            raise
        return self._keep(status, result, error, begin)

    def _keep(self, status: str, result: Result, error: dict[str, Any] | None, begin: float) -> StepRecord:
        step, frame = self._step, self._frame
        record = frame.steps[step.name] = StepRecord(
            step.name,
            step.kind,
            status,
            output_of(result),
            result.text,
            error,
            perf_counter() - begin,
            self._tries,
            frame.index,
            result.steps,
        )
        self._progress.keep(step.place, record)
        return record

    async def _outcome(self) -> tuple[str, Result, dict[str, Any] | None]:
        """Its status, what it gave, and the error of a step that its fallback stood in for."""
        step, frame, above = self._step, self._frame, self._progress.operation
        given, problem = None, None
        try:
            if step.holds is not None and not await step.holds(frame, self._context(above)):
                return self._skipped()
            given = step.doing.input(frame)
        except LlmspellError as error:
            problem = error
        try:
            return "completed", await self._gated(step.doing, given, partial(self._attempts, problem)), None
        except LlmspellError as error:
            if step.fallback is None or is_fatal(error):
                raise
            given = step.fallback.input(frame)
            instead = await self._gated(step.fallback, given, partial(self._finished, step.fallback))
            return "completed", instead, error.to_dict()

    def _context(self, above: Operation) -> Context:
        """What a condition may use: it belongs to the workflow, and sees the state as the step does."""
        return Context(above.run, above if self._state is None else attrs.evolve(above, state=self._state))

    def _skipped(self) -> tuple[str, Result, None]:
        name, above = self._step.name, self._progress.operation
        path = above.run.operation("step", name, None, above).path
        above.run.log.append("step.skipped", path, {"name": name, "round": self._frame.index})
        return "skipped", Result(), None

    async def _gated(self, doing: Doing, given: Any, work: Any) -> Result:
        above = self._progress.operation
        request = Given(doing.kind, given, self._frame.index)
        operation = above.run.operation("step", self._step.name, request, above, state=self._state)
        return await above.run.gate.run(operation, work, _described)

    async def _attempts(self, problem: LlmspellError | None, operation: Operation) -> Result:
        """Do it as often as it may be tried; with a `problem`, it cannot be done at all."""
        if problem is not None:
            raise problem
        step = self._step
        while True:
            self._tries += 1
            try:
                result = await self._finished(step.doing, operation)
                step.check(result)
            except LlmspellError as error:
                pause = self._pause(error)
                if pause is None:
                    raise
                data = {"name": step.name, "attempt": self._tries + 1, "of": step.retry.attempts, "wait": pause}
                operation.run.log.append("step.retry", operation.path, {**data, "error": error.to_dict()})
                await asyncio.sleep(pause)
            else:
                return result

    async def _finished(self, doing: Doing, operation: Operation) -> Result:
        """What it gave.

        Raises:
            Unfinished: it stopped before its end.
        """
        result = await self._in_time(doing, operation)
        self._progress.spend(result)
        if result.stop_reason != COMPLETED:
            raise Unfinished(self._step.where, result)
        return result

    async def _in_time(self, doing: Doing, operation: Operation) -> Result:
        step, progress = self._step, self._progress
        if step.timeout is None:
            return await doing.do(operation, self._frame, progress.on_event)
        try:
            async with asyncio.timeout(step.timeout) as clock:
                return await doing.do(operation, self._frame, progress.on_event)
        except TimeoutError as cause:
            if not clock.expired():
                raise
            raise TimedOut(step.where, step.timeout, component=operation.component) from cause

    def _pause(self, error: LlmspellError) -> float | None:
        """For how many seconds to wait before another attempt; None when there is to be none."""
        retry = self._step.retry
        if self._tries >= retry.attempts or is_fatal(error) or not (error.retryable or retry.errors == "any"):
            return None
        pause = retry.backoff * 2.0 ** min(self._tries - 1, 32)
        asked = error.details.get("retry_after")
        return min(LONGEST_PAUSE, max(pause, asked) if isinstance(asked, int | float) else pause)


def output_of(result: Result) -> Any:
    """What later steps see as the output: the words where there is nothing else."""
    return result.text if result.output is None and result.text else result.output


def is_fatal(error: LlmspellError) -> bool:
    """Whether the whole run has come to its end, so that no step can go on."""
    return error.kind == "cancelled" or (error.kind == "budget" and not isinstance(error, Unfinished))


def _described(result: Result) -> dict[str, Any]:
    return {"stop_reason": result.stop_reason, "output": output_of(result)}
