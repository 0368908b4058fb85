"""The pipeline: permission, budget, journal, hooks, approval, execution, event. With no hook it costs little.

Nothing here knows what a tool or a model is; whoever calls passes the function that does the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from llmspell.errors import Cancelled, LlmspellError
from llmspell.gate.operation import OPERATION_KINDS, Operation

if TYPE_CHECKING:
    from llmspell.run import Run

_Result = TypeVar("_Result")
Describe = Callable[[Any], Mapping[str, Any]]

_NAMES = {kind: (f"{kind}.started", f"{kind}.finished", f"{kind}.failed") for kind in OPERATION_KINDS}


class Gate:
    """The gate of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def run(
        self,
        operation: Operation,
        execute: Callable[[Operation], Awaitable[_Result]],
        describe: Describe | None = None,
    ) -> _Result:
        """Pass one operation, and give what `execute` (or a hook in its place) gave.

        Args:
            operation: what is to happen.
            execute: does it; is called with the operation as hooks left it.
            describe: what of the result belongs in the `<kind>.finished` event.

        Raises:
            PermissionDenied, BudgetExceeded, Vetoed, Cancelled: before anything happened.
            LlmspellError: whatever `execute` raised.
        """
        run = self._run
        kind = operation.kind
        started, finished, failed = _NAMES[kind]
        begin = perf_counter()
        try:
            run.check(operation)
            run.log.append(started, operation.path, {"name": operation.name, "request": operation.request})
            journal = run.journal
            result: _Result = await (
                self._pass(operation, execute) if journal is None else journal.pass_on(operation, self._pass, execute)
            )
            described = {} if describe is None else describe(result)
        except LlmspellError as error:
            self._failed(failed, operation, error, perf_counter() - begin)
            await self._on_error(operation, error)
            raise
        except (Exception, asyncio.CancelledError) as cause:
            if isinstance(cause, asyncio.CancelledError) and _is_asked_for():
                why = run.ending or Cancelled(run.cancelled or "cancelled")
                self._failed(failed, operation, why, perf_counter() - begin)
                raise
            broken = broke(operation, cause)
            self._failed(failed, operation, broken, perf_counter() - begin)
            await self._on_error(operation, broken)
            raise broken from cause
        data = {"name": operation.name, "duration": perf_counter() - begin}
        run.log.append(finished, operation.path, {**data, **described})
        return result

    def _pass(self, operation: Operation, execute: Callable[[Operation], Awaitable[_Result]]) -> Awaitable[_Result]:
        """Hooks and execution: what a journal, if there is one, stands before."""
        chain = self._run.hooks.chain(operation.kind)
        if chain is None and not operation.policy.asks:
            return execute(operation)
        return (chain or _directly)(operation, partial(self._execute, execute))

    async def _execute(self, execute: Callable[[Operation], Awaitable[_Result]], operation: Operation) -> _Result:
        """Execute below hooks: what they let happen once more is checked, charged and asked about once more."""
        if operation.attempt > 1:
            self._run.check(operation)
        if operation.policy.asks:  # here, because no hook can change any more what is asked about
            await self._run.asking.begin(operation)
        return await execute(operation)

    def _failed(self, kind: str, operation: Operation, error: LlmspellError, duration: float) -> None:
        data = {"name": operation.name, "duration": duration, "error": error.to_dict()}
        self._run.log.append(kind, operation.path, data)

    async def _on_error(self, operation: Operation, error: LlmspellError) -> None:
        for listener in self._run.hooks.on_error:
            await listener.on_error(operation, error)


def broke(operation: Operation, cause: BaseException) -> LlmspellError:
    """A component let slip what is none of our errors; the cause is chained by whoever raises it."""
    message = f"{operation.kind} {operation.name!r} broke: {type(cause).__name__}: {cause}"
    return LlmspellError(message, component=operation.component)


async def _directly(operation: Operation, execute: Callable[[Operation], Awaitable[Any]]) -> Any:
    """The chain of no hooks."""
    return await execute(operation)


def _is_asked_for() -> bool:
    """Whether somebody cancelled the current task; else a component let slip a cancellation of its own doing."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
