"""One hook around one call, kept apart from the operation: a failing hook is never a failing operation.

- What the operation itself raises passes through a hook untouched.
- A guard that fails or is late stops the operation.
- An observer that fails or is late is skipped: an event says so, and after some failures in a row it is switched off.
- Cancellation passes through every hook, whatever the hook makes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import LlmspellError, Vetoed
from llmspell.gate.operation import Operation
from llmspell.message import Completion
from llmspell.result import Result
from llmspell.verdicts import Role

if TYPE_CHECKING:
    from llmspell.run import Run

Execute = Callable[[Operation], Awaitable[Any]]
Around = Callable[[Operation, Execute], Awaitable[Any]]

_RESULTS: dict[str, type] = {"llm": Completion, "agent": Result, "handoff": Result, "workflow": Result, "step": Result}


class Late(TimeoutError):
    """A hook held up the event loop for longer than its timeout, so that no timer could stop it."""


@attrs.define(eq=False)
class Breaker:
    """Switches a failing hook off; `strikes` counts its failures in a row."""

    name: str
    role: Role
    strikes: int = attrs.field(default=0, init=False)
    enabled: bool = attrs.field(default=True, init=False)

    def failed(self, run: Run, path: str, sentence: str) -> None:
        """Tell of a failure, and switch an observer off after too many."""
        self.strikes += 1
        data = {"hook": self.name, "guard": self.role.guard, "error": sentence, "failures": self.strikes}
        run.log.append("hook.failed", path, data)
        if self.enabled and not self.role.guard and self.strikes >= run.hook_failures:
            self.enabled = False
            run.log.append("hook.disabled", path, {"hook": self.name, "failures": self.strikes})

    def sentence(self, error: Exception, *, late: bool) -> str:
        """What went wrong, for people."""
        if late:
            return f"it took longer than {self.role.timeout:g} seconds"
        return str(error) if isinstance(error, LlmspellError) else f"{type(error).__name__}: {error}"


@attrs.define(eq=False)
class Hook(Breaker):
    """One hook around one kind of operation."""

    around: Around


class Fence:
    """Runs one hook around one call. `inner` is what the hook stands around."""

    __slots__ = (
        "_clock",
        "_ended",
        "_errors",
        "_hook",
        "_idle",
        "_inner",
        "_left",
        "_outcome",
        "_running",
        "_tries",
    )

    def __init__(self, hook: Hook, inner: Execute) -> None:
        self._hook = hook
        self._inner = inner
        self._tries = 0
        self._running = 0
        self._errors: list[BaseException] = []
        self._outcome: tuple[bool, Any] | None = None  # did the last try succeed, and its result or error
        self._idle: asyncio.Future[None] | None = None
        self._left = hook.role.timeout
        self._ended = False

    async def run(self, call: Operation) -> Any:
        """The hook's result, or the operation's where the hook is an observer that failed."""
        hook, task = self._hook, asyncio.current_task()
        assert task is not None
        cancels = task.cancelling()
        try:
            async with asyncio.timeout(hook.role.timeout) as self._clock:
                result = await hook.around(call, self._proceed)
                self._ended = True
                self._check(call, result)
        except Exception as error:
            self._ended = True
            if task.cancelling() > cancels:
                raise asyncio.CancelledError from error
            return await self._failed(call, error)
        if task.cancelling() > cancels:  # the hook caught the cancellation, which is not its to stop
            raise asyncio.CancelledError
        hook.strikes = 0
        return result

    async def _proceed(self, call: Operation) -> Any:
        self._stop_clock()
        self._tries += 1
        try:
            if self._tries > 1:
                call = attrs.evolve(call, attempt=call.attempt + self._tries - 1)
            result = await self._inner(call)
        except asyncio.CancelledError:
            raise  # whoever cancelled it, it came to nothing
        except BaseException as error:
            self._errors.append(error)
            self._outcome = (False, error)
            raise
        else:
            self._outcome = (True, result)
            return result
        finally:
            self._start_clock()

    def _stop_clock(self) -> None:
        """The operation's time is not the hook's; a hook may proceed several times at once."""
        if self._ended:
            raise RuntimeError(f"the hook {self._hook.name} proceeded after it had ended")
        if not self._running:
            self._left = (self._clock.when() or 0.0) - asyncio.get_running_loop().time()
            if self._left <= 0:
                raise Late
            self._clock.reschedule(None)
        self._running += 1

    def _start_clock(self) -> None:
        self._running -= 1
        if self._running:
            return
        if self._idle is not None:
            self._idle.set_result(None)
        if not self._ended:
            self._clock.reschedule(asyncio.get_running_loop().time() + self._left)

    def _check(self, call: Operation, result: Any) -> None:
        """Raise if the hook is late, or its result is not what such an operation gives."""
        when = self._clock.when()
        if when is not None and asyncio.get_running_loop().time() >= when:
            raise Late
        expected = _RESULTS.get(call.kind)
        own = self._outcome is None or result is not self._outcome[1]
        if expected is not None and own and not isinstance(result, expected):
            raise TypeError(f"the result of a call of kind {call.kind} is a {expected.__name__}, not {result!r}")

    async def _failed(self, call: Operation, error: Exception) -> Any:
        """What comes of a call whose hook raised."""
        hook = self._hook
        if isinstance(error, Vetoed) or any(error is raised for raised in self._errors):
            raise error
        late = isinstance(error, Late) or (isinstance(error, TimeoutError) and self._clock.expired())
        sentence = hook.sentence(error, late=late)
        hook.failed(call.run, call.path, sentence)
        if hook.role.guard:
            raise Vetoed(
                f"{call.kind} {call.name!r} was stopped because the guard {hook.name} failed: {sentence}",
                component=call.component,
                details={"hook": hook.name},
            ) from error
        if self._running:  # the hook left the operation going in a task of its own
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle
        if self._outcome is None:
            return await self._inner(attrs.evolve(call, attempt=call.attempt + self._tries))
        succeeded, value = self._outcome
        if succeeded:
            return value
        raise value
