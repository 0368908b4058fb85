"""The host's side of a script: takes its calls, answers them, and calls its functions back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from time import monotonic
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from llmspell.bridge.outbox import messages
from llmspell.errors import KINDS, Cancelled, LlmspellError, ScriptFailed, UsageError
from llmspell.script.check import checker
from llmspell.script.declare import Handle
from llmspell.script.session import Session
from llmspell.values import HandleRef, loads

if TYPE_CHECKING:
    from llmspell.bridge.transport import Transport
    from llmspell.gate import Operation
    from llmspell.run import Run
    from llmspell.script.modules import Modules

_check_data = checker(Any)

_SHORT = 4096  # characters of an outbox that is decoded in one go
_DONE = object()

# How many messages are handled in one turn of the event loop, and for how many seconds. A message may wake a task that
# then does ten times its work, so that few make a turn.
_MESSAGES = 50
_SECONDS = 0.005

# What one script may have at once: what happens to all of them at one moment must not take long.
_CALLS = 1000
_HANDLES = 10_000


class Bridge:
    """Runs one script over one transport.

    Args:
        run: what the script's calls belong to.
        operation: the `script` operation; calls stand below it.
        transport: a fresh one; the bridge closes it.
        output: takes each line that the script prints.
        modules: where `require` and `import` find modules.
        renames: as in `llmspell.engine.Engine`.
    """

    def __init__(
        self,
        run: Run,
        operation: Operation,
        transport: Transport,
        output: Callable[[str], None],
        modules: Modules,
        *,
        renames: bool = False,
    ) -> None:
        self.operation = operation
        self._transport = transport
        self._output = output
        self._session = Session(run, self, modules)
        self._renames = renames
        self._loop = asyncio.get_running_loop()
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._callbacks: dict[int, tuple[asyncio.Future[Any], Operation]] = {}
        self._ended_callbacks: dict[int, Operation] = {}
        self._handles: dict[int, Handle] = {}
        self._handle_ids = 0
        self._callback_ids = 0
        self._lost: LlmspellError | None = None
        self._closed = False
        self._ended: asyncio.Future[Any] | None = None

    async def run(self, args: Sequence[str]) -> Any:
        """Run the script's chunk, and give what it returned.

        Raises:
            ScriptFailed: it raised.
            LlmspellError: its machine was lost, or a limit was reached.
        """
        self._ended = self._loop.create_future()
        source = self.operation.request
        manifest = self._session.manifest(keys=self._renames)
        self._transport.start(source.text, source.name, manifest, list(args), self)
        return await self._ended

    async def close(self) -> None:
        """Stop the script and every call it still waits for."""
        self._closed = True
        await self._transport.close()
        calls = list(self._calls.values())
        for call in calls:
            call.cancel()
        self._fail_callbacks(Cancelled("the script ended"))
        if calls:
            await asyncio.gather(*calls, return_exceptions=True)
        for handle in self._handles.values():
            await handle.released()
        self._handles.clear()

    def interrupt(self, reason: str) -> None:
        """Stop the script wherever it is; safe from a signal handler."""
        self._transport.interrupt(reason)

    # Receiver: what comes from the script

    def on_outbox(self, outbox: str) -> Iterator[None] | None:
        """The messages of one step; what would take long is left to the iterator."""
        work = self._handle(outbox)
        return None if next(work, _DONE) is _DONE else work

    def _handle(self, outbox: str) -> Iterator[None]:
        """Handle all messages, with pauses in which others have their turn."""
        count, until = 0, monotonic() + _SECONDS
        try:
            for message in loads(outbox) if len(outbox) < _SHORT else messages(outbox):
                if count == _MESSAGES or monotonic() > until:
                    yield
                    count, until = 0, monotonic() + _SECONDS
                self._on_message(message)
                count += 1
        except (ValueError, RecursionError) as cause:
            self.on_lost(LlmspellError(f"the script's engine sent what is not a message: {cause}"))

    def on_print(self, text: str) -> None:
        """Text that the script printed."""
        self._output(text)

    def on_lost(self, error: LlmspellError) -> None:
        """The machine is gone."""
        self._lost = error
        self._fail_callbacks(error)
        self._end(error=error)

    def _on_message(self, message: Sequence[Any]) -> None:
        if message[0] == "call":
            self._on_call(*message[1:])
        else:
            self._on_other(message[0], message[1:])

    def _on_other(self, kind: str, rest: Sequence[Any]) -> None:
        match kind, rest:
            case "result", [callback_id, value]:
                self._settle(callback_id, value=value, error=self._unfit(value, "the function's result"))
            case "error", [callback_id, error]:
                self._settle(callback_id, error=from_guest(error))
            case "cancel", [call_id]:
                if task := self._calls.get(call_id):
                    task.cancel()
            case "done", [value]:
                self._end(value=value, error=self._unfit(value, "the spell's result"))
            case "failed", [error]:
                self._end(error=from_guest(error))
            case _:
                self.on_lost(LlmspellError(f"the script's engine sent an unknown message {kind!r}"))

    def _unfit(self, value: Any, what: str) -> LlmspellError | None:
        """Why a value means nothing outside the script: it holds a function or a handle."""
        try:
            _check_data(value, what, self)
        except UsageError as error:
            return ScriptFailed(error.message, kind=error.kind)
        return None

    def _end(self, *, value: Any = None, error: LlmspellError | None = None) -> None:
        if self._ended is None or self._ended.done():
            return
        if error is not None:
            self._ended.set_exception(error)
        else:
            self._ended.set_result(value)

    # Calls from the script

    def _on_call(self, call_id: int, target: str | int, method: str, args: list[Any], within: int = 0) -> None:
        parent = self._callbacks[within][1] if within in self._callbacks else self._after(within)
        try:
            self._check_handles(target)
            value = self._session.call(target, method, args, parent)
        except LlmspellError as error:
            self._answer(("error", call_id, error.to_dict()))
            return
        except Exception as cause:  # a bug of ours must not hang the script
            self._answer(("error", call_id, _internal(target, method, cause)))
            return
        if len(self._calls) >= _CALLS and isinstance(value, CoroutineType | asyncio.Future):
            self._refuse_to_wait(call_id, value)
        elif type(value) is CoroutineType:
            task = self._loop.create_task(self._await(call_id, target, method, value))
            self._calls[call_id] = task
            task.add_done_callback(partial(self._forget_call, call_id, value))
        elif isinstance(value, asyncio.Future):
            self._calls[call_id] = value
            value.add_done_callback(partial(self._on_future, call_id, target, method))
        else:
            self._answer_value(call_id, target, method, value)

    def _check_handles(self, target: str | int) -> None:
        """Refuse a call that may give yet another handle, when there are too many.

        Raises:
            LlmspellError: of kind `budget`.
        """
        if len(self._handles) >= _HANDLES and isinstance(target, str):
            raise _too_many("handles", _HANDLES, hint="close agents, tools, streams and subscriptions after use")

    def _refuse_to_wait(self, call_id: int, value: Coroutine[Any, Any, Any] | asyncio.Future[Any]) -> None:
        """Answer a call that takes time with an error, because too many do already."""
        if isinstance(value, asyncio.Future):
            value.cancel()
        else:
            value.close()
        error = _too_many("calls under way", _CALLS, hint="wait for some of them first; Async.map does so")
        self._answer(("error", call_id, error.to_dict()))

    def _on_future(self, call_id: int, target: str | int, method: str, future: asyncio.Future[Any]) -> None:
        """Answer a call whose method gave a future, without a task of its own."""
        self._calls.pop(call_id, None)
        if not future.cancelled():
            self._answer_value(call_id, target, method, future.result())
        elif not self._closed:
            self._answer(("error", call_id, Cancelled("the call was cancelled").to_dict()))

    async def _await(self, call_id: int, target: str | int, method: str, coroutine: Any) -> None:
        try:
            value = await coroutine
        except LlmspellError as error:
            self._answer(("error", call_id, error.to_dict()))
        except asyncio.CancelledError:
            if self._closed:
                raise
            # Nobody but the script waits for this task; without an answer it would wait for ever.
            self._answer(("error", call_id, Cancelled("the call was cancelled").to_dict()))
        except Exception as cause:  # as in _on_call
            self._answer(("error", call_id, _internal(target, method, cause)))
        else:
            self._answer_value(call_id, target, method, value)

    def _forget_call(self, call_id: int, coroutine: Coroutine[Any, Any, Any], _task: asyncio.Task[Any]) -> None:
        self._calls.pop(call_id, None)
        coroutine.close()  # a task that is cancelled before its first step never began it

    def _answer_value(self, call_id: int, target: str | int, method: str, value: Any) -> None:
        try:
            if isinstance(value, Handle):
                value = self.reference(value)
            self._transport.send(("result", call_id, value))
        except (TypeError, ValueError) as cause:
            name = target if isinstance(target, str) else self._handles[target].type_name
            error = UsageError(f"{name}.{method} gave a value that a script cannot take: {cause}")
            self._answer(("error", call_id, error.to_dict()))

    def _answer(self, message: tuple[Any, ...]) -> None:
        self._transport.send(message)

    # Handles

    def reference(self, handle: Handle) -> HandleRef:
        """The handle as the script sees it; it gets its id on first use."""
        if not handle.id:
            self._handle_ids += 1
            handle.id = self._handle_ids
        self._handles[handle.id] = handle
        return HandleRef(handle.id, handle.type_name)

    def handle(self, handle_id: int) -> Handle:
        """The handle with this id.

        Raises:
            UsageError: it was closed, or never existed.
        """
        found = self._handles.get(handle_id)
        if found is None:
            raise UsageError(f"handle {handle_id} is closed", kind="not_found")
        return found

    def forget(self, handle: Handle) -> None:
        """Close a handle: the script's copies of it stop working."""
        self._handles.pop(handle.id, None)

    # Calls to the script

    async def call_function(self, function_id: int, args: list[Any], parent: Operation | None = None) -> Any:
        """What a function of the script returns.

        Raises:
            ScriptFailed: it raised.
            LlmspellError: the script is gone.
        """
        if self._lost is not None:
            raise self._lost
        self._callback_ids += 1
        callback_id = self._callback_ids
        future: asyncio.Future[Any] = self._loop.create_future()
        self._callbacks[callback_id] = (future, parent or self.operation)
        try:
            self._transport.send(("callback", callback_id, function_id, args))
            return await future
        except asyncio.CancelledError:
            self._transport.send(("cancel", callback_id))
            raise
        finally:
            self._callbacks.pop(callback_id, None)
            if parent is not None and parent.bounds:
                self._ended_callbacks[callback_id] = parent

    def _after(self, callback_id: int) -> Operation:
        """What a call belongs to that comes after its callback ended: what held the callback still holds it."""
        return self._ended_callbacks.get(callback_id, self.operation)

    def _settle(self, callback_id: int, *, value: Any = None, error: LlmspellError | None = None) -> None:
        future, _ = self._callbacks.get(callback_id, (None, None))
        if future is None or future.done():
            return  # nobody waits any more: the callback was cancelled
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)

    def _fail_callbacks(self, error: LlmspellError) -> None:
        for future, _ in self._callbacks.values():
            if not future.done():
                future.set_exception(error)


def from_guest(error: Any) -> LlmspellError:
    """A script's error as ours; one that came from the host keeps its kind and component."""
    if not isinstance(error, dict):
        return ScriptFailed(str(error))
    kind = error.get("kind")
    details = error.get("details")
    line = error.get("line")
    return ScriptFailed(
        str(error.get("message", "")),
        file=str(error.get("file") or ""),
        line=line if isinstance(line, int) else 0,
        traceback=str(error.get("traceback") or ""),
        kind=kind if kind in KINDS else None,
        component=str(error.get("component") or ""),
        retryable=error.get("retryable") is True,
        hint=str(error.get("hint") or ""),
        details=details if isinstance(details, dict) else {},
    )


def _too_many(what: str, limit: int, hint: str) -> LlmspellError:
    details = {"budget": what.partition(" ")[0], "limit": limit}
    return LlmspellError(f"the script has {limit} {what} already", kind="budget", hint=hint, details=details)


def _internal(target: str | int, method: str, cause: Exception) -> dict[str, Any]:
    message = f"{target}.{method} broke: {type(cause).__name__}: {cause}"
    return LlmspellError(message, hint="this is a bug in llmspell or a plugin; please report it").to_dict()
