"""The global `Hook`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import attrs

from llmspell.errors import UsageError
from llmspell.export import plain, result_dict
from llmspell.gate import Operation
from llmspell.gate.fence import Hook as GateHook
from llmspell.gate.hooks import from_post, from_pre
from llmspell.message import Completion
from llmspell.result import HandoffRequest, Result
from llmspell.run import Run
from llmspell.script.check import Function, checker
from llmspell.script.convert import completion_dict, in_place_of, request_dict, to_completion, to_result
from llmspell.script.declare import Global, Handle, method
from llmspell.script.shapes import Called, HookAnswerShape, HookCallShape
from llmspell.verdicts import Modify, Replace, Role, Verdict, Veto

if TYPE_CHECKING:
    from llmspell.bridge.host import Bridge

Point = Literal[
    "pre_llm",
    "post_llm",
    "pre_tool",
    "post_tool",
    "pre_agent",
    "post_agent",
    "pre_workflow",
    "post_workflow",
    "pre_step",
    "post_step",
    "pre_handoff",
    "post_handoff",
]


@attrs.frozen
class HookOptions:
    """How a hook's own failure is treated: a `guard` that fails stops the operation; `timeout` is seconds."""

    guard: bool = False
    timeout: float = 5.0


class HookHandle(Handle):
    """A hook of the spell."""

    def __init__(self, run: Run, kind: str, hook: GateHook) -> None:
        self._run = run
        self._kind = kind
        self._hook = hook

    @method
    def close(self) -> None:
        """Take the hook away; doing so twice is fine."""
        if self._hook.enabled:
            self._hook.enabled = False
            self._run.hooks.remove(self._kind, self._hook)


class Hook(Global):
    """Functions of the spell that stand around what it makes happen."""

    @method
    def on(
        self,
        point: Point,
        function: Annotated[Function, Called(call=HookCallShape, result=Any, gives=HookAnswerShape | None)],
        options: HookOptions | None = None,
    ) -> HookHandle:
        """Call `function(call)` before, or `function(call, result)` after, each operation of a kind.

        It returns nothing, or a table with one of `modify` (before only: what to change), `replace` (the result,
        instead of going on) and `veto` (a reason: the caller gets an error).
        """
        options = options or HookOptions()
        run = self.session.run
        side, _, kind = point.partition("_")
        make = _pre if side == "pre" else _post
        name = f"script.{point}"
        hook = GateHook(name, Role(options.guard, options.timeout), make(function, self.session.bridge))
        run.hooks.add(kind, hook)
        return HookHandle(run, kind, hook)

    @method
    def points(self) -> list[Point]:
        """The names that `Hook.on` takes."""
        return list(get_args(Point))


@attrs.frozen
class _AgentChanges:
    """What a hook may change of what an agent is asked."""

    input: str = ""


@attrs.frozen
class _HandoffChanges:
    """What a hook may change of a handoff."""

    target: str = ""
    input: str = ""
    history: str | int = "all"
    state: Mapping[str, Any] = attrs.field(factory=dict)
    reason: str = ""


_CHANGES = {"agent": checker(_AgentChanges), "handoff": checker(_HandoffChanges)}


def _pre(function: Function, bridge: Bridge) -> Any:
    async def before(call: Operation) -> Verdict:
        verdict = _verdict(await function(_call(call), parent=call), call)
        if isinstance(verdict, Modify) and call.kind in _CHANGES:
            _CHANGES[call.kind](verdict.changes, "a hook's modify:", bridge)
        return verdict

    return from_pre(before, ("call",))


def _post(function: Function, _: Bridge) -> Any:
    async def after(call: Operation, result: Any) -> Verdict:
        verdict = _verdict(await function(_call(call), _shown(result), parent=call), call)
        if isinstance(verdict, Modify):
            raise UsageError("a hook after the operation cannot modify it", hint="return { replace = ... }")
        if isinstance(verdict, Replace) and isinstance(verdict.result, Result) and isinstance(result, Result):
            return Replace(in_place_of(result, verdict.result))
        return verdict

    return from_post(after, ("call", "result"))


def _call(call: Operation) -> dict[str, Any]:
    shown = {"kind": call.kind, "name": call.name, "path": call.path, "attempt": call.attempt}
    match call.kind:
        case "tool":
            return {**shown, "arguments": call.request}
        case "llm":
            return {**shown, "request": request_dict(call.request)}
        case "agent":
            return {**shown, "input": call.request.text}
        case "workflow":
            return {**shown, "input": getattr(call.request, "value", call.request.text)}
        case "step":
            return {**shown, "input": call.request.input}
    return {**shown, "request": plain(call.request)}


def _shown(result: Any) -> Any:
    match result:
        case Completion():
            return completion_dict(result)
        case Result():
            return result_dict(result)
        case HandoffRequest():
            return {"handoff": result.target}
    return result


def _verdict(answer: Any, call: Operation) -> Verdict:
    if answer is None:
        return None
    if not isinstance(answer, Mapping) or len(answer) != 1 or not answer.keys() <= {"modify", "replace", "veto"}:
        raise UsageError("a hook returns nothing, or a table with one of modify, replace and veto")
    [(word, value)] = answer.items()
    match word, value:
        case "veto", str():
            return Veto(value)
        case "replace", _:
            return Replace(_replacement(value, call))
        case "modify", Mapping():
            changes = dict(value)
            if call.kind == "workflow" and "input" in changes:
                changes["value" if hasattr(call.request, "value") else "text"] = changes.pop("input")
            return Modify(changes)
    raise UsageError(f"a hook's {word} must be {'a reason' if word == 'veto' else 'a table'}")


def _replacement(value: Any, call: Operation) -> Any:
    match call.kind:
        case "llm":
            return to_completion(value)
        case "agent" | "workflow" | "step" | "handoff":
            return to_result(value, call.name)
    return value
