"""Hooks as one chain of `around` functions per operation kind.

A pre-hook and a post-hook are written as an around-hook, so that `llmspell.gate.fence` treats all three alike.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError, Vetoed
from llmspell.gate.approver import Approver
from llmspell.gate.fence import Around, Execute, Fence, Hook
from llmspell.gate.listener import Listener
from llmspell.gate.operation import OPERATION_KINDS, Operation
from llmspell.verdicts import Modify, Replace, Role, Veto

if TYPE_CHECKING:
    import pluggy


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
                raise Vetoed(f"the result of {call.kind} {call.name!r} was vetoed: {reason}", component=call.component)
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
    if call.kind == "agent" and "input" in changes:
        changes["text"] = changes.pop("input")
    if not attrs.has(type(call.request)):
        raise UsageError(f"{call.kind} {call.name!r} has nothing to modify", component=call.component)
    known = {field.name for field in attrs.fields(type(call.request))}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise UsageError(
            f"the request of {call.kind} {call.name!r} has no field {unknown[0]!r}",
            kind="unknown_option",
            component=call.component,
            hint=f"fields: {', '.join(sorted(known))}",
        )
    return attrs.evolve(call, request=attrs.evolve(call.request, **changes))


class HookChains:
    """The hooks of a run, composed once per operation kind and again when one is added."""

    def __init__(self) -> None:
        self._hooks: dict[str, list[Hook]] = {kind: [] for kind in OPERATION_KINDS}
        self._composed: dict[str, Around | None] = dict.fromkeys(OPERATION_KINDS)
        self.on_error: list[Listener] = []
        self.on_event: list[Listener] = []
        self.approve: list[Approver] = []

    def add(self, kind: str, hook: Hook) -> None:
        """Add a hook inside those that are there: the first added sees a call first."""
        self._hooks[kind].append(hook)
        self._composed[kind] = _compose(tuple(self._hooks[kind]))

    def remove(self, kind: str, hook: Hook) -> None:
        """Take a hook out again."""
        self._hooks[kind].remove(hook)
        self._composed[kind] = _compose(tuple(self._hooks[kind]))

    def copy(self) -> HookChains:
        """The same hooks as chains of their own: what is added to them is not added here."""
        chains = HookChains()
        chains._hooks = {kind: list(hooks) for kind, hooks in self._hooks.items()}
        chains._composed = dict(self._composed)
        chains.on_error, chains.on_event, chains.approve = [*self.on_error], [*self.on_event], [*self.approve]
        return chains

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
                    around = maker(implementation.function, implementation.argnames)
                    chains.add(kind, Hook(_name(implementation, caller.name), _role(implementation), around))
        chains.on_error = _listeners(manager.hook.on_error)
        chains.on_event = _listeners(manager.hook.on_event)
        chains.approve = [
            Approver(_name(each, "approve"), _role(each), each.function, each.argnames)
            for each in reversed(manager.hook.approve.get_hookimpls())
        ]
        return chains


def _listeners(caller: pluggy.HookCaller) -> list[Listener]:
    return [
        Listener(
            _name(implementation, caller.name),
            attrs.evolve(_role(implementation), guard=False),
            implementation.function,
            implementation.argnames,
        )
        for implementation in reversed(caller.get_hookimpls())
    ]


def _name(implementation: pluggy.HookImpl, hook: str) -> str:
    return f"{implementation.plugin_name}.{hook}"


def _role(implementation: pluggy.HookImpl) -> Role:
    role: Role = getattr(implementation.function, "llmspell_role", Role())
    return role


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

    return await Fence(hooks[index], inner).run(call)
