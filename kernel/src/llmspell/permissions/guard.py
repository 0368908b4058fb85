"""One kind of permission as one operation may use it: what files, connections and programs go through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from llmspell.permissions.kinds import Target

if TYPE_CHECKING:
    from llmspell.gate.operation import Operation
    from llmspell.permissions.policy import Tell


class Guard:
    """Asks the policy of an operation, as it is at the time of each question.

    Args:
        kind: the key of a kind, such as `net`.
        operation: who asks.
        tell: appends an event of the operation, from whatever thread; None where all happens on the event loop.
    """

    __slots__ = ("_kind", "_operation", "_tell")

    def __init__(self, kind: str, operation: Operation, tell: Tell | None = None) -> None:
        self._kind = kind
        self._operation = operation
        self._tell = tell

    def check(self, target: Target) -> None:
        """Let the operation reach a target; see `Policy.decide` for how targets are written.

        What is to be asked about is asked where this is a thread, which waits; an async caller calls `permit` first.

        Raises:
            PermissionDenied: it may not; the hint is the flag that would let it.
        """
        self._operation.policy.check(self._kind, target, self._operation, self._tell)

    async def permit(self, target: Target) -> None:
        """As `check`, on the event loop; where a rule says so, ask first and wait for the answer.

        Raises:
            PermissionDenied: it may not, or it was not approved.
        """
        policy = self._operation.policy
        decision = policy.decide(self._kind, target)
        if decision.reason == "ask":
            await self._operation.run.asking.permit(self._kind, target, decision, self._operation)
        else:
            policy.check(self._kind, target, self._operation, self._tell)

    def asks(self, target: Target) -> bool:
        """Whether the target is asked about."""
        return self._operation.policy.decide(self._kind, target).reason == "ask"

    def allows(self, target: Target) -> bool:
        """Whether the operation may reach a target; nothing is recorded."""
        return self._operation.policy.decide(self._kind, target).allowed

    def denies(self, target: Target) -> bool:
        """Whether a target is denied by name, whatever allows it: for the addresses that a host name led to."""
        return self._operation.policy.denies(self._kind, target)

    @property
    def roots(self) -> tuple[Path, ...]:
        """For a kind of paths: the folders or files below which something may be reached."""
        return self._operation.policy.roots(self._kind)
