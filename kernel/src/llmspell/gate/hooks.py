"""Hooks as one chain of `around` functions per operation kind, each fenced against its own failure.

A pre-hook and a post-hook are written as an around-hook; the fence then treats all three alike:

- What the operation itself raises passes through a hook untouched.
- A guard that fails or is late stops the operation.
- An observer that fails or is late is skipped: an event says so, and after `failures` in a row it is switched off.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import LlmspellError, UsageError, Vetoed
from llmspell.gate.operation import OPERATION_KINDS, Operation
from llmspell.hookspecs import Modify, Replace, Role, Veto

if TYPE_CHECKING:
    import pluggy

Execute = Callable[[Operation], Awaitable[Any]]
Around = Callable[[Operation, Execute], Awaitable[Any]]


@attrs.define(eq=False)
class Hook:
    """One hook around one kind of operation; `strikes` counts its failures in a row."""

    name: str
    around: Around
    role: Role
    strikes: int = 0
    enabled: bool = True


def from_pre(function: Callable[..., Any], arguments: tuple[str, ...]) -> Around:
    """A pre-hook as an around-hook."""

    async def around(call: Operation, proceed: Execute) -> Any:
        verdict = await _settled(function(**_choose(arguments, call=call)))
        match verdict:
            case None:
                return await proceed(call)
            case Modify(changes):
                return await proceed(modified(call, changes))
            case Replace(result):
                return result
            case Veto(reason):
                raise Vetoed(f"{call.kind} {call.name!r} was vetoed: {reason}", component=call.component)
        raise TypeError(f"a pre-hook returns None, Modify, Replace or Veto, not {verdict!r}")

    return around


def from_post(function: Callable[..., Any], arguments: tuple[str, ...]) -> Around:
    """A post-hook as an around-hook."""

    async def around(call: Operation, proceed: Execute) -> Any:
        result = await proceed(call)
        verdict = await _settled(function(**_choose(arguments, call=call, result=result)))
        match verdict:
            case None:
                return result
            case Replace(replacement):
                return replacement
            case Veto(reason):
                raise Vetoed(
                    f"the result of {call.kind} {call.name!r} was vetoed: {reason}", component=call.component
                )
        raise TypeError(f"a post-hook returns None, Replace or Veto, not {verdict!r}")

    return around


def from_around(function: Callable[..., Any], arguments: tuple[str, ...]) -> Around:
    """An around-hook, given only the arguments that it asks for."""

    async def around(call: Operation, proceed: Execute) -> Any:
        return await _settled(function(**_choose(arguments, call=call, proceed=proceed)))

    return around


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _choose(arguments: tuple[str, ...], **available: Any) -> dict[str, Any]:
    return {name: available[name] for name in arguments}


def modified(call: Operation, changes: Any) -> Operation:
    """The call with a hook's changes.

    Raises:
        UsageError: a change names nothing that the call has.
    """
    changes = dict(changes)
    if call.kind == "tool":
        changes = changes.pop("arguments", {}) if set(changes) == {"arguments"} else changes
        return attrs.evolve(call, request={**call.request, **changes})
    if not attrs.has(type(call.request)):
        raise UsageError(f"a {call.kind} call cannot be modified", component=call.component)
    known = {field.name for field in attrs.fields(type(call.request))}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise UsageError(
            f"a {call.kind} request has no field {unknown[0]!r}",
            kind="unknown_option",
            component=call.component,
            hint=f"fields: {', '.join(sorted(known))}",
        )
    return attrs.evolve(call, request=attrs.evolve(call.request, **changes))


class _Fence:
    """Runs one hook around one call and keeps the hook's failures apart from the operation's."""

    __slots__ = ("_clock", "_hook", "_inner", "_outcome")

    def __init__(self, hook: Hook, inner: Execute) -> None:
        self._hook = hook
        self._inner = inner
        self._outcome: tuple[bool, Any] | None = None
        self._clock: asyncio.Timeout | None = None

    async def proceed(self, call: Operation) -> Any:
        clock, loop = self._clock, asyncio.get_running_loop()
        assert clock is not None
        left = (clock.when() or loop.time()) - loop.time()
        clock.reschedule(None)  # the operation's time is not the hook's
        if self._outcome is not None:
            call = attrs.evolve(call, attempt=call.attempt + 1)
        try:
            result = await self._inner(call)
        except BaseException as error:
            self._outcome = (False, error)
            raise
        finally:
            clock.reschedule(loop.time() + left)
        self._outcome = (True, result)
        return result

    async def run(self, call: Operation) -> Any:
        """The hook's result, or the operation's where the hook is an observer that failed."""
        hook = self._hook
        try:
            async with asyncio.timeout(hook.role.timeout) as self._clock:
                result = await hook.around(call, self.proceed)
        except asyncio.CancelledError:
            raise
        except Vetoed:
            raise
        except Exception as error:
            if self._outcome is not None and error is self._outcome[1]:
                raise
            self._report(call, error)
            if hook.role.guard:
                raise self._stopped(call, error) from error
        else:
            hook.strikes = 0
            return result
        if self._outcome is None:
            return await self._inner(call)
        succeeded, value = self._outcome
        if succeeded:
            return value
        raise value

    def _report(self, call: Operation, error: Exception) -> None:
        hook = self._hook
        hook.strikes += 1
        log = call.run.log
        data = {
            "hook": hook.name,
            "guard": hook.role.guard,
            "error": _sentence(error, hook),
            "failures": hook.strikes,
        }
        log.append("hook.failed", call.path, data)
        if not hook.role.guard and hook.strikes >= call.run.hook_failures:
            hook.enabled = False
            log.append("hook.disabled", call.path, {"hook": hook.name, "failures": hook.strikes})

    def _stopped(self, call: Operation, error: Exception) -> LlmspellError:
        return Vetoed(
            f"{call.kind} {call.name!r} was stopped because the guard {self._hook.name} failed: "
            f"{_sentence(error, self._hook)}",
            component=call.component,
            details={"hook": self._hook.name},
        )


def _sentence(error: Exception, hook: Hook) -> str:
    if isinstance(error, TimeoutError):
        return f"it took longer than {hook.role.timeout:g} seconds"
    return f"{type(error).__name__}: {error}" if not isinstance(error, LlmspellError) else str(error)


class HookChains:
    """The hooks of a run, composed once per operation kind and again when one is added."""

    def __init__(self) -> None:
        self._hooks: dict[str, list[Hook]] = {kind: [] for kind in OPERATION_KINDS}
        self._composed: dict[str, Around | None] = dict.fromkeys(OPERATION_KINDS)
        self.on_error: list[Callable[..., Any]] = []

    def add(self, kind: str, hook: Hook) -> None:
        """Add a hook inside those that are there: the first added sees a call first."""
        self._hooks[kind].append(hook)
        self._composed[kind] = _compose(tuple(self._hooks[kind]))

    def remove(self, kind: str, hook: Hook) -> None:
        """Take a hook out again."""
        self._hooks[kind].remove(hook)
        self._composed[kind] = _compose(tuple(self._hooks[kind]))

    def chain(self, kind: str) -> Around | None:
        """All hooks of a kind as one, or None when there are none."""
        return self._composed[kind]

    @classmethod
    def from_manager(cls, manager: pluggy.PluginManager) -> HookChains:
        """The operation hooks that are registered with pluggy, in its order."""
        chains = cls()
        for kind in OPERATION_KINDS:
            for maker, prefix in ((from_around, "around"), (from_pre, "pre"), (from_post, "post")):
                caller = getattr(manager.hook, f"{prefix}_{kind}")
                for implementation in reversed(caller.get_hookimpls()):
                    role = getattr(implementation.function, "llmspell_role", Role())
                    around = maker(implementation.function, implementation.argnames)
                    name = f"{implementation.plugin_name}.{prefix}_{kind}"
                    chains.add(kind, Hook(name, around, role))
        for implementation in reversed(manager.hook.on_error.get_hookimpls()):
            chains.on_error.append(_limited(implementation.function, implementation.argnames))
        return chains


def _limited(function: Callable[..., Any], arguments: tuple[str, ...]) -> Callable[..., Any]:
    return lambda call, error: function(**_choose(arguments, call=call, error=error))


def _compose(hooks: Iterable[Hook]) -> Around | None:
    hooks = tuple(hooks)
    if not hooks:
        return None

    async def around(call: Operation, execute: Execute) -> Any:
        return await _through(hooks, 0, call, execute)

    return around


async def _through(hooks: tuple[Hook, ...], index: int, call: Operation, execute: Execute) -> Any:
    while index < len(hooks) and not hooks[index].enabled:
        index += 1
    if index == len(hooks):
        return await execute(call)

    async def inner(changed: Operation) -> Any:
        return await _through(hooks, index + 1, changed, execute)

    return await _Fence(hooks[index], inner).run(call)
