"""A run's questions: hooks are asked first, then whoever else answers; and what was answered is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError as ThreadCancelled
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import attrs

from llmspell.approvals.approval import Answer, Answerer, Approval, approval_of
from llmspell.approvals.clocks import stopped
from llmspell.approvals.shown import what
from llmspell.errors import Cancelled, LlmspellError, PermissionDenied
from llmspell.permissions.kinds import Target

if TYPE_CHECKING:
    from llmspell.gate.operation import Operation
    from llmspell.permissions.policy import Decision
    from llmspell.run import Run

_NAMED = {"tool": "tools", "llm": "models"}
_HINTS = {
    "nobody asked": "run it on a terminal; or add --wait-approvals, and answer with: llmspell approvals list",
    "timeout": "run it again, and answer in time, with: llmspell approvals list; or raise approvals.timeout with --set",
}
_WHY = {
    "denied": "was not approved by {by}",
    "nobody asked": "needs an approval, and there is nobody to ask",
    "timeout": "needs an approval, and nobody answered in time",
    "changed": "was approved by {by}, but its arguments changed meanwhile",
}


class Asking:
    """The questions of one run.

    Args:
        run: the run.
        answerers: whom to ask when no hook answers, in order; the first answer counts.
    """

    def __init__(self, run: Run, answerers: Sequence[Answerer] = ()) -> None:
        self._run = run
        self._answerers = answerers
        self._answered: dict[tuple[str, int, str], Answer] = {}
        self._granted: set[str] = set()  # questions that are answered for the whole run
        self._locks: dict[str, asyncio.Lock] = {}
        self._threads: dict[str, set[asyncio.Task[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cost_lock = asyncio.Lock()
        self._may_spend: float | None = None

    async def begin(self, operation: Operation) -> None:
        """Ask about an operation, if a rule wants that, when all that remains is to do it.

        Raises:
            PermissionDenied: it was not approved.
        """
        self._loop = asyncio.get_running_loop()
        kind = _NAMED.get(operation.kind)
        if kind is not None:
            decision = operation.policy.decide(kind, operation.name)
            if decision.reason == "ask":
                await self.permit(kind, operation.name, decision, operation)
        if operation.kind == "llm":
            with stopped():
                await self._spend(operation)

    async def permit(self, kind: str, target: Target, decision: Decision, operation: Operation) -> None:
        """Ask whether an operation may reach a target; what was answered to it before is not asked again.

        Raises:
            PermissionDenied: it may not.
        """
        question = partial(approval_of, operation, kind, target, _rule(decision), _asked(operation))
        with stopped():
            await self._settle(question, operation)

    def check(self, kind: str, target: Target, decision: Decision, operation: Operation) -> None:
        """The same from a thread, which waits; on the event loop only what was answered before passes.

        Raises:
            PermissionDenied: it may not, or it cannot be asked from here.
            Cancelled: the run, or the tool call in this thread, is over.
        """
        if self._loop is not None and not _on_loop():
            self._wait(self._loop, self.permit(kind, target, decision, operation), operation)
            return
        approval = approval_of(operation, kind, target, _rule(decision), _asked(operation))
        if not self._remembered(approval, operation):
            self._deny(approval, operation, "nobody asked", Answer("no", ""))

    @property
    def granted(self) -> tuple[str, ...]:
        """What was approved for the whole run, by `Approval.question`."""
        return tuple(sorted(self._granted))

    def grant(self, questions: Iterable[str]) -> None:
        """Approve for the whole run what was approved so before the run was paused."""
        self._granted.update(questions)

    def withdraw(self, operation: Operation) -> None:
        """Take back what threads of an operation ask: it is over."""
        for task in self._threads.pop(operation.path, ()):
            task.cancel()

    def _wait(self, loop: asyncio.AbstractEventLoop, question: Coroutine[Any, Any, None], operation: Operation) -> None:
        async def ask() -> None:
            task = self._run.spawn(question)
            self._threads.setdefault(operation.path, set()).add(task)
            await task

        try:
            asyncio.run_coroutine_threadsafe(ask(), loop).result()
        except ThreadCancelled:
            raise Cancelled("the question was taken back") from None

    async def _settle(self, question: Callable[[], Approval], operation: Operation) -> None:
        approval = question()
        # Two equal questions at once: the answer to the first may be one for both.
        lock = self._locks.setdefault(approval.question, asyncio.Lock())
        async with self._run.turns.held(lock, operation.path):
            if self._remembered(approval, operation):
                return
            answer = await self._ask(approval, operation)
            if question().arguments != approval.arguments:
                self._deny(approval, operation, "changed", answer)
            self._answered[_place(approval, operation)] = answer
            if answer.verdict == "run":
                self._granted.add(approval.question)
            self._tell(operation, "approval.granted", approval, {"by": answer.by, "scope": answer.verdict})

    def _remembered(self, approval: Approval, operation: Operation) -> bool:
        answer = self._answered.get(_place(approval, operation))
        if answer is not None and answer.verdict == "no":
            raise _refusal(approval, operation, "denied", answer)
        return answer is not None or approval.question in self._granted

    async def _ask(self, approval: Approval, operation: Operation) -> Answer:
        self._tell(operation, "approval.requested", approval, {"rule": approval.rule})
        try:
            answer = await self._first(approval, operation)
        except TimeoutError:
            self._deny(approval, operation, "timeout", Answer("no", ""))
        except asyncio.CancelledError:
            self._tell(operation, "approval.denied", approval, {"by": "", "reason": "cancelled"})
            raise
        except LlmspellError as error:
            self._tell(operation, "approval.denied", approval, {"by": "", "reason": error.message})
            raise
        if answer is None:
            self._deny(approval, operation, "nobody asked", Answer("no", ""))
        if answer.verdict not in ("once", "run"):
            self._deny(approval, operation, "denied", answer)
        return answer

    async def _first(self, approval: Approval, operation: Operation) -> Answer | None:
        for hook in self._run.hooks.approve:
            if (answer := await hook.answer(approval, self._run)) is not None:
                return answer
        for answerer in self._answerers:
            answer = await answerer(approval, lambda kind, data: self._run.log.append(kind, operation.path, data))
            if answer is not None:
                return answer
        return None

    def _deny(self, approval: Approval, operation: Operation, reason: str, answer: Answer) -> NoReturn:
        self._answered[_place(approval, operation)] = attrs.evolve(answer, verdict="no")
        self._tell(operation, "approval.denied", approval, {"by": answer.by, "reason": reason})
        raise _refusal(approval, operation, reason, answer)

    def _tell(self, operation: Operation, event: str, approval: Approval, data: Mapping[str, Any]) -> None:
        about = {"id": approval.id, "permission": approval.kind, "target": approval.target, "tool": approval.tool}
        self._run.log.append(event, operation.path, {**about, "digest": approval.digest, **data})

    async def _spend(self, operation: Operation) -> None:
        """Ask before a model call when the run has spent a step, or what it spends cannot be known."""
        step = operation.policy.cost_step
        if step is None:
            return
        async with self._run.turns.held(self._cost_lock, operation.path):
            spent = self._run.budget.known_cost
            limit = step.amount if self._may_spend is None else self._may_spend
            unknown = self._run.budget.cost is None or not self._run.capabilities(operation.name).priced
            if spent < limit and not unknown:
                return
            target = f"{spent:.6f} USD spent, {step.amount:g} more"
            if unknown:
                target = f"{operation.name}, with a price that is not known"
            rule = f"cost {step.amount:g} ({step.origin})"
            await self._settle(partial(approval_of, operation, "cost", target, rule, None), operation)
            self._may_spend = spent + step.amount


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _rule(decision: Decision) -> str:
    return f"{decision.pattern} ({decision.origin})"


def _asked(operation: Operation) -> Any:
    return operation.request if operation.kind in _NAMED else None


def _place(approval: Approval, operation: Operation) -> tuple[str, int, str]:
    return operation.path, operation.attempt, approval.question


def _refusal(approval: Approval, operation: Operation, reason: str, answer: Answer) -> PermissionDenied:
    return PermissionDenied(
        f"{what(approval)} {_WHY[reason].format(by=answer.by or 'anybody')}",
        component=operation.component,
        hint=_HINTS.get(reason, ""),
        details={"permission": approval.kind, "target": approval.target, "approval": approval.id, "reason": reason},
    )
